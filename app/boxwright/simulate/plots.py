"""SVG plots, drawn with what a page has: no library, no network, colours from the page's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 14, 40
# Of an interval plot: the height of a row, and where the names end.
_ROW, _NAMES = 24, 200
_DASHES = ("", "7 3", "2 3")
COLOURS = 8


@dataclass(frozen=True)
class Series:
    """Line of a plot.

    x, y: the points, in their order. spread: half the height of a bar at each, None for none.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    spread: Sequence[float | None]


@dataclass(frozen=True)
class IntervalBar:
    """Bar of a plot: a value with its interval, None where there is none."""

    name: str
    value: float
    low: float | None
    high: float | None


def style_of(place: int) -> str:
    """What tells the line of the arm at `place` from the others, colour and dashes."""
    return f'class="c{place % COLOURS}" stroke-dasharray="{_DASHES[place // COLOURS % len(_DASHES)]}"'


def line_plot(series: Sequence[Series], places: Mapping[str, int], x_title: str, y_title: str) -> str:
    """`places`: which arm gets which style, the same in all plots of a page."""
    every_x = [value for one in series for value in one.x]
    every_y = [y + sign * (s or 0.0) for one in series for y, s in zip(one.y, one.spread) for sign in (-1, 1)]
    if not every_x:
        return ""
    across = _Scale(0.0, max(every_x), _LEFT, WIDTH - _RIGHT)
    up = _Scale(max(0.0, min(every_y)), max(every_y), HEIGHT - _BOTTOM, _TOP)
    parts = [_frame(across, up, x_title, y_title)]
    for one in series:
        style = style_of(places[one.name])
        points = [(across(x), up(y)) for x, y in zip(one.x, one.y)]
        for (x, _), y, spread in zip(points, one.y, one.spread):
            if spread:
                parts.append(_line(style, (x, x), (up(y - spread), up(y + spread))))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline {style} points="{path}"><title>{escape(one.name)}</title></polyline>')
        parts += [f'<circle {style} cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in points]
    return _svg(HEIGHT, parts, f"{y_title} by {x_title}")


def interval_plot(bars: Sequence[IntervalBar], places: Mapping[str, int], title: str) -> str:
    """Values with their intervals, a row each, about a line at zero."""
    if not bars:
        return ""
    ends = [0.0, *(end for b in bars for end in (b.value, b.low, b.high) if end is not None)]
    room = max(ends) - min(ends) or 1.0
    bottom = _TOP + _ROW * len(bars)
    across = _Scale(min(ends) - 0.05 * room, max(ends) + 0.05 * room, _NAMES, WIDTH - _RIGHT)
    parts = []
    for tick in across.ticks():
        x = across(tick)
        parts += [_line('class="grid"', (x, x), (_TOP, bottom)), _text(f"{tick:g}", x, bottom + 14)]
    parts.append(_line('class="axis"', (across(0), across(0)), (_TOP, bottom)))
    for row, bar in enumerate(bars):
        y, style = _TOP + _ROW * row + _ROW / 2, style_of(places[bar.name])
        parts.append(_text(_short(bar.name), _NAMES - 6, y + 4, "end"))
        if bar.low is not None and bar.high is not None:
            parts.append(_line(style, (across(bar.low), across(bar.high)), (y, y)))
        parts.append(f'<circle {style} cx="{across(bar.value):.1f}" cy="{y:.1f}" r="4"/>')
    parts.append(_text(title, (_NAMES + WIDTH - _RIGHT) / 2, bottom + _BOTTOM - 6))
    return _svg(bottom + _BOTTOM, parts, title)


class _Scale:
    """From values to pixels."""

    def __init__(self, low: float, high: float, first: float, last: float) -> None:
        self._low, self._high = low, high if high > low else low + 1.0
        self._first, self._last = first, last

    def __call__(self, value: float) -> float:
        return self._first + (value - self._low) / (self._high - self._low) * (self._last - self._first)

    def ticks(self) -> list[float]:
        """Round values, about five."""
        rough = (self._high - self._low) / 5
        power = 10.0 ** floor(log10(rough))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
        first = int(-(-self._low // step))
        return [round(k * step, 10) for k in range(first, int(self._high // step) + 1)]


def _frame(across: _Scale, up: _Scale, x_title: str, y_title: str) -> str:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = []
    for tick in up.ticks():
        y = up(tick)
        parts += [_line('class="grid"', (_LEFT, right), (y, y)), _text(f"{tick:g}", _LEFT - 6, y + 4, "end")]
    parts += [_text(f"{tick:g}", across(tick), bottom + 16) for tick in across.ticks()]
    parts.append(_line('class="axis"', (_LEFT, right), (bottom, bottom)))
    parts.append(_text(x_title, (_LEFT + right) / 2, HEIGHT - 6))
    parts.append(_text(y_title, -(_TOP + bottom) / 2, 13, more=' transform="rotate(-90)"'))
    return "".join(parts)


def _line(style: str, x: tuple[float, float], y: tuple[float, float]) -> str:
    return f'<line {style} x1="{x[0]:.1f}" x2="{x[1]:.1f}" y1="{y[0]:.1f}" y2="{y[1]:.1f}"/>'


def _text(said: str, x: float, y: float, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(said)}</text>'


def _svg(height: float, parts: Sequence[str], label: str) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
    return f'<svg {size} role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
