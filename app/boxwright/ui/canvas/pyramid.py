"""The picture at the sizes it was handed over in, and halves of those: drawn small it must not shimmer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

_LARGEST_HALVED = 12_000_000
"""Pixels. Halving more than this on the GUI thread would be felt; a reduced preview is there for such images."""


class Pyramid:
    """Several resolutions of one image. `width`, `height`: pixels of the whole image; a level may have fewer."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._levels: list[QImage] = []

    def __bool__(self) -> bool:
        return bool(self._levels)

    def add(self, image: QImage) -> None:
        """Add one resolution; of two as large the later is kept."""
        others = [level for level in self._levels if level.width() != image.width()]
        self._levels = sorted([*others, image], key=lambda level: level.width())

    def level_for(self, scale: float) -> QImage:
        """The smallest level that still has a pixel for each device pixel at `scale` device pixels per image pixel,
        else the largest. Needs at least one level."""
        needed = self.width * scale
        best = next((level for level in self._levels if level.width() >= needed), self._levels[-1])
        while best.width() >= 2 * needed and best.width() > 2 and best.width() * best.height() <= _LARGEST_HALVED:
            best = best.scaled(
                best.width() // 2,
                max(1, best.height() // 2),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self.add(best)
        return best
