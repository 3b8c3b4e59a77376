"""Steps of getting a detector in the window: bring the file, show a hash that nobody knew, try it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.progress import Report, ShouldStop
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.obtain import Obtained
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import bring_detector, try_detector
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label


class ObtainTask(QObject):
    """Steps for one entry. `follows(task)` tells each piece of work that begins; `ended(sentence)` the end of all, ""
    when all is well."""

    follows = Signal(object)
    ended = Signal(str)

    def __init__(self, parent: QWidget, entry: CatalogueEntry, folder: Path, source: Path | None) -> None:
        super().__init__(parent)
        self._window, self._entry, self._folder, self._source = parent, entry, folder, source
        self._task: BackgroundTask | None = None

    def start(self) -> None:
        try:
            task = bring_detector(self._entry, self._folder, self._source)
        except BoxwrightError as error:
            self.ended.emit(translate(error.message))
            return
        self._follow(task)
        task.finished.connect(self._came)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def give_up(self) -> None:
        """Stop, and tell nobody."""
        self.blockSignals(True)
        if self._task is not None:
            self._task.give_up()

    def _follow(self, task: BackgroundTask) -> None:
        task.setParent(self)
        self._task = task
        task.failed.connect(self.ended)
        task.stopped.connect(self.ended)
        self.follows.emit(task)

    def _came(self, found: Obtained) -> None:
        if found.confirmed:
            self._try(found)
            return
        dialog = HashDialog(self._window, self._entry, found)
        dialog.accepted.connect(lambda: self._confirm(found))
        dialog.rejected.connect(lambda: self.ended.emit(tr("The file was not taken; it is kept unopened.")))
        dialog.open()

    def _confirm(self, found: Obtained) -> None:
        entry, folder = self._entry, self._folder

        def take(_report: Report, _stop: ShouldStop) -> Obtained:
            from boxwright.services.detectors.obtain import confirm

            return confirm(entry, folder, found.sha256)

        task = BackgroundTask(tr("Taking the file")).start(take)
        self._follow(task)
        task.finished.connect(self._try)

    def _try(self, found: Obtained) -> None:
        try:
            task = try_detector(self._entry, found.file)
        except BoxwrightError as error:
            self.ended.emit(translate(error.message))
            return
        self._follow(task)
        task.finished.connect(lambda _trial: self.ended.emit(""))


class HashDialog(Sheet):
    """Dialog that shows the hash of a file that nobody has known one for, before it is opened."""

    def __init__(self, parent: QWidget, entry: CatalogueEntry, found: Obtained) -> None:
        super().__init__(parent, tr("Is this the right file?"), tr("Take this file"))
        self.setMinimumWidth(620)
        self.outlives_project = getattr(parent, "outlives_project", False)
        words = tr(
            "No hash of “{0}” is known yet, so nobody can say that this is the file its makers meant. It has come and "
            "was not opened. Compare its hash with theirs if they tell one; when you take it, the same is expected "
            "from now on."
        )
        self.words = plain_label(words.format(entry.title))
        self.hash = plain_label(f"SHA-256\n{found.sha256}")
        self.about = plain_label(tr("{0:,} bytes from {1}").format(found.bytes, entry.source), quiet=True)
        for label in (self.words, self.hash, self.about):
            self.body.addWidget(label)
        self.default_to_cancel()
        self.go.clicked.connect(self.accept)
