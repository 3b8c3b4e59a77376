"""Tone of the view: brightness, contrast, gamma and the window of a deep picture. Pixels on disk stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QTransform

from boxwright.imaging import window
from boxwright.imaging.window import Window
from boxwright.ui.look.pixels import is_deep, pixels_of

MOST = 100
"""Brightness and contrast go from -MOST to MOST, 0 changes nothing."""

GAMMA_LOWEST, GAMMA_HIGHEST = 0.2, 5.0

_LONGEST_SIDE = 32_000
"""What OpenCV's warping takes; a larger piece is thinned out first."""

Area = tuple[int, int, int, int]
"""x1, y1, x2, y2 of the view in device pixels."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Tone in which a picture is shown.

    `brightness` and `contrast`: -100..100. `gamma`: above 1 the dark parts become lighter. `window`: of a picture of
    more than 8 bits, None for the one that `guessed_window` finds.
    """

    brightness: int = 0
    contrast: int = 0
    gamma: float = 1.0
    window: Window | None = None

    @property
    def is_plain(self) -> bool:
        """Changes nothing of a picture of 8 bits."""
        return not self.brightness and not self.contrast and self.gamma == 1.0

    def shifted(self, brightness: int = 0, contrast: int = 0, gamma: int = 0) -> Tone:
        """A step further; `gamma` counts steps of a fifth."""
        return replace(
            self,
            brightness=min(max(self.brightness + brightness, -MOST), MOST),
            contrast=min(max(self.contrast + contrast, -MOST), MOST - 1),
            gamma=min(max(self.gamma * 1.2**gamma, GAMMA_LOWEST), GAMMA_HIGHEST),
        )

    def curve(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        """0..1, black to white, as the 8 bits that are shown."""
        slope = (MOST + self.contrast) / (MOST - self.contrast) if self.contrast < MOST else 1e6
        moved = (np.clip(values, 0, 1) - 0.5) * slope + 0.5 + self.brightness / MOST
        return np.asarray(np.clip(moved, 0, 1) ** (1 / self.gamma) * 255 + 0.5, dtype=np.uint8)


PLAIN = Tone()


def guessed_window(image: QImage) -> Window:
    """The window that shows most values of a deep picture."""
    return window.guessed_window(_colors(image))


def range_of(image: QImage) -> Window:
    """The values that a person may want the window of a deep picture to reach: a window's width on each side of the
    guessed one, as far as there are values. The whole range may be stretched by a single dead pixel."""
    values = _colors(image)
    low, high = window.guessed_window(values)
    first, last = max(float(values.min()), 2 * low - high), min(float(values.max()), 2 * high - low)
    return first, max(last, first + 1)


def _colors(image: QImage) -> NDArray[np.uint16]:
    values = np.asarray(pixels_of(image), np.uint16)
    return values[..., :3] if values.ndim == 3 else values


class Toner:
    """Converter of pieces of pictures to a tone; the tables are made once for each tone."""

    def __init__(self) -> None:
        self._made: tuple[Tone, Window | None] | None = None
        self._bytes = np.empty(0, np.uint8)
        self._words = np.empty(0, np.uint32)

    def piece(self, image: QImage, to_view: QTransform, area: Area, tone: Tone, values: Window, smooth: bool) -> QImage:
        """What is seen of `image` in `area` when `to_view` maps its pixels
        there. `values` is the window of a deep one."""
        from boxwright.config.opencv import cv2

        x1, y1, x2, y2 = area
        pixels, mapping = _cut(pixels_of(image), to_view, area)
        scale_x, scale_y = mapping.m11(), mapping.m22()
        # OpenCV's pixels lie around whole numbers, Qt's between them.
        matrix = np.array(
            [
                [scale_x, 0, mapping.dx() - x1 + scale_x / 2 - 0.5],
                [0, scale_y, mapping.dy() - y1 + scale_y / 2 - 0.5],
            ]
        )
        way = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        seen = cv2.warpAffine(pixels, matrix, (x2 - x1, y2 - y1), flags=way, borderMode=cv2.BORDER_REPLICATE)
        return self._toned(np.asarray(seen, pixels.dtype), is_deep(image), tone, values)

    def _toned(self, seen: NDArray[np.uint8 | np.uint16], deep: bool, tone: Tone, values: Window) -> QImage:
        from boxwright.config.opencv import cv2

        made = (tone, values if deep else None)
        if made != self._made:
            table = _table(tone, values, 65536) if deep else _table(tone, (0.0, 255.0), 256)
            self._made, self._bytes = made, table
            self._words = table.astype(np.uint32) * np.uint32(0x010101) | np.uint32(0xFF000000)
        if seen.ndim == 2:
            shown = self._words[seen].view(np.uint8)
        elif deep:
            shown = np.asarray(cv2.cvtColor(self._bytes[seen], cv2.COLOR_RGBA2BGRA), np.uint8)
        else:
            toned = cv2.LUT(seen, self._bytes)
            shown = np.asarray(toned if toned.shape[2] != 3 else cv2.cvtColor(toned, cv2.COLOR_BGR2BGRA), np.uint8)
        height, width = seen.shape[:2]
        return QImage(shown.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _table(tone: Tone, values: Window, size: int) -> NDArray[np.uint8]:
    low, high = values
    return tone.curve((np.arange(size, dtype=np.float64) - low) / max(high - low, 1e-9))


def _cut(
    pixels: NDArray[np.uint8 | np.uint16], to_view: QTransform, area: Area
) -> tuple[NDArray[np.uint8 | np.uint16], QTransform]:
    """The part of `pixels` that is seen in `area`, with a margin, and how it is mapped there."""
    inverse, _ = to_view.inverted()
    first, last = inverse.map(QPointF(area[0], area[1])), inverse.map(QPointF(area[2], area[3]))
    height, width = pixels.shape[:2]
    left, right = max(0, int(first.x()) - 2), min(width, int(last.x()) + 3)
    top, bottom = max(0, int(first.y()) - 2), min(height, int(last.y()) + 3)
    step = max(1, -(-max(right - left, bottom - top) // _LONGEST_SIDE))
    part = pixels[top:bottom:step, left:right:step]
    mapping = QTransform(to_view.m11() * step, 0, 0, to_view.m22() * step, 0, 0)
    start = to_view.map(QPointF(left, top))
    return part, mapping * QTransform.fromTranslate(start.x(), start.y())
