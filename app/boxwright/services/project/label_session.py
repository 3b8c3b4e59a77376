"""Labelling session: labels of one image at a time; an edit reaches memory first, then the database in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from boxwright.domain.changes import Changes, changes_of
from boxwright.domain.edits import Edit
from boxwright.domain.errors import ReadOnlyProject
from boxwright.domain.labels import ImageLabels
from boxwright.domain.messages import Message
from boxwright.services.project.label_edit import LabelEdit

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


class Writer(Protocol):
    """Part of `services.project.writer.WriteQueue` that a session needs."""

    def submit(self, work: Callable[[Project], Any], /) -> Future[Any]: ...


READ_ONLY = Message("This project is open read-only, so nothing can be changed here.")


class LabelSession:
    """Labels of one image at a time and the way an edit takes from memory to disk.

    `writer` None makes it read-only; `read_only_reason` is then the sentence a person is told. `annotator` is who works
    here.
    """

    def __init__(self, writer: Writer | None, read_only_reason: str = READ_ONLY, annotator: str = "") -> None:
        self._writer = writer
        self._read_only_reason = read_only_reason or READ_ONLY
        self.annotator = annotator
        self._labels: ImageLabels | None = None
        self.stopped = ""
        """Why no edit is taken although the project can be written; one sentence."""
        self.on_edit: Callable[[ImageLabels, Future[Any]], None] = lambda _labels, _written: None
        """Told of each edit before anybody else: what it led to, and when it is on disk."""
        self._subscribers: list[Callable[[Changes], None]] = []

    @property
    def labels(self) -> ImageLabels | None:
        """The current image as it is after every edit so far; None while no image is shown."""
        return self._labels

    @property
    def read_only(self) -> bool:
        return self._writer is None or bool(self.stopped)

    @property
    def read_only_reason(self) -> str:
        """One sentence; empty when the project can be edited."""
        return self.stopped or (self._read_only_reason if self.read_only else "")

    def show(self, labels: ImageLabels | None) -> None:
        """Make an image current. Load `labels` after the edits of that image were written, or they are missing."""
        self._labels = labels
        self._notify(Changes.IMAGE)

    def apply(self, edit: Edit) -> None:
        """Change the current image; an edit that changes nothing is dropped.

        Raises `ReadOnlyProject`, and ValueError when no image is shown. The writer reports what goes wrong on disk.
        """
        labels, writer = self._labels, self._writer
        if labels is None:
            raise ValueError("no image is shown")
        if writer is None or self.stopped:
            raise ReadOnlyProject(self.read_only_reason)
        if edit.is_void:
            return
        image_id = labels.image_id
        self._labels = edit.apply(labels)
        self.on_edit(self._labels, writer.submit(LabelEdit(image_id, edit)))
        self._notify(changes_of(edit))

    def subscribe(self, callback: Callable[[Changes], None]) -> None:
        """`callback` is called after each change, in the thread that made it, in the order of subscription."""
        self._subscribers.append(callback)

    def _notify(self, changes: Changes) -> None:
        for callback in self._subscribers:
            callback(changes)
