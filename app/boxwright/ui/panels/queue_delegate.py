"""Delegate that paints one row of the queue: picture, name, state as shape and word, why the image was chosen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem

from boxwright.ui.look.theme import tone
from boxwright.ui.panels.queue_model import THUMBNAIL, Card, QueueModel
from boxwright.ui.project.queue import Mark

ROW_HEIGHT = 58

MARK_TONES: dict[Mark, str] = {
    Mark.UNLABELED: "quiet",
    Mark.BEGUN: "warn",
    Mark.LABELED: "good",
    Mark.SKIPPED: "warn",
    Mark.EMPTY: "good",
    Mark.UNREADABLE: "bad",
    Mark.COPY: "quiet",
}


class QueueDelegate(QStyledItemDelegate):
    """Painter of the queue's rows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(180, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, QueueModel)
        card = model.card(index.row())
        rect, palette = QRect(option.rect), QPalette(option.palette)
        font = QFont(option.font)
        painter.save()
        painter.setClipRect(rect)
        _paint_ground(painter, rect, palette, card.current)
        picture = QRect(rect.left() + 8, rect.top() + (rect.height() - THUMBNAIL.height()) // 2, 64, 46)
        _paint_thumbnail(painter, picture, palette, card)
        words = rect.adjusted(8 + 64 + 8, 5, -6, -5)
        _paint_words(painter, words, palette, font, card)
        painter.restore()


def _paint_ground(painter: QPainter, rect: QRect, palette: QPalette, current: bool) -> None:
    if current:
        ground = QColor(palette.color(QPalette.ColorRole.Highlight))
        ground.setAlpha(46)
        painter.fillRect(rect, ground)
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), palette.color(QPalette.ColorRole.Highlight))
    painter.setPen(palette.color(QPalette.ColorRole.Midlight))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _paint_thumbnail(painter: QPainter, rect: QRect, palette: QPalette, card: Card) -> None:
    painter.fillRect(rect, palette.color(QPalette.ColorRole.Midlight))
    if card.thumbnail is None or card.thumbnail.width() < 2:
        return
    size = card.thumbnail.deviceIndependentSize().toSize()
    painter.drawImage(
        QPoint(rect.center().x() - size.width() // 2, rect.center().y() - size.height() // 2), card.thumbnail
    )


def _paint_words(painter: QPainter, rect: QRect, palette: QPalette, font: QFont, card: Card) -> None:
    line = rect.height() // 3
    font.setBold(card.current)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    _line(painter, QRect(rect.left(), rect.top(), rect.width(), line), card.name or "…", Qt.TextElideMode.ElideMiddle)
    font.setBold(False)
    painter.setFont(font)
    middle = QRect(rect.left(), rect.top() + line, rect.width(), line)
    paint_mark(painter, QRectF(middle.left() + 0.5, middle.center().y() - 5.0, 11, 11), card.mark)
    _line(painter, middle.adjusted(17, 0, 0, 0), card.state)
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    _line(painter, QRect(rect.left(), rect.top() + 2 * line, rect.width(), line), card.reason)


def _line(painter: QPainter, rect: QRect, text: str, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
    words = painter.fontMetrics().elidedText(text, elide, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)


def paint_mark(painter: QPainter, rect: QRectF, mark: Mark) -> None:
    """A shape as well as a colour: ring to do, half full begun, filled with a tick labelled, a bare tick in a ring
    empty, bar skipped, cross unreadable."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = tone(MARK_TONES[mark])
    if mark is Mark.LABELED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(rect)
        _paint_tick(painter, rect, QApplication.palette().color(QPalette.ColorRole.Base))
    elif mark is Mark.EMPTY:
        painter.setPen(QPen(color, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect)
        _paint_tick(painter, rect, color)
    elif mark is Mark.UNREADABLE:
        painter.setPen(QPen(color, 2))
        painter.drawLine(rect.topLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomLeft())
    else:
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect)
        if mark is Mark.BEGUN:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPie(rect.adjusted(1, 1, -1, -1), 180 * 16, 180 * 16)
        elif mark is not Mark.UNLABELED:
            middle = rect.center().y()
            painter.drawLine(QPointF(rect.left() + 2.5, middle), QPointF(rect.right() - 2.5, middle))
    painter.restore()


def _paint_tick(painter: QPainter, rect: QRectF, color: QColor) -> None:
    x, y, s = rect.left(), rect.top(), rect.width() / 11
    painter.setPen(QPen(color, 1.6))
    painter.drawPolyline(
        [QPointF(x + 2.8 * s, y + 5.8 * s), QPointF(x + 4.8 * s, y + 7.8 * s), QPointF(x + 8.2 * s, y + 3.6 * s)]
    )
