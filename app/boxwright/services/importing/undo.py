"""Undoing of an import: the labels that it replaced come back, those that it brought go."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boxwright.domain.edits import EditKind
from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.services.importing.result import ImportResult
from boxwright.services.project.backups import Why, before
from boxwright.services.project.project import Project
from boxwright.store.edit_log import LogSpan

_KIND = EditKind.UNDO_IMPORT
_REPORT_EVERY = 200
_REMEMBERED = 50


@dataclass(frozen=True)
class DoneImport:
    """Import that can be undone.

    `at`: UTC, ISO 8601. `path` of the dataset. `first`, `last`: its span of the edit log, empty for pre-labels.
    `model`: the detector without a file that its boxes to be judged belong to. `activated`: it became the active one.
    `images` got labels, on `replaced` of them in place of a person's; `boxes` of labels or pre-labels.
    """

    at: str
    path: str
    kind: str
    first: int
    last: int
    model: int | None
    activated: bool
    images: int
    replaced: int
    boxes: int
    waiting: int

    @property
    def span(self) -> LogSpan:
        return LogSpan(self.first, self.last)


@dataclass(frozen=True)
class Undone:
    """Result of undoing.

    `images` are as they were before; on `replaced` of them a person's labels came back. `withdrawn`: pre-labels that
    nobody had judged and that are gone. `kept`: names of images that were changed since and stay as they are.
    """

    path: str
    images: int = 0
    replaced: int = 0
    withdrawn: int = 0
    kept: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return {**asdict(self), "kept": list(self.kept)}


class Recording:
    """Record of what an import writes, so that it can be undone. Made before the import writes and within its
    transaction."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._first = project.edit_log.end() + 1
        active = project.models.active()
        self._active = active.id if active is not None else None

    def keep(self, path: Path, result: ImportResult) -> None:
        """Remember the import of `path`, unless it changed nothing."""
        span = LogSpan(self._first, self._project.edit_log.end())
        if not span and result.model is None:
            return
        active = self._project.models.active()
        done = DoneImport(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            path=str(path),
            kind=result.kind,
            first=span.first,
            last=span.last,
            model=result.model,
            activated=self._active is None and active is not None and active.id == result.model,
            images=result.images,
            replaced=result.replaced,
            boxes=result.boxes,
            waiting=result.review_boxes if result.kind == "labels" else result.boxes,
        )
        before = self._project.settings.imports
        self._project.settings.imports = [*before, asdict(done)][-_REMEMBERED:]


def last_import(project: Project) -> DoneImport | None:
    """The newest import that has not been undone."""
    listed = project.settings.imports
    return DoneImport(**listed[-1]) if listed else None


def undo_import(project: Project, report: Report = ignore, should_stop: ShouldStop = never) -> Undone:
    """Take back the newest import that has not been undone, all of it or nothing.

    Images that it labelled are as they were: those that had labels have them again, the others are open once more, as
    if nobody had touched them. An image that was changed since stays as it is. Pre-labels that it brought and nobody
    has judged are gone. Images and classes that it added stay, as does a validation split, which never moves back.
    Raises FormatError when there is no import to undo, Cancelled, and ReadOnlyProject.
    """
    project.require_writable()
    done = last_import(project)
    if done is None:
        raise FormatError("No import of this project can be undone: none was made, or all of them were undone.")
    before(project.folder, Why.UNDO_IMPORT, project.tell)
    log = project.edit_log
    with project.transaction():
        begin = log.end() + 1
        ids = log.images(done.span) if done.span else []
        changed = log.changed_after(ids, done.span, project.settings.cancelled_spans)
        back = [image_id for image_id in ids if image_id not in changed]
        replaced = 0
        for number, image_id in enumerate(back):
            if number % _REPORT_EVERY == 0:
                check(should_stop)
                report(Progress(number, len(back), Message("bringing back what was there")))
            replaced += _restore(project, image_id, done.span)
        withdrawn = _withdraw(project, done) if done.model is not None else 0
        project.settings.imports = project.settings.imports[:-1]
        cancelled = project.settings.cancelled_spans
        project.settings.cancelled_spans = [*cancelled, done.span, LogSpan(begin, log.end())]
        kept = tuple(image.path for image in project.images.many(sorted(changed)))
    return Undone(done.path, len(back), replaced, withdrawn, kept)


def _restore(project: Project, image_id: int, span: LogSpan) -> bool:
    """Undo the span's edits of one image. Whether labels of a person came back."""
    replaced = False
    for edit in project.edit_log.of_image(image_id, span):
        if edit is None:
            project.labels.reopen(image_id, _KIND)
        else:
            project.labels.apply(image_id, edit.undone(_KIND, project.edit_log.annotator_before(image_id, span)))
            replaced = replaced or edit.state is not None
    return replaced


def _withdraw(project: Project, done: DoneImport) -> int:
    assert done.model is not None
    if done.activated and project.models.get(done.model).active:
        project.models.deactivate()
    project.scores.clear(done.model)
    return project.predictions.withdraw(done.model)
