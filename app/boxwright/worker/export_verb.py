"""The verb `export`: write a dataset folder; the project is only read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.exporting.request import ExportRequest
from boxwright.services.project.project import Project
from boxwright.worker.verbs import Emit, progress_to


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, request (of an `ExportRequest`), token (see `formats.staging.staged`). Returns an `ExportResult`
    as JSON."""
    asked = ExportRequest.from_json(job["request"])

    with Project.open(Path(job["project"]), read_only=True) as project:
        result = export_dataset(
            project,
            asked.out,
            asked.format,
            asked.image_mode,
            asked.chosen,
            asked.update,
            progress_to(emit),
            token=str(job["token"]),
            outside=asked.outside,
        )
    return result.to_json()
