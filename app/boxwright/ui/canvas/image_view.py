"""Image view with its boxes: zoom, scroll, cached layers. It shows, and changes nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from boxwright.domain.box import Box
from boxwright.domain.changes import Changes
from boxwright.ui.canvas.box_painter import NO_SHAPES, BoxPainter
from boxwright.ui.canvas.cached_layer import CachedLayer
from boxwright.ui.canvas.overlay import Overlay
from boxwright.ui.canvas.pyramid import Pyramid
from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.style import canvas_background, tag_font
from boxwright.ui.canvas.tone import Tone
from boxwright.ui.canvas.zoom import Zoom
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr

_LOOKS = (
    QEvent.Type.PaletteChange,
    QEvent.Type.FontChange,
    QEvent.Type.ApplicationPaletteChange,
    QEvent.Type.DevicePixelRatioChange,
)

_SETTLES_AFTER_MS = 120
"""After the last step of a zoom or scroll, details that were left out for speed are painted."""


class ImageView(QGraphicsView):
    """View of the session's image and boxes; it never writes to the session.

    The scene has the coordinates of the image and no items: one picture of the boxes at rest is kept and repainted
    where it changed, and what moves is painted over it, so that thousands of boxes cost a frame no more than one.
    """

    zoom_changed = Signal(float)  # device pixels per image pixel: 1.0 is 100 %
    view_changed = Signal()  # another picture, another part of it, or another tone

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._scenery = BoxPainter(model, tag_font(self.font()), canvas_background(self.palette()), NO_SHAPES)
        self._layer = CachedLayer(self._scenery.paint)
        self._overlay = Overlay(self._scenery, self._update)
        self._only_selected = False
        self.seen = False
        """The picture of the current image has been painted since that became current."""
        self._zoom = Zoom(self)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLES_AFTER_MS)
        self._settling.timeout.connect(self._settle)
        self._set_up()
        model.changed.connect(self.follow_model)
        self._enter_image()

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
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Image with boxes"))

    @property
    def model(self) -> SessionModel:
        return self._model

    @property
    def box_painter(self) -> BoxPainter:
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
        self.view_changed.emit()

    @property
    def tone(self) -> Tone:
        return self._scenery.tone

    def set_tone(self, tone: Tone) -> None:
        """Look at pictures in another tone; the files and the detector know nothing of it."""
        if tone != self._scenery.tone:
            self._scenery.tone = tone
            self._spoil()
            self.view_changed.emit()

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel; 1.0 is 100 %."""
        return self._zoom.scale * self.devicePixelRatioF()

    def fit(self) -> None:
        """Bring the whole image in sight, and keep it there when the window changes its size."""
        self._zoom.fit()
        self._moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around `at` on the viewport, by default the pointer, or the middle when the pointer is elsewhere."""
        port = self.viewport()
        spot = port.mapFromGlobal(QCursor.pos()) if port.underMouse() else port.rect().center()
        self._zoom.by(factor, QPointF(spot) if at is None else QPointF(at))
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
            self.interrupt()
            self._scenery.hidden = hidden
            self._spoil()

    def set_names_shown(self, shown: bool) -> None:
        """Whether boxes at rest have tags; one that is selected or under the pointer always has."""
        if shown != self._scenery.names_shown:
            self._scenery.set_names_shown(shown)
            self._spoil()

    def set_only_selected(self, only: bool) -> None:
        """While boxes are selected show no other, so that one can be judged or reached without its neighbours."""
        self._only_selected = only
        self._stand_alone()

    def _stand_alone(self) -> None:
        alone = frozenset(self._model.selection) if self._only_selected else frozenset()
        if alone != self._scenery.alone:
            self._scenery.alone = alone
            self._spoil()

    def set_line_width(self, width: int) -> None:
        """Width of the boxes' lines in device-independent pixels."""
        if width != self._scenery.line:
            self._scenery.line = width
            self._scenery.forget_styles()
            self._spoil()

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

    def centre_on(self, x: float, y: float) -> None:
        """Bring a point of the image to the middle of the view."""
        self._zoom.fitted = False
        self._zoom.centre_on(QPointF(x, y), QPointF(self.viewport().rect().center()))

    def look_further(self, across: int, down: int) -> None:
        """Scroll by a tenth of the view in a direction, as far as the image is larger than the view."""
        wide, high = self._zoom.overflows()
        port = self.viewport().rect()
        self.scroll_by(across * port.width() / 10 if wide else 0, down * port.height() / 10 if high else 0)

    def seen_area(self) -> Box | None:
        """The part of the image in sight, in its pixels; None when there is none."""
        labels = self._model.labels
        if labels is None:
            return None
        inverse, _ = self.viewportTransform().inverted()
        seen = inverse.mapRect(QRectF(self.viewport().rect()))
        area = Box(seen.left(), seen.top(), seen.right(), seen.bottom()).clipped(labels.width, labels.height)
        return area if area.has_area else None

    def overflows(self) -> bool:
        """The image is larger than the view."""
        return any(self._zoom.overflows())

    def scroll_by(self, dx: float, dy: float) -> None:
        self._zoom.fitted = False
        self._zoom.scroll_by(dx, dy)

    def interrupt(self) -> None:
        """The boxes change under the hand: a gesture with them must end. For the view to fill in."""

    # Following the model

    def follow_model(self, changes: Changes) -> None:
        """Show what the model holds now."""
        if self._scenery.by_doubt != self._model.by_doubt:
            self._scenery.by_doubt = self._model.by_doubt
            self._scenery.forget_styles()
            self._spoil()
        shapes_changed = changes & (Changes.IMAGE | Changes.BOXES | Changes.PREDICTIONS)
        if shapes_changed:
            self.interrupt()
        if Changes.IMAGE in changes:
            self._enter_image()
        elif shapes_changed:
            self._overlay.select(())
            self._overlay.hover(None)
            self._spoil(self._scenery.set_shapes(Shapes.of(self._model)))
            self._overlay.select(self._model.selection)
        elif Changes.SELECTION in changes:
            self._overlay.select(self._model.selection)
        self._stand_alone()
        if Changes.CLASSES in changes:
            self._scenery.forget_styles()
            self._spoil()

    def _enter_image(self) -> None:
        labels = self._model.labels
        self.seen = False
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
        self._take_transform()
        self.zoom_changed.emit(self.zoom)

    def _take_transform(self) -> None:
        self._scenery.moving = True
        self._scenery.set_transform(self.viewportTransform(), self.viewport().rect(), self.devicePixelRatioF())
        self._settling.start()
        self._spoil()
        self.view_changed.emit()

    def _settle(self) -> None:
        if self._scenery.settle():
            self._spoil()

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
        self.seen = bool(self._scenery.pyramid)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._take_transform()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom.fitted:
            self.fit()
        else:
            self._moved()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._scenery.background = canvas_background(self.palette())
            self._scenery.font = tag_font(self.font())
            self._scenery.forget_styles()
            self._spoil()


def _overhang(low: int, high: int, size: int) -> int:
    """How far to scroll so that `low..high` lies in `0..size`, its start where it is longer."""
    if low < 0 or high - low > size:
        return low
    return max(0, high - size)
