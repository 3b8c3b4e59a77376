"""Style of boxes: colours, lines, stripes.

What a person confirmed is a solid line; a pre-label is striped and tinted, with its score: the two are told apart
without colour. Every line has a dark casing, so that it shows on any picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPalette

from boxwright.domain.classes import LabelClass
from boxwright.ui.canvas.strips import CASING_COLOR, PERIOD, STRIPE
from boxwright.ui.look.long_names import shortened

# Brushes, not colours: the binding hands a brush to fillRect in half the time.
CASING = QBrush(CASING_COLOR)
SELECTED_CASING = QBrush(QColor(255, 255, 255, 235))
HANDLE_FILL = QBrush(QColor(255, 255, 255))
HANDLE_EDGE = QBrush(QColor(20, 20, 20))
CROSSHAIR = QBrush(QColor(255, 255, 255, 170))
BAND = QBrush(QColor(120, 170, 255, 40))
CHIP = QBrush(QColor(18, 20, 24, 205))
CHIP_TEXT = QColor(255, 255, 255)
UNKNOWN = QColor(150, 150, 150)

_TINT, _HOVER_TINT, _GHOST = 18, 30, 150


@dataclass(frozen=True)
class ClassStyle:
    """Colours of one class. `text` is readable on `solid`."""

    name: str
    text: QColor
    solid: QBrush
    stripes: QBrush
    tint: QBrush
    strong_tint: QBrush
    faint: QBrush


def class_style(label_class: LabelClass | None) -> ClassStyle:
    """A class that is unknown is grey; a name too long for a tag is shortened."""
    color = QColor(label_class.color) if label_class else UNKNOWN
    name = shortened(label_class.name) if label_class else "?"
    return style_in(color if color.isValid() else UNKNOWN, name)


def style_in(color: QColor, name: str) -> ClassStyle:
    """All that is painted for a box of one colour."""
    tint, strong, faint = QColor(color), QColor(color), QColor(color)
    tint.setAlpha(_TINT)
    strong.setAlpha(_HOVER_TINT)
    faint.setAlpha(_GHOST)
    return ClassStyle(
        name, _readable_on(color), QBrush(color), _striped(color), QBrush(tint), QBrush(strong), QBrush(faint)
    )


def _readable_on(color: QColor) -> QColor:
    """Black or white, whichever has the higher contrast (relative luminance of WCAG 2, threshold 0.179)."""
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor(0, 0, 0) if luminance > 0.179 else QColor(255, 255, 255)


def _striped(color: QColor) -> QBrush:
    """Diagonal stripes. Laid along an edge they make a dashed line at the price of a filled rectangle: the dash
    stroker takes four times as long."""
    tile = QImage(PERIOD, PERIOD, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    for y in range(PERIOD):
        for x in range(PERIOD):
            if (x + y) % PERIOD < STRIPE:
                painter.fillRect(x, y, 1, 1, color)
    painter.end()
    return QBrush(tile)


def canvas_background(palette: QPalette) -> QColor:
    """What lies around the image: neutral, darker than the panels of a light theme as well."""
    dark = palette.window().color().lightness() < 128
    return QColor(24, 25, 28) if dark else QColor(205, 208, 212)


def tag_font(font: QFont) -> QFont:
    """The font of tags: the window's, slightly smaller."""
    result = QFont(font)
    result.setPixelSize(max(11, round(QFontMetrics(font).height() * 0.72)))
    return result
