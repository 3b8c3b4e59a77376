"""Experiments on a project's labels in a child process, so that labelling goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.progress import Progress, Report
from boxwright.services.child import Event, Job
from boxwright.simulate.from_project import Answer, Trial


def start_experiment(
    project: Path,
    trial: Trial,
    on_progress: Report,
    on_done: Callable[[Answer], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """Start the child on the project in the folder `project` and return at once. After `Job.cancel()`, `on_error` gets
    a `Cancelled`; what is finished is used the next time. The callbacks run on a background thread. Raises `JobFailed`
    when no process can be started."""

    def event(said: Event, _folder: Path) -> None:
        if said["event"] == "progress":
            on_progress(Progress(int(said["done"]), int(said["total"]), str(said["what"]), float(said["per_second"])))

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(Cancelled("Stopped; the trainings that were finished are used the next time."))
        else:
            on_done(Answer.from_json(result))

    return Job("simulate", {"project": str(project), "trial": asdict(trial)}, event, done, on_error)
