"""Jobs that get a detector of the catalogue and try it: the child that knows a network never opens the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report
from boxwright.services.child import Event, Job
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import kept, note_speed
from boxwright.services.detectors.obtain import Obtained
from boxwright.services.detectors.trial import Trial

_KEPT = Message("what has come is kept, get it again to go on")
_UNTRIED = Message("the file may be damaged or need more memory than a try of it may take")


def start_obtaining(
    entry: CatalogueEntry,
    folder: Path,
    report: Report,
    on_done: Callable[[Obtained], None],
    on_error: Callable[[BoxwrightError], None],
    source_folder: Path | None = None,
) -> Job:
    """`services.detectors.obtain.obtain` in a child process. The callbacks run on the job's thread; `on_error` gets
    `Cancelled` after `Job.cancel()`. Raises `JobFailed` when no process can be started."""

    def event(told: Event, _folder: Path) -> None:
        if told["event"] == "progress":
            report(Progress(int(told["done"]), int(told["total"]), "", float(told["per_second"])))

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(Cancelled("Stopped. What has come is kept: get it again to go on from there."))
        else:
            on_done(Obtained(Path(result["file"]), int(result["bytes"]), result["sha256"], bool(result["confirmed"])))

    arguments = {
        "entry": entry.to_json(),
        "into": str(folder),
        "source_folder": str(source_folder or ""),
    }
    return Job("obtain", arguments, event, done, on_error, _KEPT)


def start_trial(
    entry: CatalogueEntry,
    file: Path,
    on_done: Callable[[Trial], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """`services.detectors.trial.try_out` in a child process with limits, what it measured noted beside `file`. The
    callbacks run on the job's thread. Raises `JobFailed` when no process can be started."""

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(Cancelled("Stopped; the file is kept."))
            return
        trial = Trial(str(result["layout"]), int(result["classes"]), float(result["seconds"]))
        if (found := kept(entry, file.parent)) is not None:
            note_speed(found, trial.seconds)
        on_done(trial)

    return Job("try", {"file": str(file), "said": entry.said}, lambda _event, _folder: None, done, on_error, _UNTRIED)
