"""Mouse and keyboard on a canvas."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.labelling import HEIGHT, WIDTH, Desk

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import Box
from boxwright.domain.labels import ImageLabels
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.session import SessionModel

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Hand:
    """Mouse and keyboard on a canvas; points are pixels of the image."""

    view: CanvasView
    model: SessionModel
    desk: Desk

    def on_screen(self, x: float, y: float) -> QPoint:
        return self.view.viewportTransform().map(QPointF(x, y)).toPoint()

    def hover(self, x: float, y: float) -> None:
        QTest.mouseMove(self.view.viewport(), self.on_screen(x, y))

    def press(self, x: float, y: float, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.view.viewport(), button, keys, self.on_screen(x, y))

    def release(self, x: float, y: float, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.view.viewport(), button, keys, self.on_screen(x, y))

    def click(self, x: float, y: float, keys: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(x, y, keys)
        self.release(x, y, keys)

    def drag(self, start: tuple[float, float], end: tuple[float, float], keys: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(*start, keys)
        self.hover((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.hover(*end)
        self.release(*end, keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.view, key, keys)

    def draw(self, box: Box) -> None:
        self.view.tool = "draw"
        self.drag((box.x1, box.y1), (box.x2, box.y2))

    @property
    def labels(self) -> ImageLabels:
        assert self.model.labels is not None
        return self.model.labels

    @property
    def annotations(self) -> list[Annotation]:
        return list(self.labels.annotations.values())

    def boxes(self) -> list[Box]:
        """In memory and on disk, which must be the same."""
        in_memory = [a.box for a in self.annotations]
        assert [a.box for a in self.desk.stored(self.labels.image_id).annotations.values()] == in_memory
        return in_memory

    @property
    def cursor(self) -> Qt.CursorShape:
        return self.view.viewport().cursor().shape()

    def seen(self) -> QImage:
        """What is on the screen, as the updates so far have left it: `grab` would paint everything anew."""
        QApplication.processEvents()
        return self.view.screen().grabWindow(self.view.winId()).toImage()

    def color_at(self, x: float, y: float) -> QColor:
        return self.seen().pixelColor(self.on_screen(x, y))


def picture(width: int = WIDTH, height: int = HEIGHT, color: str = "#406080") -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image
