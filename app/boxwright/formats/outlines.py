"""Upright boxes around shapes that are none: outlines, ellipses, turned boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from boxwright.formats.checks import number

Corners = tuple[float, float, float, float]
NO_NUMBER: Corners = (math.nan, math.nan, math.nan, math.nan)


def bounds(points: Iterable[tuple[float, float]]) -> Corners:
    """x1, y1, x2, y2 around `points`, in their units. NaN where there is no point or one is not finite."""
    known = list(points)
    if not known or not all(math.isfinite(value) for point in known for value in point):
        return NO_NUMBER
    xs, ys = [x for x, _ in known], [y for _, y in known]
    return min(xs), min(ys), max(xs), max(ys)


def turned(corners: Corners, degrees: float) -> Corners:
    """The upright box around `corners` turned by `degrees` about its centre; the sense of the turn does not matter to
    the result."""
    if not all(math.isfinite(value) for value in (*corners, degrees)):
        return NO_NUMBER
    x1, y1, x2, y2 = corners
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    width, height = abs(x2 - x1), abs(y2 - y1)
    dx, dy = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    return cx - dx, cy - dy, cx + dx, cy + dy


def ellipse(cx: float, cy: float, rx: float, ry: float, degrees: float) -> Corners:
    """The upright box around an ellipse of the radii `rx`, `ry`, turned by `degrees`."""
    if not all(math.isfinite(value) for value in (cx, cy, rx, ry, degrees)):
        return NO_NUMBER
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = math.hypot(rx * cos, ry * sin), math.hypot(rx * sin, ry * cos)
    return cx - dx, cy - dy, cx + dx, cy + dy


def pairs(values: Sequence[Any]) -> list[tuple[float, float]] | None:
    """x, y, x, y, ... as points; None when one is no number or a y is missing."""
    numbers = [number(value) for value in values]
    known = [value for value in numbers if value is not None]
    if len(known) != len(numbers) or len(known) % 2:
        return None
    return list(zip(known[0::2], known[1::2], strict=True))
