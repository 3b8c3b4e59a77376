"""Saving: follows every edit to the disk, and says so in one word."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from boxwright.domain.image import Image
from boxwright.domain.labels import ImageLabels
from boxwright.domain.messages import N_, plural, words_of
from boxwright.ui.language.translation import tr, translate

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.project.writer import WriteQueue
    from boxwright.store.errors import StorageError


class SavingState(Enum):
    """State of saving."""

    SAVED = N_("All changes saved")
    SAVING = N_("Saving…")
    FAILED = N_("Not saved")


@dataclass
class Unsaved:
    """Edits of an image that are not on disk yet. `edits`: how many; `labels`: what they lead to."""

    image: Image
    labels: ImageLabels
    edits: int = 0


class Saver(QObject):
    """Keeper of the labels of each image until every edit that led to them is on disk, so that leaving an image
    never waits. `writer` None: nothing is ever edited."""

    changed = Signal(object, str)  # Saving, one sentence when it failed
    written = Signal(object)  # ids of the images whose labels are now on disk
    not_done = Signal(str, str)  # what was to be kept besides edits, and why it was not
    _reached = Signal(int)
    _turned = Signal()
    _lost = Signal(str, object)

    def __init__(self, writer: WriteQueue | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = writer
        self._unsaved: dict[int, Unsaved] = {}
        self._rescue: tuple[Path, int] | None = None
        self._followed = 0
        self._reached.connect(self._edit_written)
        self._turned.connect(self.tell)
        self._lost.connect(self._tell_lost)
        if writer is not None:
            writer.on_error = lambda _: self._on_thread(self._turned)
            writer.on_recovered = lambda: self._on_thread(self._turned)

    @property
    def saved(self) -> bool:
        """Every edit is on disk, and nothing is known that would keep the next one from it."""
        return not self._unsaved and self.trouble is None

    @property
    def waiting(self) -> int:
        """Edits that are not on disk yet."""
        return sum(unsaved.edits for unsaved in self._unsaved.values())

    @property
    def trouble(self) -> StorageError | None:
        """Why nothing can be written now."""
        return self._writer.trouble if self._writer is not None else None

    @property
    def refused(self) -> StorageError | None:
        """`trouble` that does not pass by itself: no edit is taken any more."""
        return self._writer.refused if self._writer is not None else None

    def unsaved(self, image_id: int) -> ImageLabels | None:
        """The newest labels of an image while they are not on disk."""
        found = self._unsaved.get(image_id)
        return found.labels if found is not None else None

    def every_unsaved(self) -> list[Unsaved]:
        """Of each image with edits that are not on disk."""
        return list(self._unsaved.values())

    @property
    def rescue(self) -> Path | None:
        """The rescue copy that holds every edit made so far."""
        return self._rescue[0] if self._rescue is not None and self._rescue[1] == self._followed else None

    def rescued_to(self, folder: Path) -> None:
        """What is not saved now is in a rescue copy too."""
        self._rescue = (folder, self._followed)

    def follow(self, image: Image, labels: ImageLabels, written: Future[Any]) -> None:
        """An edit of `image` that led to `labels` was just handed to the writer; `written` ends with its
        transaction."""
        image_id = image.id
        unsaved = self._unsaved.setdefault(image_id, Unsaved(image, labels))
        unsaved.labels, unsaved.edits = labels, unsaved.edits + 1
        self._followed += 1

        def done(future: Future[Any]) -> None:
            if not future.cancelled() and future.exception() is None:
                self._on_thread(self._reached, image_id)

        written.add_done_callback(done)
        self.tell()

    def keep(self, what: str, work: Callable[[Project], Any]) -> None:
        """Write something that is no edit and that nobody waits for; `not_done` tells when it fails. `what` names it,
        such as "The time worked"."""
        if self._writer is None:
            return

        def done(future: Future[Any]) -> None:
            error = None if future.cancelled() else future.exception()
            if error is not None:
                self._on_thread(self._lost, what, error)

        self._writer.submit(work).add_done_callback(done)

    def tell(self) -> None:
        """Say again how it stands."""
        if self._writer is None:
            return
        words = trouble_words(self)
        if words and self.refused is not None:
            words = f"{words} {tr('Nothing can be changed here until it is mended.')}"
        state = SavingState.SAVING if self._unsaved else SavingState.SAVED
        self.changed.emit(SavingState.FAILED if words else state, words)

    def flush(self, timeout: float) -> bool:
        """Wait until every edit is on disk; False when the disk refuses."""
        return self._writer is None or self._writer.flush(timeout)

    def close(self, timeout: float) -> bool:
        """Write what is left and end the writer. False when edits could not be saved."""
        return self._writer is None or self._writer.close(timeout)

    def _edit_written(self, image_id: int) -> None:
        unsaved = self._unsaved[image_id]
        unsaved.edits -= 1
        if not unsaved.edits:
            del self._unsaved[image_id]
            self.written.emit((image_id,))
        self.tell()

    def _tell_lost(self, what: str, error: BaseException) -> None:
        # A refusal is told for as long as it lasts, with everything that it keeps from being written.
        if self.refused is None:
            self.not_done.emit(what, translate(words_of(error)))

    def _on_thread(self, signal: Any, *values: object) -> None:
        """From the writer's thread, which may outlive this."""
        try:
            signal.emit(*values)
        except RuntimeError:
            return


def trouble_words(saver: Saver) -> str:
    """While nothing can be written, how much waits, and why; else nothing."""
    from boxwright.store.errors import StorageTrouble

    trouble, waiting = saver.trouble, saver.waiting
    if trouble is None:
        return ""
    if not waiting:
        how_much = tr("Nothing can be saved now.")
    elif trouble.trouble is StorageTrouble.ROOM:
        how_much = translate(
            plural("1 edit waits for room on the disk.", "{0:,} edits wait for room on the disk.", waiting)
        )
    else:
        how_much = translate(plural("1 edit is not saved.", "{0:,} edits are not saved.", waiting))
    return f"{how_much} {translate(trouble.message)}"
