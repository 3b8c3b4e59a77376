"""Icons from our own SVG files, drawn in the colour of the text around them."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from boxwright.config import paths


def icon(name: str) -> QIcon:
    """The icon of `resources/icons/NAME.svg`; it follows the palette when the window turns light or dark."""
    return QIcon(_LineIcon(name)) if name else QIcon()


def pixmap(name: str, side: int, color: str, ratio: float = 1.0) -> QPixmap:
    """`side` in device-independent pixels, `color` as `#rrggbb`."""
    return _rendered(name, round(side * ratio), color, ratio)


class _LineIcon(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name)

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())  # type: ignore[attr-defined]
        picture = _rendered(self._name, round(side * painter.device().devicePixelRatio()), _color(mode, state), 1.0)
        painter.drawPixmap(rect, picture)  # type: ignore[call-overload]

    def scaledPixmap(self, size: object, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return _rendered(self._name, size.width(), _color(mode, state), scale)  # type: ignore[attr-defined]


def _color(mode: QIcon.Mode, state: QIcon.State) -> str:
    palette = QApplication.palette()
    if mode is QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText).name()
    if mode is QIcon.Mode.Selected or state is QIcon.State.On:
        return palette.color(QPalette.ColorRole.HighlightedText).name()
    return palette.color(QPalette.ColorRole.ButtonText).name()


@cache
def _source(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _rendered(name: str, side: int, color: str, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("#000000", color).encode()))
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
