"""Zoom and scroll of a canvas: its scale and the part of the image in sight."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

SMALLEST, LARGEST = 0.01, 256.0
"""Device pixels per image pixel."""

_MARGIN = 24
"""Device-independent pixels left around a fitted image: room for the tags of boxes at its edge."""

_LARGEST_FIT = 32.0


class Zoom:
    """Zoom of a view whose scene has the coordinates of an image of `width` x `height` pixels."""

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self._width = 1.0
        self._height = 1.0
        self.fitted = True
        """The whole image is kept in sight, also when the view is resized."""

    @property
    def scale(self) -> float:
        """Device-independent pixels per pixel of the image."""
        return self._view.transform().m11()

    def set_image_size(self, width: float, height: float) -> None:
        self._width, self._height = max(1.0, width), max(1.0, height)
        self._place(self.scale)

    def fit(self) -> None:
        viewport = self._view.viewport()
        room = max(1, viewport.width() - 2 * _MARGIN), max(1, viewport.height() - 2 * _MARGIN)
        self.fitted = True
        self._place(min(room[0] / self._width, room[1] / self._height, _LARGEST_FIT))
        self.centre_on(QPointF(self._width / 2, self._height / 2), QPointF(viewport.rect().center()))

    def by(self, factor: float, at: QPointF) -> None:
        """Scale so that the point of the image under `at` on the viewport stays there."""
        self.to(self.scale * factor, at)

    def to(self, scale: float, at: QPointF) -> None:
        self.fitted = False
        inverse, _ = self._view.viewportTransform().inverted()
        point = inverse.map(at)
        ratio = self._view.devicePixelRatioF()
        self._place(min(max(scale, SMALLEST / ratio), LARGEST / ratio))
        self.centre_on(point, at)

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move the view over the image by device-independent pixels."""
        horizontal, vertical = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        horizontal.setValue(horizontal.value() + round(dx))
        vertical.setValue(vertical.value() + round(dy))

    def overflows(self) -> tuple[bool, bool]:
        """Whether the image is wider, and whether it is higher, than the view."""
        viewport = self._view.viewport()
        return self._width * self.scale > viewport.width(), self._height * self.scale > viewport.height()

    def centre_on(self, point: QPointF, at: QPointF) -> None:
        """Scroll so that `point` of the image comes to lie under `at` on the viewport."""
        off = self._view.viewportTransform().map(point) - at
        self.scroll_by(off.x(), off.y())

    def _place(self, scale: float) -> None:
        # Half a view of empty space on each side, so that any point can be brought to the middle.
        viewport = self._view.viewport()
        across, down = viewport.width() / 2 / scale, viewport.height() / 2 / scale
        self._view.setTransform(QTransform.fromScale(scale, scale))
        self._view.setSceneRect(QRectF(0, 0, self._width, self._height).adjusted(-across, -down, across, down))
