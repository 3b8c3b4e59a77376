"""The verb `train`: train a candidate, check and measure it; the parent takes it into the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.services.project.project import Project
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.wire import to_event
from boxwright.services.retraining.work import work
from boxwright.worker.verbs import Emit


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, request, folder."""
    request = RetrainRequest.from_json(job["request"])
    with Project.open(Path(job["project"]), read_only=True) as project:
        emit({"event": "started"})
        found = work(project, request, Path(job["folder"]), lambda told: emit(to_event(told)))
    emit({"event": "candidate", **found.to_json()})
    return {"file": found.file}
