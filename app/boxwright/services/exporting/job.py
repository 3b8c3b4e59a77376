"""Job that exports in a child process, so that the window never waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report
from boxwright.formats.staging import clear_up
from boxwright.services.child import Event, Job
from boxwright.services.exporting.plan import ExportResult
from boxwright.services.exporting.request import ExportRequest

_STOPPED = Message("Stopped; what was exported there before is as it was.")


def start_export(
    project: Path,
    request: ExportRequest,
    on_progress: Report,
    on_done: Callable[[ExportResult], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """Start the child on the project in the folder `project` and return at once. After `Job.cancel()`, `on_error` gets
    a `Cancelled`. However the child ends, the folder of the export is the earlier one or the whole new one, and nothing
    is left beside it. The callbacks run on a background thread. Raises `JobFailed` when no process can be started."""
    token = uuid4().hex[:12]

    def event(said: Event, _folder: Path) -> None:
        if said["event"] == "progress":
            on_progress(Progress(int(said["done"]), int(said["total"]), str(said["what"]), float(said["per_second"])))

    def done(result: Mapping[str, Any] | None) -> None:
        clear_up(request.out, token)
        if result is None:
            on_error(Cancelled(_STOPPED))
        else:
            on_done(ExportResult.from_json(result))

    def failed(error: BoxwrightError) -> None:
        clear_up(request.out, token)
        on_error(error)

    arguments = {"project": str(project), "request": request.to_json(), "token": token}
    kept = Message("what was exported there before is as it was")
    return Job("export", arguments, event, done, failed, kept)
