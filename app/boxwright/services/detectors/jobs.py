"""Jobs that look into a detector file and try it, in a child process with limits.

A file of unknown origin may never answer, end the process that runs it, or fill its memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright.domain.card import DetectorCard
from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import Message
from boxwright.domain.model import Model
from boxwright.services.child import Job
from boxwright.services.detectors.admission import Examined, register
from boxwright.services.detectors.files import FOLDER, forget, name_aside
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

_UNHURT = Message("nothing was changed, and the file may be damaged or need more memory than a try of it may take")


def _stopped() -> Cancelled:
    return Cancelled("Stopped; no detector was added.")


@dataclass(frozen=True)
class ReportedLayout:
    """Reading of the file by one layout. `confidence` 0..1; `reasons` in a few words each."""

    layout: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DetectorReport:
    """Report of a detector file.

    What was found in a detector file, as `inference.inspect.Inspection` tells it, without the file being open here.
    `guesses`: best first. `problem`: one sentence that keeps it from being used, or "".
    """

    file: str
    guesses: tuple[ReportedLayout, ...]
    card: DetectorCard | None
    class_count: int | None
    unknown: tuple[str, ...]
    problem: str

    @property
    def nameless(self) -> bool:
        """Whether only names keep it from being used."""
        from boxwright.inference.decoders.base import CLASS_NAMES
        from boxwright.inference.inspect import LAYOUT

        return bool(self.problem) and CLASS_NAMES in self.unknown and LAYOUT not in self.unknown

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> DetectorReport:
        """`found`: what the verb `inspect` returns."""
        return DetectorReport(
            str(found["file"]),
            tuple(ReportedLayout(g["layout"], float(g["confidence"]), tuple(g["reasons"])) for g in found["guesses"]),
            DetectorCard.from_json(found["card"]) if found["card"] else None,
            found["class_count"],
            tuple(found["unknown"]),
            str(found["problem"]),
        )


def start_inspection(
    file: Path,
    said: Mapping[str, Any],
    on_done: Callable[[DetectorReport], None],
    on_error: Callable[[BoxwrightError], None],
    project: Path | None = None,
) -> Job:
    """Look into `file`; `said` holds points of a card, `project` images for what a plain picture does not tell. The
    callbacks run on the job's thread; `on_error` gets `Cancelled` after `Job.cancel()`. Raises `JobFailed` when no
    process can be started."""

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(_stopped())
        else:
            on_done(DetectorReport.from_json(result))

    arguments = {"file": str(file), "said": dict(said), "project": str(project or "")}
    return Job("inspect", arguments, lambda _event, _folder: None, done, on_error, _UNHURT)


def _stored(
    project: Project, examined: Examined, mapping: Mapping[str, str] | None, activate: bool, use: DetectorUse | None
) -> Model:
    model = register(project, examined, mapping, use)
    if activate and not (use is not None and use.kind is UseKind.BASE):
        project.models.activate(model.id)
    return project.models.get(model.id)


def start_adding(
    project: Project,
    write_queue: WriteQueue,
    file: Path,
    classes: Sequence[str],
    mapping: Mapping[str, str] | None,
    activate: bool,
    on_done: Callable[[Model], None],
    on_error: Callable[[BoxwrightError], None],
    said: Mapping[str, Any] | None = None,
    use: DetectorUse | None = None,
) -> Job:
    """Copy `file` into the project and try it on its images, as `services.detectors.admission.add_model`; the writer is
    only asked to store what is sure. The callbacks run on the job's thread; `on_error` gets `Cancelled` after
    `Job.cancel()`. Raises `ReadOnlyProject`, and `JobFailed` when no process can be started."""
    project.require_writable()
    aside = name_aside()
    copy = project.folder / FOLDER / aside / file.name

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            failed(_stopped())
            return
        card = DetectorCard.from_json(result["card"])
        examined = Examined(copy, file.stem, str(result["sha256"]), card, bool(result["without_features"]))
        try:
            model = write_queue.submit(lambda local: _stored(local, examined, mapping, activate, use)).result()
        except BoxwrightError as error:
            on_error(error)
        else:
            on_done(model)

    def failed(error: BoxwrightError) -> None:
        forget(copy)
        on_error(error)

    arguments = {
        "project": str(project.folder),
        "file": str(file),
        "classes": list(classes),
        "said": dict(said or {}),
        "aside": aside,
        "numbered": use is not None and use.kind.without_names,
    }
    return Job("examine", arguments, lambda _event, _folder: None, done, failed, _UNHURT)
