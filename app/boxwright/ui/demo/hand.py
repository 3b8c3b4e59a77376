"""Mouse and keyboard events of a played person: real Qt events to the real window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxwright.domain.box import Box
from boxwright.ui.canvas import handles
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.canvas.handles import Handle
from boxwright.ui.demo.tally import HandMove, WorkTally
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.corner_completion import Completion

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
_DRAG_STEPS = 4


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Tap a key while `widget` has the keyboard."""
    QTest.keyClick(widget, key, modifiers)


class Hand:
    """Sender of mouse and keyboard events to one canvas; positions are boxes of the current image. `tally` counts
    what it does."""

    def __init__(self, canvas: CanvasView, tally: WorkTally | None = None) -> None:
        self._canvas = canvas
        self.tally = tally or WorkTally()

    def tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.tally.note(HandMove.KEY, modifiers=int(modifiers != NONE))
        press(self._canvas, key, modifiers)

    def select(self, key: Key) -> bool:
        """Click the box; where smaller ones lie over it, Alt+click goes on to the next larger. False when the mouse
        cannot reach it."""
        model = self._canvas.model
        if model.selection == (key,):
            return True
        at = self._point_on(key)
        self._let_go(at)
        self._click(at, NONE)
        for _ in range(len(self._canvas.box_painter.shapes)):
            if model.selection == (key,):
                return True
            self._click(at, Qt.KeyboardModifier.AltModifier)
        return model.selection == (key,)

    def draw(self, box: Box) -> None:
        """Draw in the way that is set: from corner to corner, by dragging or two clicks, or by extreme points."""
        if self._canvas.tool != "draw":
            self.tap(Qt.Key.Key_W)
        rect, middle = self._canvas.box_painter.exact_rect_of(box), self._canvas.box_painter.exact_rect_of(box).center()
        first, last = rect.topLeft(), rect.bottomRight()
        if self._canvas.draw_by == "drag":
            self._drag(first.toPoint(), last.toPoint())
            return
        extreme = (
            QPointF(middle.x(), first.y()), QPointF(first.x(), middle.y()),
            QPointF(middle.x(), last.y()), QPointF(last.x(), middle.y()),
        )  # fmt: skip
        for point in extreme if self._canvas.draw_by == "points" else (first, last):
            self._click(point.toPoint(), NONE)

    def as_drawn(self, box: Box) -> Box:
        """`box` as `draw` would leave it: its corners on whole pixels of the screen, and then of the image."""
        shown = self._canvas.box_painter
        rect, back = shown.exact_rect_of(box), shown.transform.inverted()[0]
        first, last = (back.map(QPointF(p.toPoint())) for p in (rect.topLeft(), rect.bottomRight()))
        return Box(round(first.x()), round(first.y()), round(last.x()), round(last.y()))

    def reshape(self, key: Key, target: Box, handle: Handle | None = None) -> bool:
        """Pull `handle` of a selected box, or two opposite corners, to where it is in `target`; one that is there
        already stays. False when nothing moved."""
        moved = False
        for which in ((-1, -1), (1, 1)) if handle is None else (handle,):
            (selected,) = self._canvas.model.selection or (key,)
            start = self._place(self._canvas.model.box_of(selected), which)
            end = self._place(target, which)
            if (end - start).manhattanLength() >= QApplication.startDragDistance() // 2:
                self._drag(start.toPoint(), start.toPoint() + (end - start).toPoint())
                moved = True
        return moved

    def move(self, key: Key, target: Box) -> bool:
        """Drag the box as a whole, so that its middle is that of `target`. False when the mouse cannot take it."""
        start = self._point_on(key)
        self._let_go(start)
        shown = self._canvas.box_painter
        by = shown.exact_rect_of(target).center() - shown.exact_rect_of(shown.shapes.box(key)).center()
        if not self.meets(key):
            return False
        self._drag(start, start + by.toPoint())
        return True

    def begin_at(self, box: Box, corner: Handle) -> Completion | None:
        """With the draw tool at a corner of a box to be: what the window offers there."""
        if self._canvas.tool != "draw":
            self.tap(Qt.Key.Key_W)
        QTest.mouseMove(self._canvas.viewport(), self._place(box, corner).toPoint())
        return self._canvas.overlay.guessed

    def take_guess(self, box: Box, corner: Handle) -> None:
        """A click there."""
        self._click(self._place(box, corner).toPoint(), NONE)

    def meets(self, key: Key) -> bool:
        """Whether one click selects the box: nothing smaller lies over all of it."""
        box = self._canvas.box_painter.shapes.box(key)
        at = self._canvas.box_painter.transform.inverted()[0].map(QPointF(self._point_on(key)))
        return self._canvas.box_painter.under(at.x(), at.y(), 0.0)[:1] == [key] or not box.has_area

    def closer(self, box: Box) -> None:
        """A notch of the wheel with Ctrl, over the middle of a place."""
        at = self._canvas.box_painter.exact_rect_of(box).center()
        self.tally.note(HandMove.WHEEL, modifiers=1)
        viewport = self._canvas.viewport()
        turn = QWheelEvent(
            at, viewport.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(viewport, turn)

    def _let_go(self, at: QPoint) -> None:
        """Esc where a click at this place would not select: with another tool, or on a handle."""
        model = self._canvas.model
        if self._canvas.tool != "select":
            self.tap(Qt.Key.Key_Escape)
        if len(model.selection) == 1:
            rect = self._canvas.box_painter.exact_rect_of(model.box_of(model.selection[0]))
            if handles.at(rect, QPointF(at)) is not None:
                self.tap(Qt.Key.Key_Escape)

    def _point_on(self, key: Key) -> QPoint:
        """Where in the box the mouse meets it first, or its middle when smaller boxes cover it all."""
        box_painter = self._canvas.box_painter
        box = box_painter.shapes.box(key)
        places = [(x, y) for y in (0.5, 0.25, 0.75, 0.1, 0.9) for x in (0.5, 0.25, 0.75, 0.1, 0.9)]
        for x, y in places:
            at = (box.x1 + x * box.width, box.y1 + y * box.height)
            if box_painter.shapes.under(*at, 0.0)[:1] == [key]:
                return box_painter.transform.map(QPointF(*at)).toPoint()
        return box_painter.exact_rect_of(box).center().toPoint()

    def _place(self, box: Box, handle: Handle) -> QPointF:
        return handles.position(self._canvas.box_painter.exact_rect_of(box), handle)

    def _click(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        self.tally.note(HandMove.CLICK, modifiers=int(modifiers != NONE))
        QTest.mouseMove(self._canvas.viewport(), at)
        QTest.mouseClick(self._canvas.viewport(), LEFT, modifiers, at)

    def _drag(self, start: QPoint, end: QPoint) -> None:
        self.tally.note(HandMove.DRAG)
        viewport = self._canvas.viewport()
        QTest.mouseMove(viewport, start)
        QTest.mousePress(viewport, LEFT, NONE, start)
        for i in range(1, _DRAG_STEPS + 1):
            QTest.mouseMove(viewport, start + (end - start) * i / _DRAG_STEPS)
        QTest.mouseRelease(viewport, LEFT, NONE, end)
