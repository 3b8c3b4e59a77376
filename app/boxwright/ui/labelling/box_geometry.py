"""Geometry of boxes: always inside the image, always with area, edges on whole pixels where a hand puts them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from boxwright.domain.box import Box

MIN_SIDE = 1.0
"""Pixels. A hand cannot make a side shorter; a detector's box that is shorter is left as it is."""

K = TypeVar("K")


def moved_together(boxes: Mapping[K, Box], dx: float, dy: float, width: float, height: float) -> dict[K, Box]:
    """All boxes moved by the same `dx, dy`, cut short where the first of them meets the edge of the image."""
    if not boxes:
        return {}
    around = bounds(list(boxes.values()))
    moved = around.moved_inside(dx, dy, width, height)
    dx, dy = moved.x1 - around.x1, moved.y1 - around.y1
    # Adding a float may step over the edge by a rounding error.
    return {key: box.moved(dx, dy).clipped(width, height) for key, box in boxes.items()}


def resized_inside(box: Box, dw: float, dh: float, width: float, height: float) -> Box:
    """`box` with its right and bottom edges moved by `dw, dh` pixels, inside the image and not under `MIN_SIDE`."""
    return Box(
        box.x1,
        box.y1,
        max(min(box.x2 + dw, width), min(box.x2, box.x1 + MIN_SIDE)),
        max(min(box.y2 + dh, height), min(box.y2, box.y1 + MIN_SIDE)),
    )


def near_moved(box: Box, dx: float, dy: float) -> Box:
    """`box` with its left and top edges moved by `dx, dy` pixels, inside the image and no side under `MIN_SIDE`."""
    return Box(
        min(max(box.x1 + dx, 0.0), max(box.x1, box.x2 - MIN_SIDE)),
        min(max(box.y1 + dy, 0.0), max(box.y1, box.y2 - MIN_SIDE)),
        box.x2,
        box.y2,
    )


def offset_copy(box: Box, by: float, width: float, height: float) -> Box | None:
    """A copy `by` pixels right and down, or left and up where that is outside; None when none of it is inside."""
    inside = box.clipped(width, height)
    if not inside.has_area:
        return None
    dx = by if inside.x2 + by <= width else -by
    dy = by if inside.y2 + by <= height else -by
    return inside.moved_inside(dx, dy, width, height).clipped(width, height)


def spanned(xa: float, ya: float, xb: float, yb: float, width: float, height: float) -> Box:
    """The box between two points, on whole pixels and cut to the image; may have no area."""
    corners = (float(round(value)) for value in (xa, ya, xb, yb))
    return Box.from_corners(*corners).clipped(width, height)


def squared(xa: float, ya: float, xb: float, yb: float, width: float, height: float) -> tuple[float, float]:
    """Where the second corner must be for a square from `xa, ya` towards `xb, yb` that stays inside the image. Its side
    is the longer of the two distances, as far as there is room."""
    right, down = xb >= xa, yb >= ya
    room = min(width - xa if right else xa, height - ya if down else ya)
    side = max(0.0, min(float(round(max(abs(xb - xa), abs(yb - ya)))), room))
    return xa + (side if right else -side), ya + (side if down else -side)


def snapped(value: float, limit: float, reach: float) -> float:
    """`value`, or the edge of the image at 0 or `limit` when that lies within `reach` of it."""
    if abs(value) <= reach:
        return 0.0
    return limit if abs(limit - value) <= reach else value


def move_snapped(edges: Collection[float], by: float, limit: float, reach: float) -> float:
    """`by`, lengthened or shortened so that one of `edges` moved by it comes to lie on an edge of the image within
    `reach`. Never turned round: what is pulled away from the edge goes away."""
    for edge in edges:
        caught = snapped(edge + by, limit, reach) - edge
        if caught != by and caught * by > 0:
            return caught
    return by


def middle_of(area: Box) -> Box:
    """A box on whole pixels in the middle of `area`, a quarter as wide and as high."""
    width, height = (max(float(round(side / 4)), MIN_SIDE) for side in (area.width, area.height))
    x, y = round((area.x1 + area.x2 - width) / 2), round((area.y1 + area.y2 - height) / 2)
    return Box(x, y, x + width, y + height).clipped(area.x2, area.y2)


def bounds(boxes: Collection[Box]) -> Box:
    """The smallest box around all of at least one."""
    return Box(
        min(b.x1 for b in boxes),
        min(b.y1 for b in boxes),
        max(b.x2 for b in boxes),
        max(b.y2 for b in boxes),
    )
