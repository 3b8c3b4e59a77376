"""Where the name of each box stands: outside of what is judged, and nowhere when there is no such place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

GAP = 2
CROWDED = 120
"""With more boxes in view than this no box at rest has a tag."""

_SMALLEST_SIDE = 10
_COVERED = 0.08
"""The share of another box that a tag may cover."""

Ints = NDArray[np.int64]
Spot = tuple[int, int, int, int]
"""x1, y1, x2, y2 on screen."""


def place_tags(
    rects: Ints, order: Sequence[int], size_of: Callable[[int], tuple[int, int]], view: QRect
) -> dict[int, QRect]:
    """The tags there is room for. rects: (N,4) x1,y1,x2,y2 on screen; `order`: who is placed first, each tried above
    its box, then below; `size_of` gives a tag's width and height. A tag covers no other tag, and of other boxes
    only a sliver."""
    seen = _in_view(rects, view)
    if int(seen.sum()) > CROWDED:
        return {}
    tall = seen & ((rects[:, 2:] - rects[:, :2]) >= _SMALLEST_SIDE).all(axis=1)
    owners: list[int] = []
    spots: list[Spot] = []
    for index in order:
        if tall[index]:
            x1, y1, x2, y2 = rects[index].tolist()
            found = _spots(x1, y1, x2, y2, *size_of(index), view, inside=False)
            owners.extend([index] * len(found))
            spots.extend(found)
    placed: dict[int, Spot] = {}
    for index, spot, hides in zip(owners, spots, _hiding(spots, rects[seen])):
        if index not in placed and not hides and not any(_meet(spot, other) for other in placed.values()):
            placed[index] = spot
    return {index: QRect(x1, y1, x2 - x1, y2 - y1) for index, (x1, y1, x2, y2) in placed.items()}


def place_one(rect: QRect, width: int, height: int, view: QRect) -> QRect:
    """The place of a tag that is shown whatever it covers: above, below, or inside where both are out of sight."""
    spots = _spots(rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1, width, height, view, inside=True)
    x1, y1, x2, y2 = spots[0]
    return QRect(x1, y1, x2 - x1, y2 - y1)


def _spots(x1: int, y1: int, x2: int, y2: int, width: int, height: int, view: QRect, inside: bool) -> list[Spot]:
    """Places in order of preference, each wholly in view. Inside the box only where its outside is out of sight."""
    right, bottom = view.right() + 1, view.bottom() + 1
    x = max(view.left(), min(x1 - GAP, right - width))
    above, below = y1 - GAP - height, y2 + GAP
    spots = [y for y in (above, below) if y >= view.top() and y + height <= bottom]
    if inside or not spots:
        spots.append(max(view.top(), min(y1 + GAP, bottom - height)))
    return [(x, y, x + width, y + height) for y in spots]


def _in_view(rects: Ints, view: QRect) -> NDArray[np.bool_]:
    return np.asarray(
        (rects[:, 0] < view.right() + 1)
        & (rects[:, 2] > view.left())
        & (rects[:, 1] < view.bottom() + 1)
        & (rects[:, 3] > view.top())
    )


def _hiding(spots: Sequence[Spot], boxes: Ints) -> list[bool]:
    """For each of S spots whether it covers more than a sliver of any of (M,4) boxes."""
    if not spots:
        return []
    tags = np.array(spots, dtype=np.int64)[:, None]
    sides = np.minimum(tags[..., 2:], boxes[None, :, 2:]) - np.maximum(tags[..., :2], boxes[None, :, :2])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    covered = np.clip(sides, 0, None).prod(axis=2) > _COVERED * np.maximum(areas, 1)
    return [bool(hides) for hides in covered.any(axis=1)]


def _meet(a: Spot, b: Spot) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
