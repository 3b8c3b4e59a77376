"""Where a box may go: always inside the image, always with area, edges on whole pixels where a hand puts them."""

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


def bounds(boxes: Collection[Box]) -> Box:
    """The smallest box around all of at least one."""
    return Box(
        min(b.x1 for b in boxes),
        min(b.y1 for b in boxes),
        max(b.x2 for b in boxes),
        max(b.y2 for b in boxes),
    )
