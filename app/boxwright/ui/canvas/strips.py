"""Strips for the edges of a pre-label, ready-made.

Laying down a piece of a picture takes half as long as a textured brush, and it brings the casing along.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QTransform

STRIPE = 5
"""Pixels of a stripe, and of the gap after it."""

PERIOD = 2 * STRIPE
CASING_COLOR = QColor(0, 0, 0, 130)


@dataclass(frozen=True)
class Strips:
    """Pictures of a striped edge, across and down.

    `across` is `length` + `PERIOD` pixels long and `line` + 2 thick; `down` is the same, upright. The outermost row
    on each side is casing, between lie diagonal stripes that begin anew every `PERIOD`. All device-independent; a
    device has `ratio` pixels for each.
    """

    across: QPixmap
    down: QPixmap
    length: int
    line: int
    ratio: float

    def lay_across(self, painter: QPainter, x: int, y: int, length: int) -> None:
        r = self.ratio
        start = round((x + y) % PERIOD * r)
        painter.drawPixmap(x, y, self.across, start, 0, round(length * r), round((self.line + 2) * r))

    def lay_down(self, painter: QPainter, x: int, y: int, length: int) -> None:
        r = self.ratio
        start = round((x + y) % PERIOD * r)
        painter.drawPixmap(x, y, self.down, 0, start, round((self.line + 2) * r), round(length * r))


def striped(color: QColor, line: int, length: int, ratio: float) -> Strips:
    size = QSize(round((length + PERIOD) * ratio), round((line + 2) * ratio))
    across = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    across.fill(CASING_COLOR)
    painter = QPainter(across)
    painter.scale(ratio, ratio)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    for y in range(1, line + 1):
        for x in range(0, length + 2 * PERIOD, PERIOD):
            painter.fillRect(x - y, y, STRIPE, 1, color)
    painter.end()
    # Mirrored on the diagonal, so that the stripes of all four edges lean the same way.
    down = across.transformed(QTransform(0, 1, 1, 0, 0, 0), Qt.TransformationMode.FastTransformation)
    pictures = QPixmap.fromImage(across), QPixmap.fromImage(down)
    for picture in pictures:
        picture.setDevicePixelRatio(ratio)
    return Strips(*pictures, length, line, ratio)
