"""Minimap: the whole image small in a corner, with the part that is in sight, and a way to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from boxwright.ui.canvas.image_view import ImageView
from boxwright.ui.canvas.outline import frame
from boxwright.ui.canvas.style import BAND, CASING, SELECTED_CASING
from boxwright.ui.language.translation import tr

_LONGEST = 170
_FROM_EDGE = 10
_LOOKED_AT = 50
_SHARE = 3
"""It is never longer than this part of the view."""


class Minimap(QWidget):
    """Small map of a large image.

    Lies on the viewport of `screen`, and is there only while the image is larger than the view.
    """

    def __init__(self, screen: ImageView) -> None:
        super().__init__(screen.viewport())
        self._screen = screen
        self._wanted = False
        self._picture = QPixmap()
        self._shown: object = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        screen.view_changed.connect(self._follow)
        screen.model.selection_changed.connect(self._follow)
        screen.viewport().installEventFilter(self)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("The whole image, with the part in sight"))
        self.setToolTip(tr("Click or drag to go there"))

    def set_wanted(self, wanted: bool) -> None:
        self._wanted = wanted
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        pyramid = self._screen.box_painter.pyramid
        shown = self._wanted and bool(pyramid) and self._screen.overflows()
        if shown and pyramid:
            port = self._screen.viewport().rect()
            longest = min(_LONGEST, port.width() // _SHARE, port.height() // _SHARE)
            scale = longest / max(pyramid.width, pyramid.height, 1)
            size = QSize(max(8, round(pyramid.width * scale)), max(8, round(pyramid.height * scale)))
            self.setGeometry(self._free_corner(port, size))
            self.update()
        self.setVisible(shown)

    def _free_corner(self, port: QRect, size: QSize) -> QRect:
        """The first corner where the map covers no selected box; what is judged must be seen."""
        box_painter = self._screen.box_painter
        keys = [key for key in self._screen.model.selection[:_LOOKED_AT] if key in box_painter.shapes.index]
        boxes = [box_painter.reach_of(box_painter.shapes.box(key)) for key in keys]
        right, bottom = port.right() - size.width() - _FROM_EDGE, port.bottom() - size.height() - _FROM_EDGE
        left, top = port.left() + _FROM_EDGE, port.top() + _FROM_EDGE
        corners = [QRect(QPoint(x, y), size) for x, y in ((right, bottom), (left, bottom), (right, top), (left, top))]
        return next((c for c in corners if not any(c.intersects(box) for box in boxes)), corners[0])

    def _seen(self) -> QRect:
        """The part in sight, on this map."""
        pyramid = self._screen.box_painter.pyramid
        assert pyramid is not None
        inverse, _ = self._screen.viewportTransform().inverted()
        area = inverse.mapRect(QRectF(self._screen.viewport().rect()))
        scale = self.width() / pyramid.width
        return QTransform.fromScale(scale, scale).mapRect(area).toAlignedRect() & self.rect()

    def paintEvent(self, _event: QPaintEvent) -> None:
        pyramid = self._screen.box_painter.pyramid
        if not pyramid:
            return
        now = (id(pyramid), pyramid.smallest.cacheKey(), self.size(), self._screen.tone, self.devicePixelRatioF())
        if now != self._shown:
            self._shown = now
            self._picture = self._screen.box_painter.whole(self.size(), self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        seen = self._seen()
        painter.fillRect(seen, BAND)
        frame(painter, self.rect(), 0, 1, CASING)
        frame(painter, seen, 0, 3, CASING)
        frame(painter, seen.adjusted(1, 1, -1, -1), 0, 1, SELECTED_CASING)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position())

    def _go_to(self, at: QPointF) -> None:
        pyramid = self._screen.box_painter.pyramid
        if pyramid:
            scale = pyramid.width / self.width()
            self._screen.centre_on(at.x() * scale, at.y() * scale)
