"""The verb `survey`: what a detector finds on a few images of a project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.config.limits import limit_this_process, memory_for
from boxwright.services.detectors.survey import survey
from boxwright.services.project.project import Project
from boxwright.worker.verbs import Emit, progress_to


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project; file and said, or model_id of a detector of the project. Returns what `DetectorSurvey` holds."""
    with Project.open(Path(job["project"]), read_only=True) as project:
        file = Path(job["file"]) if job["file"] else project.folder / project.models.get(int(job["model_id"])).file
        if file.is_file():
            limit_this_process(memory_for(file.stat().st_size))
        detector = file if job["file"] else int(job["model_id"])
        return survey(project, detector, job["said"], progress_to(emit)).to_json()
