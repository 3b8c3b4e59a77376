"""Handles of a selected box: where the eight are, which one a point meets, what dragging one does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from boxwright.domain.box import Box
from boxwright.ui.labelling.box_geometry import MIN_SIDE, move_snapped

Handle = tuple[int, int]
"""Horizontal and vertical side: -1 left or top, 0 neither, 1 right or bottom."""

HANDLES: tuple[Handle, ...] = ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0))
SIZE = 8.0
"""Side of a handle on screen, in device-independent pixels."""

_REACH = 7.0
_ROOM_FOR_MIDDLE = 5 * SIZE


def position(rect: QRectF, handle: Handle) -> QPointF:
    """The centre of `handle` of a box shown at `rect`."""
    horizontal, vertical = handle
    return QPointF(
        rect.center().x() + horizontal * rect.width() / 2,
        rect.center().y() + vertical * rect.height() / 2,
    )


def shown(rect: QRectF) -> list[Handle]:
    """The handles there is room to draw: on a short side the two corners stand for the middle."""
    return [
        (horizontal, vertical)
        for horizontal, vertical in HANDLES
        if (horizontal or rect.width() >= _ROOM_FOR_MIDDLE) and (vertical or rect.height() >= _ROOM_FOR_MIDDLE)
    ]


def at(rect: QRectF, point: QPointF) -> Handle | None:
    """The handle at `point`: near a corner that corner, elsewhere along an edge that whole edge. The inner part of a
    small box stays free, so that it can still be moved."""
    horizontal = _side(point.x(), rect.left(), rect.right())
    vertical = _side(point.y(), rect.top(), rect.bottom())
    if horizontal is None or vertical is None or (horizontal, vertical) == (0, 0):
        return None
    return horizontal, vertical


def _side(value: float, low: float, high: float) -> int | None:
    inward = min(_REACH, (high - low) / 4)
    if value < low - _REACH or value > high + _REACH:
        return None
    if value <= low + inward:
        return -1
    return 1 if value >= high - inward else 0


def dragged(box: Box, handle: Handle, dx: float, dy: float, width: float, height: float, reach: float = 0.0) -> Box:
    """`box` with the edges of `handle` moved by `dx, dy` pixels of the image and set on whole pixels, or on the edge of
    the image within `reach`; dragged over the opposite edge it turns inside out. Always inside the image of `width` x
    `height`, no side under `MIN_SIDE`."""
    x1, x2 = _moved_edges(box.x1, box.x2, handle[0], dx, width, reach)
    y1, y2 = _moved_edges(box.y1, box.y2, handle[1], dy, height, reach)
    return Box(x1, y1, x2, y2)


def _moved_edges(low: float, high: float, side: int, by: float, limit: float, reach: float) -> tuple[float, float]:
    if side == 0 or by == 0:
        return low, high
    moving, fixed = (low, high) if side < 0 else (high, low)
    by = move_snapped((moving,), by, limit, reach)
    moving = min(max(float(round(moving + by)), 0.0), limit)
    if abs(moving - fixed) < MIN_SIDE:
        moving = fixed + side * MIN_SIDE
        if not 0 <= moving <= limit:
            moving = fixed - side * MIN_SIDE
    return min(moving, fixed), max(moving, fixed)


def cursor(handle: Handle) -> Qt.CursorShape:
    """The pointer that says which way `handle` goes."""
    horizontal, vertical = handle
    if vertical == 0:
        return Qt.CursorShape.SizeHorCursor
    if horizontal == 0:
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if horizontal == vertical else Qt.CursorShape.SizeBDiagCursor
