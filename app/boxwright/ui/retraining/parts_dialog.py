"""Dialog that adds the packages that training needs: how large they are, progress, what pip says, a way to stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from boxwright.config.disk import size_words
from boxwright.domain.messages import Message
from boxwright.domain.progress import Report, ShouldStop
from boxwright.services.training_parts.fetch import NoProcessorBuild
from boxwright.services.training_parts.parts import Build
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.training_parts.environment import Refusal
    from boxwright.services.training_parts.parts import Parts


class PartsDialog(Sheet):
    """Dialog that adds `parts`; `added` once they are there. With `begin` it begins as soon as it is shown, where
    nothing stands in the way."""

    added = Signal()
    _said = Signal(str)

    def __init__(self, parent: QWidget, parts: Parts, begin: bool = False) -> None:
        super().__init__(parent, tr("Add what training needs"), tr("Add"))
        self._parts, self._build = parts, Build.AUTO
        self.task: BackgroundTask | None = None
        self.resize(620, 300)
        self.about = plain_label()
        self.where = plain_label(quiet=True)
        self.progress = ProgressRow()
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.line.setAccessibleName(tr("What to type"))
        self.copy = QPushButton(tr("Copy"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName(tr("What pip says"))
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setMinimumHeight(140)
        self.folder = QPushButton(tr("From a folder…"))
        self.show_log = QPushButton(tr("Show the log"))
        self._lay_out()
        self._connect()
        self._look()
        if begin and not self._stands:
            self._begin()

    def _lay_out(self) -> None:
        typed = QWidget()
        row = QHBoxLayout(typed)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.copy)
        self.typed = typed
        for widget in (self.about, self.where, self.progress, self.log):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        layout = self.layout()
        assert layout is not None
        layout.insertWidget(layout.indexOf(self.buttons), typed)  # type: ignore[attr-defined]
        self.log.hide()
        for button in (self.folder, self.show_log):
            button.setAutoDefault(False)
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ResetRole)

    def _connect(self) -> None:
        self.go.clicked.connect(self._go)
        self.folder.clicked.connect(self._choose_folder)
        self.show_log.clicked.connect(self._toggle_log)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.line.text()))
        self._said.connect(self.log.appendPlainText)
        self.finished.connect(self._closed)

    # --- what there is to say --------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Say what is missing and what stands in the way now."""
        from boxwright.services.training_parts.add import obstacle
        from boxwright.services.training_parts.environment import target

        missing = ", ".join(self._parts.missing())
        words = tr("Missing: {0}. About {1} to fetch and {2} on the disk.")
        size = self._parts.size(self._build)
        self.about.setText(words.format(missing, size_words(size.fetch), size_words(size.disk)))
        refusal = obstacle(self._parts, self._build)
        words = tr("They come from the package index that pip is set to, and go to {0}.")
        where = [] if refusal else [words.format(target())]
        if self._parts.copyleft:
            words = tr("The package Ultralytics is {0}, which may bind what you make with it.")
            where.append(words.format(self._parts.copyleft))
        self.where.setText("\n".join(where))
        self.where.setVisible(bool(where))
        self._refuse(refusal)

    def _refuse(self, refusal: Refusal | None) -> None:
        self.complain(refusal.sentence if refusal else "")
        self.typed.setVisible(bool(refusal and refusal.line))
        self.line.setText(refusal.line if refusal else "")
        self.go.setText(tr("Look again") if refusal else tr("Add"))
        for button in (self.folder, self.show_log):
            button.setVisible(refusal is None)
        self._stands = refusal is not None

    # --- doing it --------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        if self._stands:
            self._look()
            if not self._parts.missing():
                self._have_it()
        else:
            self._begin()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("A folder of wheels"), str(Path.home()))
        if chosen:
            self._begin(Path(chosen))

    def _begin(self, folder: Path | None = None) -> None:
        from boxwright.services.training_parts.add import add_parts

        parts, build = self._parts, self._build

        def work(report: Report, should_stop: ShouldStop) -> object:
            try:
                return add_parts(parts, report, self._hear, should_stop, build, folder)
            except NoProcessorBuild as error:
                # An answer rather than a failure: there is something to choose.
                return error

        self.complain("")
        self.log.clear()
        task = self.task = BackgroundTask(tr("Adding what training needs"), self)
        self.progress.follow(task)
        task.finished.connect(self._ended)
        task.failed.connect(self._failed)
        task.stopped.connect(self._failed)
        self._set_busy(True)
        task.start(work)

    def _hear(self, line: str) -> None:
        """On the thread of the work."""
        try:
            self._said.emit(translate(line) if isinstance(line, Message) else line)
        except RuntimeError:
            return

    def _ended(self, result: object) -> None:
        self._set_busy(False)
        if isinstance(result, NoProcessorBuild):
            self._build = Build.USUAL
            self._look()
            if not self._stands:
                self.complain(result.message)
                self.go.setText(tr("Fetch it all the same"))
            return
        self._have_it()

    def _have_it(self) -> None:
        self.accept()
        self.added.emit()

    def _failed(self, sentence: str) -> None:
        self._set_busy(False)
        self.complain(sentence)
        self.go.setText(tr("Try again"))

    def _set_busy(self, busy: bool) -> None:
        self.go.setEnabled(not busy)
        self.folder.setEnabled(not busy)

    # --- around it -------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """The first time it stops what runs; nothing is added then, and the dialog says so."""
        if self.task is not None and not self.task.ended and not self.task.should_stop():
            self.task.cancel()
            return
        super().reject()

    def _closed(self, _result: int) -> None:
        if self.task is not None:
            self.task.give_up()

    def _toggle_log(self) -> None:
        shown = self.log.isHidden()
        self.log.setVisible(shown)
        self.show_log.setText(tr("Hide the log") if shown else tr("Show the log"))
