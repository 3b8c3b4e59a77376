"""Canvas: shows an image with its boxes and hands the mouse to the tool in use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from boxwright.config.settings import DrawBy
from boxwright.domain.changes import Changes
from boxwright.ui.canvas.class_menu import class_menu
from boxwright.ui.canvas.draw_tool import DrawTool
from boxwright.ui.canvas.image_view import ImageView
from boxwright.ui.canvas.minimap import Minimap
from boxwright.ui.canvas.pan_tool import PanTool
from boxwright.ui.canvas.select_tool import SelectTool
from boxwright.ui.canvas.space_key import SpaceKey
from boxwright.ui.canvas.tool import Pointer, Tool
from boxwright.ui.labelling.session import SessionModel

ZOOM_STEP = 1.25
"""The factor of one notch of the wheel and of one press of + or -."""

_NOTCH = 120
_SURELY_LET_GO_MS = 20
"""Until then the press that makes a release none has come; see `ui.look.key_presses`."""
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CanvasView(ImageView):
    """Image view with tools: mouse, keys and the gestures in progress. It changes the model only through
    `ui.labelling.commands`."""

    tool_changed = Signal(str)
    pointer_moved = Signal(float, float)  # pixels of the image, only while inside of it
    space_tapped = Signal()

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.pick_class: QAction | None = None
        """Finds any class; in the menu of a right click."""
        self.stay_in_draw = False
        """After a box the draw tool stays in hand."""
        self.draw_by: DrawBy = "drag"
        self.offer_guesses = True
        """While drawing, the detector completes a box from one corner."""
        self.crosshair_always = False
        """The crosshair follows the pointer in every tool, not only while drawing."""
        self.minimap = Minimap(self)
        self._space = SpaceKey()
        self._surely = QTimer(self, singleShot=True, interval=0)
        self._surely.timeout.connect(self.space_tapped)
        self._tap = QTimer(self, singleShot=True, interval=_SURELY_LET_GO_MS)
        # Another turn of the loop: when this window was busy, the press waits beside the timer.
        self._tap.timeout.connect(self._surely.start)
        self._select_tool = SelectTool(self)
        self._draw_tool = DrawTool(self)
        self._tools: dict[str, Tool] = {t.name: t for t in (self._select_tool, self._draw_tool, PanTool(self))}
        self._tool: Tool = self._select_tool
        self._hand: Tool | None = None
        self._held = Qt.MouseButton.NoButton
        self._pointer = self._pointer_at(QPointF(), Qt.KeyboardModifier.NoModifier)

    # What the window asks

    @property
    def tool(self) -> str:
        """One of `select`, `draw`, `pan`."""
        return self._tool.name

    @tool.setter
    def tool(self, name: str) -> None:
        """Raises KeyError for a tool there is none of."""
        tool = self._tools[name]
        if tool is not self._tool:
            self._tool.cancel()
            self._tool.leave()
            self._tool = tool
            self._tool.move(self._pointer)
            self._refresh_cursor()
            self.tool_changed.emit(name)

    def take_guess(self) -> bool:
        """Make the guess that the draw tool offers a box; False when it offers none."""
        return self._draw_tool.take_guess()

    def set_crosshair(self, always: bool) -> None:
        self.crosshair_always = always
        self._overlay.crosshair(self._pointer.at if always and self.viewport().underMouse() else None)

    def cancel(self) -> None:
        """Esc: end the gesture under way; without one go back to the select tool; with that clear the selection."""
        if self._acting.active:
            self._acting.cancel()
        elif self._tool.name != "select":
            self.tool = "select"
        else:
            self._model.select([])

    # What tools ask

    def choose_tool(self, name: str) -> None:
        self.tool = name

    def may_edit(self) -> bool:
        """False in a read-only project, which the person is then told."""
        return self._model.may_edit()

    def interrupt(self) -> None:
        if self._acting.name != "pan":
            self._acting.cancel()

    def follow_model(self, changes: Changes) -> None:
        super().follow_model(changes)
        if Changes.IMAGE in changes:
            self._forget_tap()
        self._refresh_cursor()
        if self._tool is self._draw_tool:
            self._draw_tool.renew(self._pointer)

    # The mouse

    @property
    def _acting(self) -> Tool:
        return self._hand or self._tool

    def _pointer_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        inverse, _ = self.viewportTransform().inverted()
        point = inverse.map(at)
        return Pointer(QPointF(at), point.x(), point.y(), modifiers)

    def _follow(self, event: QMouseEvent) -> Pointer:
        self._pointer = self._pointer_at(event.position(), event.modifiers())
        return self._pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._settle_tap()
        pointer = self._follow(event)
        middle = event.button() == Qt.MouseButton.MiddleButton
        if self._held or not (middle or event.button() == Qt.MouseButton.LeftButton):
            return
        self._held = event.button()
        if middle or self._space.held:
            self._space.use()
            self._hand = self._tools["pan"]
        self._acting.press(pointer)
        self._refresh_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._follow(event)
        self._acting.move(pointer)
        if self.crosshair_always:
            self._overlay.crosshair(pointer.at)
        self._refresh_cursor()
        labels = self._model.labels
        if labels and 0 <= pointer.x < labels.width and 0 <= pointer.y < labels.height:
            self.pointer_moved.emit(pointer.x, pointer.y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer = self._follow(event)
        if event.button() != self._held:
            return
        self._held = Qt.MouseButton.NoButton
        self._acting.release(pointer)
        self._hand = None
        self._refresh_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        pointer = self._pointer_at(QPointF(event.pos()), event.modifiers())
        if not self._acting.active and self._select_tool.pick(pointer) and self.may_edit():
            class_menu(self._model, self, self.pick_class).popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (turned.y() / _NOTCH), event.position())
        else:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else turned
            sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not moved.x()
            dx, dy = (moved.y(), 0) if sideways else (moved.x(), moved.y())
            wide, high = self._zoom.overflows()
            self.scroll_by(-dx if wide else 0, -dy if high else 0)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._tool.leave()
            self._overlay.crosshair(None)
        return bool(super().viewportEvent(event))

    def _refresh_cursor(self) -> None:
        acting = self._tools["pan"] if self._space.held and not self._acting.active else self._acting
        # The image may have moved under a pointer that stood still.
        self._pointer = self._pointer_at(self._pointer.at, self._pointer.modifiers)
        shape = acting.cursor(self._pointer)
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not (_is_space(event) and (event.isAutoRepeat() or self._space.goes_on(event.timestamp()))):
                # Two keys in quick succession mean what they mean in that order.
                self._settle_tap()
            if _is_own(event):
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_space(event):
            if not event.isAutoRepeat():
                self._press_space(event.timestamp())
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() == Qt.Key.Key_Backspace and self._acting.take_back():
            return
        elif event.key() in _ARROWS and not self._model.selection:
            # With boxes selected these are shortcuts that move them.
            self.look_further(*_ARROWS[Qt.Key(event.key())])
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            event.ignore()
            return
        if self._space.release(event.timestamp()) and not self._acting.active:
            if event.timestamp():
                self._tap.start()
            else:
                self.space_tapped.emit()
        self._refresh_cursor()

    def _press_space(self, time: int) -> None:
        if self._space.goes_on(time):
            self._forget_tap()
        self._space.press(time)
        if time and not self.seen:
            self._space.use()
        self._refresh_cursor()

    def _settle_tap(self) -> None:
        """The tap that waits for being one is one."""
        if self._forget_tap():
            self.space_tapped.emit()

    def _forget_tap(self) -> bool:
        waiting = self._tap.isActive() or self._surely.isActive()
        self._tap.stop()
        self._surely.stop()
        return waiting

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._settle_tap()
        self._space.forget()
        self._refresh_cursor()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the boxes, not through the panels."""
        return False


def _is_space(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and not event.modifiers()


def _is_own(event: QKeyEvent) -> bool:
    """A key with a meaning that a shortcut of the window cannot know."""
    return _is_space(event) or (event.key() == Qt.Key.Key_Escape and not event.modifiers())
