"""Questions about a detector file, asked with pictures: its boxes drawn each way on an image of the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QPushButton, QToolButton, QWidget

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import read_detector_in_ways
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.detectors.readings import ReadingResult, ReadingResults

_SIDE = 240
_MARGIN = 20
_PER_ROW = 3


class QuestionRow(QWidget):
    """Row of buttons, one for each point that a picture can show; `asked` tells which one was pressed."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label(tr("Choose by a picture:"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.words, 0, 0, 1, _PER_ROW)
        self.buttons: dict[str, QPushButton] = {}
        self.show_points(())

    def show_points(self, points: Sequence[str]) -> None:
        """`points`: what is unknown; those that no picture shows are left out."""
        for old in self.buttons.values():
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = {}
        for number, point in enumerate(shown_by_pictures(points)):
            button = QPushButton(translate(point))
            button.setAccessibleName(tr("Choose by a picture: {0}").format(translate(point)))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, p=point: self.asked.emit(p))
            self._grid.addWidget(button, 1 + number // _PER_ROW, number % _PER_ROW)
            self.buttons[point] = button
        self.setVisible(bool(self.buttons))


def shown_by_pictures(points: Sequence[str]) -> list[str]:
    """Those of the unknown `points` that can be asked with a picture."""
    if not points:
        return []
    from boxwright.inference.readings import POINTS

    return [p for p in POINTS if p in points]


class ReadingsDialog(Sheet):
    """Dialog of pictures; `chosen` gets the points of a card that the picture clicked stands for."""

    def __init__(
        self,
        parent: QWidget,
        project: Path,
        file: Path,
        said: Mapping[str, Any],
        point: str,
        chosen: Callable[[Mapping[str, Any]], object],
    ) -> None:
        super().__init__(parent, tr("Which boxes are right?"))
        self._chosen = chosen
        self._task: BackgroundTask | None = None
        self.setMinimumWidth(560)
        self.words = plain_label(tr("The file does not say: {0}.").format(translate(point)))
        self.progress = ProgressRow()
        self.grid = QGridLayout()
        self.pictures: list[QToolButton] = []
        self.body.addWidget(self.words)
        self.body.addWidget(self.progress)
        self.body.addLayout(self.grid)
        try:
            self._task = read_detector_in_ways(project, file, said, point)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._task.setParent(self)
        self.progress.follow(self._task)
        self._task.finished.connect(self._show)
        self._task.failed.connect(self.complain)

    def done(self, result: int) -> None:
        if self._task is not None and not self._task.ended:
            self._task.cancel()
        super().done(result)

    def _show(self, found: ReadingResults) -> None:
        if not found.image:
            self.words.setText(
                tr("The project has no image yet that could show this: add images first, or say it in the card.")
            )
            return
        self.words.setText(tr("Click the picture whose boxes are right: {0}").format(found.image))
        for number, reading in enumerate(found.readings):
            picture = self._picture(reading)
            self.grid.addWidget(picture, number // _PER_ROW, number % _PER_ROW)
            self.pictures.append(picture)
        usable = [p for p in self.pictures if p.isEnabled()]
        if usable:
            usable[0].setFocus()
        # What was put in just now is not shown yet, and a dialog counts only what is.
        row = self.pictures[:_PER_ROW]
        self.setMinimumWidth(max(self.minimumWidth(), sum(p.minimumWidth() + _MARGIN for p in row) + 2 * _MARGIN))
        self.adjustSize()

    def _picture(self, reading: ReadingResult) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setAutoRaise(True)
        if reading.problem:
            button.setText(tr("{0}: cannot be read this way").format(translate(reading.words)))
            button.setToolTip(translate(reading.problem))
            button.setEnabled(False)
            return button
        pixmap = QPixmap()
        pixmap.loadFromData(reading.picture)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        pixmap = pixmap.scaled(QSize(_SIDE, _SIDE), keep, smooth)
        button.setIcon(QIcon(pixmap))
        button.setIconSize(pixmap.size())
        boxes = translate(plural("1 box", "{0:,} boxes", reading.boxes))
        button.setText(f"{translate(reading.words)} ({boxes})")
        button.setAccessibleName(button.text())
        # A tool button would rather leave out the middle of its words.
        button.setMinimumWidth(max(_SIDE, button.fontMetrics().horizontalAdvance(button.text())) + _MARGIN)
        button.clicked.connect(lambda: self._choose(reading.said))
        return button

    def _choose(self, said: Mapping[str, Any]) -> None:
        self.accept()
        self._chosen(said)
