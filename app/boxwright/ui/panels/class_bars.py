"""Bars of the classes a detector weighed for a box; a click takes one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip

ROW = 19
_NAME, _KEY = 0.42, 54


@dataclass(frozen=True, slots=True)
class ClassBar:
    """Bar of one class.

    `share` is 0..1. `runner_up`: the digit that takes this class with Shift, 0 when it is the box's own or none of
    the project's. `color` empty: none of the project's classes.
    """

    name: str
    share: float
    color: str
    runner_up: int = 0


class ClassBars(QWidget):
    """Bars of classes. `picked` carries the digit of a runner-up."""

    picked = Signal(int)

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows
        self._bars: tuple[ClassBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("How likely the detector holds each class"))

    @property
    def bars(self) -> tuple[ClassBar, ...]:
        return self._bars

    def show_bars(self, bars: Sequence[ClassBar]) -> None:
        self._bars = tuple(bars[: self._rows])
        self.setAccessibleDescription(", ".join(f"{bar.name} {bar.share:.2f}" for bar in self._bars))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, self._rows * ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, bar in enumerate(self._bars):
            self._paint(painter, QRectF(0, place * ROW, self.width(), ROW), bar)
        painter.end()

    def _paint(self, painter: QPainter, row: QRectF, bar: ClassBar) -> None:
        palette, middle = self.palette(), Qt.AlignmentFlag.AlignVCenter
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        name = QRectF(row.left(), row.top(), row.width() * _NAME - 6, row.height())
        words = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideMiddle, int(name.width()))
        painter.setPen(palette.color(QPalette.ColorRole.Text) if bar.color else quiet)
        painter.drawText(name, int(middle | Qt.AlignmentFlag.AlignLeft), words)
        ground = QRectF(name.right() + 6, row.top() + 5, row.width() - name.right() - 6 - _KEY, row.height() - 10)
        painter.fillRect(ground, palette.color(QPalette.ColorRole.Midlight))
        filled = QRectF(ground.topLeft(), QSize(round(ground.width() * bar.share), round(ground.height())).toSizeF())
        painter.fillRect(filled, QColor(bar.color) if bar.color else quiet)
        # The number beside the bar: a bar of a light class is hard to see on a light ground.
        painter.setPen(quiet)
        figure = QRectF(ground.right() + 4, row.top(), 26, row.height())
        painter.drawText(figure, int(middle | Qt.AlignmentFlag.AlignLeft), f"{bar.share:.2f}"[-3:])
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignRight), f"⇧{bar.runner_up}" * bool(bar.runner_up))

    def _place_at(self, y: float) -> int | None:
        place = int(y // ROW)
        return place if 0 <= place < len(self._bars) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().y())
        hand = place is not None and bool(self._bars[place].runner_up)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and place is not None and self._bars[place].runner_up:
            self.picked.emit(self._bars[place].runner_up)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().y())
            bar = self._bars[place] if place is not None else None
            digit = bar.runner_up if bar is not None else 0
            said = tr("{0} {1:.3f}: a click or Shift+{2} takes it") if digit else "{0} {1:.3f}"
            words = plain_tip(said.format(bar.name, bar.share, digit)) if bar is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)
