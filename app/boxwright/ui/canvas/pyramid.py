"""Image pyramid: the picture at the sizes it was handed over in, and halves of those, so that it does not shimmer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from boxwright.imaging.window import Window
from boxwright.ui.canvas.tone import guessed_window, range_of
from boxwright.ui.look.pixels import is_deep

_LARGEST_HALVED = 12_000_000
"""Pixels. Halving more than this on the GUI thread would be felt; a reduced preview is there for such images."""


class Pyramid:
    """Resolutions of one image. `width`, `height`: pixels of the whole image; a level may have fewer."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._levels: list[QImage] = []
        self._window: Window | None = None
        self._range: Window | None = None

    def __bool__(self) -> bool:
        return bool(self._levels)

    @property
    def smallest(self) -> QImage:
        """Needs at least one level."""
        return self._levels[0]

    @property
    def deep(self) -> bool:
        """Its pixels have more than 8 bits a channel, so it is shown through a window."""
        return bool(self._levels) and is_deep(self._levels[0])

    @property
    def window(self) -> Window:
        """The window that shows most of a deep picture."""
        if self._window is None:
            self._window = guessed_window(self._levels[0])
        return self._window

    @property
    def value_range(self) -> Window:
        """The smallest and the largest value of a deep picture."""
        if self._range is None:
            self._range = range_of(self._levels[0])
        return self._range

    def add(self, image: QImage) -> None:
        """Add one resolution; of two as large the later is kept."""
        others = [level for level in self._levels if level.width() != image.width()]
        self._levels = sorted([*others, image], key=lambda level: level.width())

    def level_for(self, scale: float) -> QImage:
        """The smallest level that still has a pixel for each device pixel at `scale` device pixels per image pixel,
        else the largest. Needs at least one level."""
        needed = self.width * scale
        best = next((level for level in self._levels if level.width() >= needed), self._levels[-1])
        while best.width() >= 2 * needed and best.width() > 2 and _may_be_halved(best):
            best = best.scaled(
                best.width() // 2,
                max(1, best.height() // 2),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self.add(best)
        return best


def _may_be_halved(image: QImage) -> bool:
    # Halving would take the depth from a deep one.
    return image.width() * image.height() <= _LARGEST_HALVED and not is_deep(image)
