"""A hand on the mouse and the keyboard: real Qt events to the real window, waiting for what they bring about."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxwright.domain.box import Box
from boxwright.domain.errors import BoxwrightError
from boxwright.ui.canvas.view import CanvasView
from boxwright.ui.keys import Key

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
_SLICE_MS = 10
_DRAG_STEPS = 4


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Let the window work until `condition` holds. Raises `BoxwrightError` naming `what` when it does not in time."""
    if not wait_at_most(condition, seconds):
        raise BoxwrightError(f"The played demo stopped: {what} did not come within {seconds:.0f} seconds.")


def wait_at_most(condition: Callable[[], bool], seconds: float) -> bool:
    """Let the window work until `condition` holds; False when it does not in time."""
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            return False
        # Sleeps between events: a training beside it needs the processor.
        QTest.qWait(_SLICE_MS)
    return True


def wait_a_moment() -> None:
    """Let everything that is due be painted."""
    for _ in range(3):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _SLICE_MS)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Tap a key while `widget` has the keyboard."""
    QTest.keyClick(widget, key, modifiers)


class Hand:
    """Works on one canvas; positions are boxes of the current image."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas

    def tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        press(self._canvas, key, modifiers)

    def select(self, key: Key) -> bool:
        """Click the box; where smaller ones lie over it, Alt+click goes on to the next larger. False when the mouse
        cannot reach it."""
        model = self._canvas.model
        if model.selection == (key,):
            return True
        self.tap(Qt.Key.Key_Escape)
        at = self._point_on(key)
        self._click(at, NONE)
        for _ in range(len(self._canvas.scenery.shapes)):
            if model.selection == (key,):
                return True
            self._click(at, Qt.KeyboardModifier.AltModifier)
        return model.selection == (key,)

    def draw(self, box: Box) -> None:
        """Drag from corner to corner with the draw tool."""
        self.tap(Qt.Key.Key_W)
        rect = self._canvas.scenery.exact_rect_of(box)
        self._drag(rect.topLeft().toPoint(), rect.bottomRight().toPoint())

    def reshape(self, key: Key, target: Box) -> bool:
        """Pull two opposite corners of a selected box to those of `target`; a corner that is there already stays.
        False when neither moved."""
        moved = False
        for corner in (QPoint(0, 0), QPoint(1, 1)):
            (selected,) = self._canvas.model.selection or (key,)
            start = _corner(self._canvas, self._canvas.model.box_of(selected), corner)
            end = _corner(self._canvas, target, corner)
            if (end - start).manhattanLength() >= QApplication.startDragDistance() // 2:
                self._drag(start.toPoint(), start.toPoint() + (end - start).toPoint())
                moved = True
        return moved

    def _point_on(self, key: Key) -> QPoint:
        """Where in the box the mouse meets it first, or its middle when smaller boxes cover it all."""
        scenery = self._canvas.scenery
        box = scenery.shapes.box(key)
        places = [(x, y) for y in (0.5, 0.25, 0.75, 0.1, 0.9) for x in (0.5, 0.25, 0.75, 0.1, 0.9)]
        for x, y in places:
            at = (box.x1 + x * box.width, box.y1 + y * box.height)
            if scenery.shapes.under(*at, 0.0)[:1] == [key]:
                return scenery.transform.map(QPointF(*at)).toPoint()
        return scenery.exact_rect_of(box).center().toPoint()

    def _click(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        QTest.mouseClick(self._canvas.viewport(), LEFT, modifiers, at)

    def _drag(self, start: QPoint, end: QPoint) -> None:
        viewport = self._canvas.viewport()
        QTest.mouseMove(viewport, start)
        QTest.mousePress(viewport, LEFT, NONE, start)
        for i in range(1, _DRAG_STEPS + 1):
            QTest.mouseMove(viewport, start + (end - start) * i / _DRAG_STEPS)
        QTest.mouseRelease(viewport, LEFT, NONE, end)


def _corner(canvas: CanvasView, box: Box, which: QPoint) -> QPointF:
    rect = canvas.scenery.exact_rect_of(box)
    return rect.bottomRight() if which.x() else rect.topLeft()
