"""The verb `estimate`: how long a training would take on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.services.project.project import Project
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.work import estimated


def run(job: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`job`: project, request, folder. Returns `seconds`, None where it cannot be told."""
    request = RetrainRequest.from_json(job["request"])
    with Project.open(Path(job["project"]), read_only=True) as project:
        return {"seconds": estimated(project, request, Path(job["folder"]))}
