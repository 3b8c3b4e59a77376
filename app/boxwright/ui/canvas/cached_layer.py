"""Cached layer of the boxes at rest, painted once and kept: a drag or a hover repaints only itself over this."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

_MOST_PARTS = 40
"""More dirty parts than this are repainted as the rectangle around them."""


class CachedLayer:
    """Picture of the viewport that is repainted only where it was said to be stale."""

    def __init__(self, paint: Callable[[QPainter, QRect], None]) -> None:
        self._paint = paint
        self._pixmap = QPixmap()
        self._size = QSize()
        self._stale = QRegion()

    def resize(self, size: QSize, device_ratio: float) -> None:
        """Fit a viewport of `size` device-independent pixels; everything is stale when it is another size."""
        if size == self._size and device_ratio == self._pixmap.devicePixelRatio():
            return
        self._size = QSize(size)
        self._pixmap = QPixmap(size * device_ratio)
        self._pixmap.setDevicePixelRatio(device_ratio)
        self.spoil()

    def spoil(self, rects: Iterable[QRect] | None = None) -> None:
        """These parts, or None for all, no longer look right."""
        whole = QRect(QPoint(0, 0), self._size)
        if rects is None:
            self._stale = QRegion(whole)
            return
        for rect in rects:
            self._stale += rect & whole

    def draw(self, painter: QPainter) -> None:
        """Repaint what is stale, then put the picture on the viewport."""
        if self._size.isEmpty():
            return
        if not self._stale.isEmpty():
            many = self._stale.rectCount() > _MOST_PARTS
            parts = [self._stale.boundingRect()] if many else list(self._stale)  # type: ignore[call-overload]
            self._stale = QRegion()
            own = QPainter(self._pixmap)
            for part in parts:
                self._paint(own, part)
            own.end()
        painter.drawPixmap(0, 0, self._pixmap)
