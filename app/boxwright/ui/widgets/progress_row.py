"""Progress row: a bar and words that follow one task inside a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from boxwright.domain.progress import Progress
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import BackgroundTask, rate_words


class ProgressRow(QWidget):
    """Row of progress. Hidden until `follow`."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("How far it is"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        self._words: Callable[[Progress], str] = _progress_words
        self.hide()

    def follow(self, task: BackgroundTask, words: Callable[[Progress], str] | None = None) -> None:
        """`words`: how far it is, where it is not counted in images."""
        self._words = words or _progress_words
        self.bar.setRange(0, 0)
        self.words.setText(f"{task.title}…")
        self.show()
        task.progressed.connect(self._progressed)
        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(self.hide)

    def _progressed(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.words.setText(self._words(progress))


def _progress_words(progress: Progress) -> str:
    parts = [
        translate(progress.what),
        tr("{0:,} of {1:,}").format(progress.done, progress.total) if progress.total else "",
    ]
    return " · ".join(p for p in (*parts, rate_words(progress)) if p)
