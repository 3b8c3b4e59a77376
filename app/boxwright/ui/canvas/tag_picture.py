"""Picture of a box's tag: setting the same text again at every step of the zoom took most of the step."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap

from boxwright.ui.canvas.style import CHIP, CHIP_TEXT, ClassStyle

TAG_PADDING = 4
TAG_BAR = 3


def tag_picture(
    style: ClassStyle, text: str, predicted: bool, size: QSize, font: QFont, device_ratio: float
) -> QPixmap:
    """`size` in device-independent pixels. Filled for what a person confirmed; dark with an edge for a pre-label."""
    picture = QPixmap(size * device_ratio)
    picture.setDevicePixelRatio(device_ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(0, 0, size.width(), size.height(), CHIP if predicted else style.solid)
    if predicted:
        painter.fillRect(0, 0, TAG_BAR, size.height(), style.solid)
    painter.setPen(CHIP_TEXT if predicted else style.text)
    painter.setFont(font)
    left = TAG_PADDING + (TAG_BAR if predicted else 0)
    painter.drawText(QPointF(left, QFontMetrics(font).ascent()), text)
    painter.end()
    return picture
