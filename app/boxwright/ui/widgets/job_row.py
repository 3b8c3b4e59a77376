"""Job row of the status line: what a job does, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from boxwright.domain.progress import Progress
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask, rate_words


class JobRow(QWidget):
    """Row of a job. Hidden while no task is followed. `look`: the word on a button that shows more, empty for none;
    it emits `look_wanted`."""

    look_wanted = Signal()

    def __init__(self, look: str = "") -> None:
        super().__init__()
        self._task: BackgroundTask | None = None
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setFixedSize(120, 14)
        self.bar.setTextVisible(False)
        self.look = _button(look)
        self.look.setVisible(bool(look))
        self.look.clicked.connect(self.look_wanted)
        self.cancel = _button("")
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        for widget in (self.words, self.bar, self.look, self.cancel):
            row.addWidget(widget)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.bar.setAccessibleName(tr("How far it is"))
        self.cancel.setText(tr("Cancel"))

    def follow(self, task: BackgroundTask) -> None:
        """Show `task` with its speed and a way to stop it until it ends."""
        self._task = task
        self.words.setText(task.title)
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.show()
        task.progressed.connect(self._progressed)
        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(self._ended)

    def let_go(self) -> None:
        """Whatever the task still tells is not shown."""
        if self._task is not None:
            self._task.progressed.disconnect(self._progressed)
        self._ended()

    def say(self, words: str) -> None:
        """In place of what the progress would say."""
        self.words.setText(words)

    def _progressed(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        counted = f" {tr('{0:,} of {1:,}').format(progress.done, progress.total)}" if progress.total else ""
        rate = rate_words(progress)
        title = self._task.title if self._task else ""
        self.say(f"{title}{counted}{' · ' + rate if rate else ''}")

    def _cancel(self) -> None:
        if self._task is not None:
            self.cancel.setEnabled(False)
            self._task.cancel()

    def _ended(self, _result: object = None) -> None:
        self._task = None
        self.hide()


def _button(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setFixedHeight(20)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
