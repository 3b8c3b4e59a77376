"""Outline of one box: four filled strips, which the raster engine paints several times faster than a stroked path.

A line lies outside of its box but for one pixel, so that a thick one hides no more of what is judged.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QBrush, QPainter

from boxwright.ui.canvas import handles
from boxwright.ui.canvas.strips import Strips
from boxwright.ui.canvas.style import CASING, HANDLE_EDGE, HANDLE_FILL, SELECTED_CASING, ClassStyle

_GHOST_CORNER = 14
"""Pixels of the edge that are painted on each side of a ghost's corner."""


def frame(painter: QPainter, rect: QRect, out: int, thickness: int, brush: QBrush) -> None:
    """A frame `thickness` pixels wide that begins `out` pixels outside of `rect` and goes inwards."""
    _frame(painter, rect.x() - out, rect.y() - out, rect.width() + 2 * out, rect.height() + 2 * out, thickness, brush)


def _frame(painter: QPainter, x: int, y: int, w: int, h: int, thickness: int, brush: QBrush) -> None:
    fill = painter.fillRect
    if w <= 2 * thickness or h <= 2 * thickness:
        fill(x, y, w, h, brush)
        return
    fill(x, y, w, thickness, brush)
    fill(x, y + h - thickness, w, thickness, brush)
    fill(x, y + thickness, thickness, h - 2 * thickness, brush)
    fill(x + w - thickness, y + thickness, thickness, h - 2 * thickness, brush)


def confirmed(painter: QPainter, corners: list[int], brush: QBrush, line: int, cased: bool) -> None:
    """What a person confirmed, at rest: a solid frame. `corners` x1, y1, x2, y2 on screen: numbers, not rectangles,
    because making those took half of a frame. Without `cased` the dark edge is left out, for very many boxes."""
    x1, y1, x2, y2 = corners
    out = line - 1
    w, h = x2 - x1 + 2 * out, y2 - y1 + 2 * out
    if cased:
        _frame(painter, x1 - out - 1, y1 - out - 1, w + 2, h + 2, line + 2, CASING)
    _frame(painter, x1 - out, y1 - out, w, h, line, brush)


def offered(painter: QPainter, corners: list[int], strips: Strips, tint: QBrush | None) -> None:
    """A pre-label at rest: a cased striped frame. The part of `corners` that is handed over must not be longer than
    the strips."""
    x1, y1, x2, y2 = corners
    if tint is not None:
        painter.fillRect(x1, y1, x2 - x1, y2 - y1, tint)
    thick = strips.line + 2
    out = strips.line
    x1, y1, x2, y2 = x1 - out, y1 - out, x2 + out, y2 + out
    w, h, tall = x2 - x1, y2 - y1, y2 - y1 - 2 * thick
    if w <= 2 * thick or tall <= 0:  # no room for an edge of its own on each side
        painter.fillRect(x1, y1, w, h, CASING)
        strips.lay_across(painter, x1, y1 + (h - thick) // 2, w)
        return
    strips.lay_across(painter, x1, y1, w)
    strips.lay_across(painter, x1, y2 - thick, w)
    strips.lay_down(painter, x1, y1 + thick, tall)
    strips.lay_down(painter, x2 - thick, y1 + thick, tall)


def ghost(painter: QPainter, corners: list[int], style: ClassStyle) -> None:
    """A pre-label just below the threshold: its corners only, thin and see-through."""
    x1, y1, x2, y2 = corners
    across, down = min(_GHOST_CORNER, (x2 - x1) // 3 + 1), min(_GHOST_CORNER, (y2 - y1) // 3 + 1)
    for x, length in ((x1, across), (x2 - across, across)):
        for y in (y1 - 1, y2):
            painter.fillRect(x - 1, y - 1, length + 2, 3, CASING)
            painter.fillRect(x, y, length, 1, style.faint)
    for y, length in ((y1, down), (y2 - down, down)):
        for x in (x1 - 1, x2):
            painter.fillRect(x - 1, y, 3, length, CASING)
            painter.fillRect(x, y, 1, length, style.faint)


def lively_box(painter: QPainter, rect: QRect, style: ClassStyle, predicted: bool, selected: bool, line: int) -> None:
    """A box under the pointer, or a selected one, which has a white casing and nothing over what is judged."""
    brush = style.stripes if predicted else style.solid
    if selected:
        frame(painter, rect, line + 1, 1, CASING)
        frame(painter, rect, line, line + 2, SELECTED_CASING)
        frame(painter, rect, line - 1, line, brush)
    else:
        painter.fillRect(rect, style.strong_tint)
        frame(painter, rect, line + 1, line + 4, CASING)
        frame(painter, rect, line, line + 1, brush)


def handle_squares(painter: QPainter, rect: QRectF) -> None:
    """The handles of a selected box that is shown at `rect`."""
    half = handles.SIZE / 2
    for handle in handles.shown(rect):
        centre = handles.position(rect, handle)
        square = QRect(round(centre.x() - half), round(centre.y() - half), int(handles.SIZE), int(handles.SIZE))
        painter.fillRect(square.adjusted(-1, -1, 1, 1), HANDLE_EDGE)
        painter.fillRect(square, HANDLE_FILL)
