"""Line chart, small: lines, points, and bands for what is not certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxwright.ui.widgets.ticks import tick_words, ticks

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 30, 22
_POINT = 3.5


@dataclass(frozen=True)
class Band:
    """Band between `low` and `high` over `x`; all of one length."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class RangeMark:
    """Range on the x axis where something lies: from `low` to `high`, most likely at `middle`."""

    low: float
    middle: float
    high: float
    words: str


@dataclass(frozen=True)
class LineSeries:
    """Line or points of a chart."""

    x: Sequence[float]
    y: Sequence[float]
    points: bool = False
    """Only its points, unjoined."""


@dataclass(frozen=True)
class Plot:
    """Contents of a chart.

    `title` stands above; `empty` in the middle while there is no line to draw. `x_words` names the x axis. `y_low`,
    `y_high`: at least this much of the y axis is shown; None: what the lines need.
    """

    title: str
    empty: str = ""
    x_words: str = ""
    lines: tuple[LineSeries, ...] = ()
    bands: tuple[Band, ...] = ()
    spans: tuple[RangeMark, ...] = ()
    y_low: float | None = 0.0
    y_high: float | None = None
    x_high: float | None = None
    highest: float | None = None
    """The y axis never goes beyond this."""


class Chart(QWidget):
    """Widget that shows the plot it was given last."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._plot = plot
        self.setMinimumSize(170, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def plot(self) -> Plot:
        return self._plot

    def show_plot(self, plot: Plot) -> None:
        self._plot = plot
        self.setAccessibleName(plot.title)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Painting(painter, self._plot, QRectF(self.rect()), self.palette()).run()
        painter.end()


class _Painting:
    """One paint event."""

    def __init__(self, painter: QPainter, plot: Plot, whole: QRectF, palette: QPalette) -> None:
        self._painter, self._plot, self._whole = painter, plot, whole
        foot = BOTTOM + (painter.fontMetrics().height() if plot.x_words else 0)
        self._area = whole.adjusted(LEFT, TOP, -RIGHT, -foot)
        self._ink = palette.color(QPalette.ColorRole.Text)
        self._quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        self._grid = palette.color(QPalette.ColorRole.Midlight)
        self._accent = palette.color(QPalette.ColorRole.Accent)
        self._base = palette.color(QPalette.ColorRole.Base)
        self._x, self._y = _ranges(plot)

    def run(self) -> None:
        self._painter.fillRect(self._whole, self._base)
        self._title()
        if not any(len(line.x) for line in self._plot.lines):
            self._painter.setPen(self._quiet)
            where = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            self._painter.drawText(self._area, where, self._plot.empty)
            return
        self._axes()
        self._painter.setClipRect(self._area.adjusted(-4, -4, 4, 4))
        for span in self._plot.spans:
            self._span(span)
        for band in self._plot.bands:
            self._band(band)
        for line in self._plot.lines:
            self._line(line)

    def _at(self, x: float, y: float) -> QPointF:
        (x_low, x_high), (y_low, y_high) = self._x, self._y
        return QPointF(
            self._area.left() + (x - x_low) / (x_high - x_low) * self._area.width(),
            self._area.bottom() - (y - y_low) / (y_high - y_low) * self._area.height(),
        )

    def _title(self) -> None:
        painter = self._painter
        painter.setPen(self._ink)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        where = QRectF(self._whole.left() + 8, self._whole.top() + 4, self._whole.width() - 16, 18)
        words = painter.fontMetrics().elidedText(self._plot.title, Qt.TextElideMode.ElideRight, int(where.width()))
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        font.setBold(False)
        painter.setFont(font)

    def _axes(self) -> None:
        painter, area = self._painter, self._area
        ys = ticks(*self._y, most=max(2, int(area.height() // 28)))
        xs = ticks(*self._x, most=max(2, int(area.width() // 64)), whole=True)
        for y in ys:
            at = self._at(self._x[0], y)
            painter.setPen(QPen(self._grid, 1))
            painter.drawLine(at, QPointF(area.right(), at.y()))
            painter.setPen(self._quiet)
            self._words(
                QRectF(0, at.y() - 9, area.left() - 6, 18), tick_words(y, _step(ys)), Qt.AlignmentFlag.AlignRight
            )
        for x in xs:
            at = self._at(x, self._y[0])
            painter.setPen(self._quiet)
            self._words(QRectF(at.x() - 32, area.bottom() + 3, 64, 16), tick_words(x, _step(xs)))
        if self._plot.x_words:
            self._words(
                QRectF(area.left(), area.bottom() + 18, area.width(), painter.fontMetrics().height()),
                self._plot.x_words,
            )

    def _words(self, where: QRectF, words: str, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter) -> None:
        self._painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter | side), words)

    def _band(self, band: Band) -> None:
        upper = [self._at(x, y) for x, y in zip(band.x, band.high)]
        lower = [self._at(x, y) for x, y in zip(band.x, band.low)]
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(_faded(self._accent, 44))
        self._painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))

    def _span(self, span: RangeMark) -> None:
        """Hatched, so that it is told from the band of the curve without its colour."""
        painter, (low, high) = self._painter, self._x
        left = self._at(max(low, min(high, span.low)), self._y[1])
        right = self._at(max(low, min(high, span.high)), self._y[0])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(QRectF(left, right), _hatched(self._quiet))
        painter.setPen(QPen(self._quiet, 1.2, Qt.PenStyle.DashLine))
        if low <= span.middle <= high:
            painter.drawLine(self._at(span.middle, self._y[0]), self._at(span.middle, self._y[1]))
        painter.setPen(self._ink)
        width = painter.fontMetrics().horizontalAdvance(span.words) + 8
        x = min(max(left.x() + 4, self._area.left()), self._area.right() - width)
        where = QRectF(x, self._area.bottom() - 20, width, 16)
        painter.fillRect(where, self._base)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), span.words)

    def _line(self, line: LineSeries) -> None:
        painter = self._painter
        at = [self._at(x, y) for x, y in zip(line.x, line.y)]
        if not line.points:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._accent, 1.8))
            painter.drawPolyline(at)
        if line.points or len(at) == 1:
            painter.setPen(QPen(self._base, 1.2))
            painter.setBrush(self._ink if line.points else self._accent)
            for point in at:
                painter.drawEllipse(point, _POINT, _POINT)


def _ranges(plot: Plot) -> tuple[tuple[float, float], tuple[float, float]]:
    xs = [x for line in plot.lines for x in line.x] + [x for band in plot.bands for x in band.x]
    ys = [y for line in plot.lines for y in line.y] + [y for band in plot.bands for y in (*band.low, *band.high)]
    x_low, x_high = min(xs, default=0.0), max([*xs, *([plot.x_high] if plot.x_high is not None else [])], default=1.0)
    y_low = min(ys, default=0.0) if plot.y_low is None else min([plot.y_low, *ys])
    y_high = max([*ys, *([plot.y_high] if plot.y_high is not None else [])], default=1.0)
    if plot.highest is not None:
        y_high = min(y_high, plot.highest)
    room = (y_high - y_low) * 0.06
    y_high = y_high + room if plot.highest is None else min(y_high + room, plot.highest)
    return (x_low, x_high if x_high > x_low else x_low + 1), (y_low, y_high if y_high > y_low else y_low + 1)


def _step(values: list[float]) -> float:
    return values[1] - values[0] if len(values) > 1 else 1.0


def _faded(color: QColor, alpha: int) -> QColor:
    faded = QColor(color)
    faded.setAlpha(alpha)
    return faded


def _hatched(color: QColor) -> QBrush:
    return QBrush(_faded(color, 90), Qt.BrushStyle.BDiagPattern)
