"""Follows every edit to the disk, and says so in one word."""

from __future__ import annotations

from concurrent.futures import Future
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from boxwright.domain.labels import ImageLabels

if TYPE_CHECKING:
    from boxwright.services.project import Project
    from boxwright.services.writer import WriteQueue


class Saving(Enum):
    SAVED = "All changes saved"
    SAVING = "Saving…"
    FAILED = "Not saved"


class Saver(QObject):
    """Keeps the labels of each image until they are on disk, so that leaving an image never waits. `writer` None:
    nothing is ever edited."""

    changed = Signal(object, str)  # Saving, one sentence when it failed
    written = Signal(object)  # ids of the images whose labels are now on disk
    _reached = Signal(int)
    _refused = Signal(str)
    _recovered = Signal()

    def __init__(self, writer: WriteQueue | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = writer
        self._unsaved: dict[int, ImageLabels] = {}
        self._sent = 0
        self._reached.connect(self._edit_written)
        self._refused.connect(lambda sentence: self.changed.emit(Saving.FAILED, sentence))
        self._recovered.connect(self.tell)
        if writer is not None:
            writer.on_error = self._refused.emit
            writer.on_recovered = self._recovered.emit

    @property
    def saved(self) -> bool:
        return not self._unsaved

    def unsaved(self, image_id: int) -> ImageLabels | None:
        """The newest labels of an image while they are not on disk."""
        return self._unsaved.get(image_id)

    def follow(self, labels: ImageLabels) -> None:
        """An edit that led to `labels` was just handed to the writer."""
        if self._writer is None:
            return
        self._unsaved[labels.image_id] = labels
        self._sent += 1
        number = self._sent
        self.changed.emit(Saving.SAVING, "")

        def done(written: Future[Any]) -> None:
            if not written.cancelled() and written.exception() is None:
                self._reached.emit(number)

        self._writer.submit(_nothing).add_done_callback(done)

    def tell(self) -> None:
        """Say again how it stands."""
        if self._writer is not None:
            self.changed.emit(Saving.SAVED if self.saved else Saving.SAVING, "")

    def flush(self, timeout: float) -> bool:
        """Wait until every edit is on disk; False when the disk refuses."""
        return self._writer is None or self._writer.flush(timeout)

    def close(self, timeout: float) -> bool:
        """Write what is left and end the writer. False when edits could not be saved."""
        return self._writer is None or self._writer.close(timeout)

    def _edit_written(self, number: int) -> None:
        if number != self._sent:
            return
        ids = tuple(self._unsaved)
        self._unsaved.clear()
        self.written.emit(ids)
        self.tell()


def _nothing(_: Project) -> None:
    """Follows an edit through the queue: when it is reached, the edit is on disk."""
