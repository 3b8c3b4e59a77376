"""Device that a detector runs on, found out in a child process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from boxwright.domain.errors import BoxwrightError
from boxwright.services.child import Job
from boxwright.services.project.project import Project

logger = logging.getLogger(__name__)


def find_device(project: Project, model_id: int, choice: str, on_found: Callable[[str], None]) -> Job:
    """`choice`: "auto", "cpu" or "cuda". `on_found("CPU")` or ("CUDA") is called on the job's thread; not at all when
    the detector cannot be opened, which the next pre-labelling will tell. Raises `JobFailed` without a process."""

    def done(result: Mapping[str, Any] | None) -> None:
        if result is not None:
            on_found(str(result["device"]))

    def failed(error: BoxwrightError) -> None:
        logger.info("The device is not known: %s", error)

    arguments = {"project": str(project.folder), "model_id": model_id, "device": choice}
    return Job("device", arguments, lambda _event, _folder: None, done, failed)
