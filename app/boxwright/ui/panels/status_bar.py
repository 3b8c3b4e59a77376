"""The line at the bottom: the job that runs, where the pointer is, the zoom, the device, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from boxwright.domain.progress import Progress
from boxwright.ui.panels.elided import ElidedLabel
from boxwright.ui.saving import Saving
from boxwright.ui.task import Task, rate_words
from boxwright.ui.theme import BAD
from boxwright.ui.tips import plain_tip


class StatusBar(QStatusBar):
    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._task: Task | None = None
        self.job = QWidget()
        self.job_words = QLabel()
        self.job_bar = QProgressBar()
        self.job_bar.setFixedSize(140, 14)
        self.job_bar.setTextVisible(False)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setFixedHeight(20)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self.job)
        row.setContentsMargins(8, 0, 8, 0)
        for widget in (self.job_words, self.job_bar, self.cancel):
            row.addWidget(widget)
        self.addWidget(self.job)
        self.job.hide()
        self.position, self.zoom, self.device, self.saving = QLabel(), QLabel(), ElidedLabel(), QLabel()
        self.device.setMaximumWidth(420)
        for label in (self.position, self.zoom, self.device, self.saving):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setContentsMargins(6, 0, 6, 0)
            self.addPermanentWidget(label)

    def follow(self, task: Task) -> None:
        """Show `task` with its speed and a way to stop it until it ends."""
        self._task = task
        self.job_words.setText(task.title)
        self.job_bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.job.show()
        task.progressed.connect(self._progressed)
        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(self._ended)

    def say(self, sentence: str) -> None:
        """A calm sentence that goes away by itself."""
        self.showMessage(sentence, 6000)

    def show_saving(self, saving: Saving, sentence: str) -> None:
        self.saving.setText(self.tr(saving.value))
        self.saving.setToolTip(plain_tip(sentence))
        self.saving.setStyleSheet(f"color: {BAD.name()}; font-weight: 600" if saving is Saving.FAILED else "")

    def clear(self) -> None:
        for label in (self.position, self.zoom, self.device, self.saving):
            label.clear()
        self.saving.setStyleSheet("")

    def _progressed(self, progress: Progress) -> None:
        self.job_bar.setRange(0, progress.total)
        self.job_bar.setValue(progress.done)
        counted = f" {progress.done:,} of {progress.total:,}" if progress.total else ""
        rate = rate_words(progress)
        title = self._task.title if self._task else ""
        self.job_words.setText(f"{title}{counted}{' · ' + rate if rate else ''}")

    def _cancel(self) -> None:
        if self._task is not None:
            self.cancel.setEnabled(False)
            self._task.cancel()

    def _ended(self, _result: object = None) -> None:
        self._task = None
        self.job.hide()
