"""Painter of one tile: picture, name, state as shape and word, and the figure it was sorted by."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from boxwright.domain.messages import plural
from boxwright.domain.pool_query import Kind
from boxwright.domain.tile import Tile
from boxwright.ui.gallery.source import PICTURE
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.panels.queue_delegate import paint_mark
from boxwright.ui.project.queue import Mark

TILE = QSize(160, 156)
_MARKS = {
    Kind.TO_DO: Mark.UNLABELED,
    Kind.BEGUN: Mark.BEGUN,
    Kind.LABELED: Mark.LABELED,
    Kind.EMPTY: Mark.EMPTY,
    Kind.SKIPPED: Mark.SKIPPED,
    Kind.UNREADABLE: Mark.UNREADABLE,
    Kind.COPY: Mark.COPY,
}


def paint_tile(
    painter: QPainter, rect: QRect, palette: QPalette, tile: Tile | None, picture: QImage | None, figure: str
) -> None:
    """What is known of a tile now; the rest stays blank."""
    room = QRect(rect.left() + (rect.width() - PICTURE.width()) // 2, rect.top() + 6, PICTURE.width(), PICTURE.height())
    painter.fillRect(room, palette.color(QPalette.ColorRole.Midlight))
    if picture is not None and picture.width() > 1:
        size = picture.deviceIndependentSize().toSize()
        at = room.center() - QPoint(size.width() // 2 - 1, size.height() // 2 - 1)
        painter.drawImage(at, picture)
    if tile is None:
        return
    metrics = painter.fontMetrics()
    line = metrics.height()
    left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    name = QRect(room.left(), room.bottom() + 3, room.width(), line)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(name, left, metrics.elidedText(tile.name, Qt.TextElideMode.ElideMiddle, name.width()))
    words = name.translated(0, line)
    paint_mark(painter, QRectF(words.left() + 0.5, words.center().y() - 5.0, 11, 11), _MARKS[tile.kind])
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    room_left = words.adjusted(16, 0, 0, 0)
    if figure:
        painter.drawText(room_left, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), figure)
        room_left.setRight(room_left.right() - metrics.horizontalAdvance(figure) - 6)
    said = metrics.elidedText(tile_words(tile), Qt.TextElideMode.ElideRight, room_left.width())
    painter.drawText(room_left, left, said)


def paint_choice(painter: QPainter, rect: QRect, palette: QPalette, chosen: bool, current: bool) -> None:
    """Behind a tile: a ground for the chosen, a line around the one with the keyboard."""
    highlight = QColor(palette.color(QPalette.ColorRole.Highlight))
    inner = rect.adjusted(2, 2, -2, -2)
    if chosen:
        ground = QColor(highlight)
        ground.setAlpha(56)
        painter.fillRect(inner, ground)
    if current or chosen:
        painter.setPen(QPen(highlight, 2 if current else 1, Qt.PenStyle.SolidLine if current else Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner)


def tile_words(tile: Tile) -> str:
    """ "labelled, 3 boxes"."""
    words = tr(str(tile.kind))
    if tile.boxes:
        count = translate(plural("1 box", "{0:,} boxes", tile.boxes))
        words = f"{words}, {count}"
    if tile.tags:
        words += f" · {tile.tags}"
    return words
