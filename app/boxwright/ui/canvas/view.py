"""The canvas: shows an image with its boxes and hands the mouse to the tool in use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from boxwright.domain.box import Box
from boxwright.domain.changes import Changes
from boxwright.ui.canvas.class_menu import class_menu
from boxwright.ui.canvas.draw_tool import DrawTool
from boxwright.ui.canvas.layer import StillLayer
from boxwright.ui.canvas.overlay import Overlay
from boxwright.ui.canvas.pan_tool import PanTool
from boxwright.ui.canvas.pyramid import Pyramid
from boxwright.ui.canvas.scenery import NO_SHAPES, Scenery
from boxwright.ui.canvas.select_tool import SelectTool
from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.space_key import SpaceKey
from boxwright.ui.canvas.style import canvas_background, tag_font
from boxwright.ui.canvas.tool import Pointer, Tool
from boxwright.ui.canvas.zoom import Zoom
from boxwright.ui.keys import Key
from boxwright.ui.session import SessionModel

ZOOM_STEP = 1.25
"""The factor of one notch of the wheel and of one press of + or -."""

_NOTCH = 120
_LOOKS = (
    QEvent.Type.PaletteChange,
    QEvent.Type.FontChange,
    QEvent.Type.ApplicationPaletteChange,
    QEvent.Type.DevicePixelRatioChange,
)


class CanvasView(QGraphicsView):
    """A projection of the session: it shows what the model holds and changes it only through `ui.commands`.

    The scene has the coordinates of the image and no items: one picture of the boxes at rest is kept and repainted
    where it changed, and what moves is painted over it, so that thousands of boxes cost a frame no more than one.
    """

    tool_changed = Signal(str)
    zoom_changed = Signal(float)  # device pixels per image pixel: 1.0 is 100 %
    pointer_moved = Signal(float, float)  # pixels of the image, only while inside of it
    space_tapped = Signal()

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stay_in_draw = False
        self._model = model
        self._scenery = Scenery(model, tag_font(self.font()), canvas_background(self.palette()), NO_SHAPES)
        self._layer = StillLayer(self._scenery.paint)
        self._overlay = Overlay(self._scenery, self._update)
        self._zoom = Zoom(self)
        self._space = SpaceKey()
        self._select_tool = SelectTool(self)
        self._tools: dict[str, Tool] = {t.name: t for t in (self._select_tool, DrawTool(self), PanTool(self))}
        self._tool: Tool = self._select_tool
        self._hand: Tool | None = None
        self._pointer = self._pointer_at(QPointF(), Qt.KeyboardModifier.NoModifier)
        self._set_up()
        model.changed.connect(self._model_changed)
        self._model_changed(Changes.IMAGE)

    def _set_up(self) -> None:
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        # What has to be repainted is said to the viewport; the view must not shift pixels by itself.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Image with boxes"))

    # What the window asks

    @property
    def model(self) -> SessionModel:
        return self._model

    @property
    def scenery(self) -> Scenery:
        return self._scenery

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    def set_image(self, image: QImage | None, width: int, height: int) -> None:
        """Show a picture of the current image, which has `width` x `height` pixels; `image` may have fewer: a preview,
        then the full one. None shows the boxes on an empty ground. The zoom stays when the size is the same."""
        old = self._scenery.pyramid
        same_size = old is not None and (old.width, old.height) == (width, height)
        pyramid = old if old is not None and same_size and image is not None else Pyramid(width, height)
        if image is not None and not image.isNull():
            pyramid.add(image)
        self._scenery.pyramid = pyramid
        if not same_size:
            self._zoom.set_image_size(width, height)
            self.fit()
        self._spoil()

    @property
    def tool(self) -> str:
        """ "select", "draw" or "pan"."""
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

    def cancel(self) -> None:
        """Esc: end the gesture under way; without one go back to the select tool; with that clear the selection."""
        if self._acting.active:
            self._acting.cancel()
        elif self._tool.name != "select":
            self.tool = "select"
        else:
            self._model.select([])

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel; 1.0 is 100 %."""
        return self._zoom.scale * self.devicePixelRatioF()

    def fit(self) -> None:
        """Bring the whole image in sight, and keep it there when the window changes its size."""
        self._zoom.fit()
        self._moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around `at` on the viewport, by default its middle."""
        self._zoom.by(factor, QPointF(self.viewport().rect().center()) if at is None else QPointF(at))
        self._moved()

    def actual_size(self) -> None:
        """One image pixel to one device pixel."""
        self._zoom.to(1 / self.devicePixelRatioF(), QPointF(self.viewport().rect().center()))
        self._moved()

    def show_box(self, key: Key) -> None:
        """Scroll as little as needed to bring a box in sight. Raises KeyError for one that is not on screen."""
        rect = self._scenery.rect_of(self._scenery.shapes.box(key))
        view = self.viewport().rect()
        if not view.contains(rect):
            self._zoom.scroll_by(
                _overhang(rect.left(), rect.right(), view.width()), _overhang(rect.top(), rect.bottom(), view.height())
            )

    def set_boxes_hidden(self, hidden: bool) -> None:
        """Show the bare image. Hidden boxes cannot be hit either."""
        if hidden != self._scenery.hidden:
            self._acting.cancel()
            self._scenery.hidden = hidden
            self._spoil()

    # What tools ask

    def lift(self, boxes: dict[Key, Box]) -> None:
        """Take these boxes off the still picture while a gesture moves them; none ends that."""
        before = self._scenery.away
        self._scenery.away = frozenset(boxes)
        self._overlay.preview(boxes)
        shapes = self._scenery.shapes
        changed = (before | self._scenery.away) & shapes.index.keys()
        parts = [self._scenery.reach_of(shapes.box(key)) for key in changed]
        parts.extend(self._scenery.tags[i] for i in (shapes.index[key] for key in changed) if i in self._scenery.tags)
        self._spoil(parts)

    def scroll_by(self, dx: float, dy: float) -> None:
        self._zoom.fitted = False
        self._zoom.scroll_by(dx, dy)

    def choose_tool(self, name: str) -> None:
        self.tool = name

    def may_edit(self) -> bool:
        """False in a read-only project, which the person is then told."""
        if self._model.read_only:
            self._model.message.emit(self._model.session.read_only_reason)
        return not self._model.read_only

    # Following the model

    def _model_changed(self, changes: Changes) -> None:
        shapes_changed = changes & (Changes.IMAGE | Changes.BOXES | Changes.PREDICTIONS)
        if shapes_changed and self._acting.active and self._acting.name != "pan":
            self._acting.cancel()
        if Changes.IMAGE in changes:
            self._enter_image()
        elif shapes_changed:
            self._overlay.select(())
            self._overlay.hover(None)
            self._spoil(self._scenery.set_shapes(Shapes.of(self._model)))
            self._overlay.select(self._model.selection)
        elif Changes.SELECTION in changes:
            self._overlay.select(self._model.selection)
        if Changes.CLASSES in changes:
            self._scenery.forget_styles()
            self._spoil()
        self._refresh_cursor()

    def _enter_image(self) -> None:
        labels = self._model.labels
        self._overlay.hover(None)
        self._overlay.select(())
        self._scenery.set_shapes(Shapes.of(self._model))
        self._overlay.select(self._model.selection)
        self._scenery.pyramid = Pyramid(labels.width, labels.height) if labels else None
        if labels:
            self._zoom.set_image_size(labels.width, labels.height)
            self.fit()
        self._spoil()

    def _moved(self) -> None:
        """The zoom or the position changed."""
        self._scenery.set_transform(self.viewportTransform(), self.viewport().rect(), self.devicePixelRatioF())
        self._spoil()
        self.zoom_changed.emit(self.zoom)

    # Painting

    def _update(self, rect: QRect) -> None:
        self.viewport().update(rect)

    def _spoil(self, parts: list[QRect] | None = None) -> None:
        self._layer.spoil(parts)
        if parts is None:
            self.viewport().update()
        for part in parts or ():
            self.viewport().update(part)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        self._layer.resize(self.viewport().size(), self.devicePixelRatioF())
        self._layer.draw(painter)
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        self._overlay.paint(painter)
        painter.restore()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._scenery.set_transform(self.viewportTransform(), self.viewport().rect(), self.devicePixelRatioF())
        self._spoil()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom.fitted:
            self.fit()
        else:
            self._moved()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _LOOKS and hasattr(self, "_scenery"):
            self._scenery.background = canvas_background(self.palette())
            self._scenery.font = tag_font(self.font())
            self._scenery.forget_styles()
            self._spoil()

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
        pointer = self._follow(event)
        middle = event.button() == Qt.MouseButton.MiddleButton
        if self._acting.active or not (middle or event.button() == Qt.MouseButton.LeftButton):
            return
        if middle or self._space.held:
            self._space.use()
            self._hand = self._tools["pan"]
        self._acting.press(pointer)
        self._refresh_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._follow(event)
        self._acting.move(pointer)
        self._refresh_cursor()
        labels = self._model.labels
        if labels and 0 <= pointer.x < labels.width and 0 <= pointer.y < labels.height:
            self.pointer_moved.emit(pointer.x, pointer.y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer = self._follow(event)
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._acting.release(pointer)
        self._hand = None
        self._refresh_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        pointer = self._pointer_at(QPointF(event.pos()), event.modifiers())
        if not self._acting.active and self._select_tool.pick(pointer) and self.may_edit():
            class_menu(self._model, self).popup(event.globalPos())

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
        return bool(super().viewportEvent(event))

    def _refresh_cursor(self) -> None:
        acting = self._tools["pan"] if self._space.held and not self._acting.active else self._acting
        shape = acting.cursor(self._pointer)
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # These have a meaning here that a shortcut of the window cannot know.
            if event.key() == Qt.Key.Key_Space and not event.modifiers():
                event.accept()
                return True
            if event.key() == Qt.Key.Key_Escape and self._acting.active:
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space.press(event.timestamp())
                self._refresh_cursor()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            event.ignore()
            return
        if self._space.release(event.timestamp()) and not self._acting.active:
            self.space_tapped.emit()
        self._refresh_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space.forget()
        self._refresh_cursor()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the boxes, not through the panels."""
        return False


def _overhang(low: int, high: int, size: int) -> int:
    """How far to scroll so that `low..high` lies in `0..size`, its start where it is longer."""
    if low < 0 or high - low > size:
        return low
    return max(0, high - size)
