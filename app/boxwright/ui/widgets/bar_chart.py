"""Bar chart, small, of bars that lie: a name, a bar, a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxwright.ui.language.translation import tr

ROW, TITLE = 20, 26
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Amount:
    """Row of a bar chart. `words`: the figure as it is written. `color` empty: the accent of the theme."""

    name: str
    value: float
    words: str
    color: str = ""


class BarChart(QWidget):
    """Bar chart with as many of its rows as there is room for; the last then says how many are not shown."""

    def __init__(self, title: str, empty: str = "") -> None:
        super().__init__()
        self._title, self._empty = title, empty
        self._amounts: tuple[Amount, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, TITLE + 4 * ROW)
        self.setAccessibleName(title)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return self._amounts

    def show_amounts(self, amounts: Sequence[Amount]) -> None:
        self._amounts = tuple(amounts)
        self.setAccessibleDescription(", ".join(f"{a.name}: {a.words}" for a in self._amounts))
        self.setToolTip("")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, TITLE + max(4, len(self._amounts)) * ROW + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette, whole = self.palette(), QRectF(self.rect())
        painter.fillRect(whole, palette.color(QPalette.ColorRole.Base))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRectF(_EDGE, 4, whole.width() - 2 * _EDGE, 18), left, self._title)
        font.setBold(False)
        painter.setFont(font)
        if not any(a.value for a in self._amounts):
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            where = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(whole.adjusted(_EDGE, TITLE, -_EDGE, 0), where, self._empty)
            painter.end()
            return
        room = max(1, int((whole.height() - TITLE) // ROW))
        shown = self._amounts if len(self._amounts) <= room else self._amounts[: room - 1]
        for place, amount in enumerate(shown):
            self._paint(painter, QRectF(_EDGE, TITLE + place * ROW, whole.width() - 2 * _EDGE, ROW), amount)
        if len(shown) < len(self._amounts):
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            row = QRectF(_EDGE, TITLE + len(shown) * ROW, whole.width() - 2 * _EDGE, ROW)
            painter.drawText(row, left, tr("and {0} more").format(len(self._amounts) - len(shown)))
        painter.end()

    def _paint(self, painter: QPainter, row: QRectF, amount: Amount) -> None:
        palette, metrics = self.palette(), painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        figures = max(metrics.horizontalAdvance(a.words) for a in self._amounts) + 4
        name = QRectF(row.left(), row.top(), row.width() * 0.36 - 6, row.height())
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        words = metrics.elidedText(amount.name, Qt.TextElideMode.ElideMiddle, int(name.width()))
        painter.drawText(name, int(middle | Qt.AlignmentFlag.AlignLeft), words)
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignRight), amount.words)
        ground = QRectF(name.right() + 6, row.top() + 4, row.width() - name.width() - 12 - figures, row.height() - 8)
        painter.fillRect(ground, palette.color(QPalette.ColorRole.Midlight))
        share = amount.value / max(a.value for a in self._amounts)
        ground.setWidth(max(1.0 if amount.value else 0.0, ground.width() * share))
        accent = palette.color(QPalette.ColorRole.Accent)
        painter.fillRect(ground, QColor(amount.color) if amount.color else accent)
