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


def place_tags(
    rects: Ints, order: Sequence[int], size_of: Callable[[int], tuple[int, int]], view: QRect
) -> dict[int, QRect]:
    """The tags there is room for. rects: (N,4) x1,y1,x2,y2 on screen; `order`: who is placed first, each tried above
    its box, then below; `size_of` gives a tag's width and height. A tag covers no other tag, and of other boxes
    only a sliver."""
    in_view = _in_view(rects, view)
    if int(in_view.sum()) > CROWDED:
        return {}
    others = rects[in_view]
    placed: dict[int, QRect] = {}
    taken = np.empty((0, 4), dtype=np.int64)
    for index in order:
        x1, y1, x2, y2 = rects[index].tolist()
        if not in_view[index] or x2 - x1 < _SMALLEST_SIDE or y2 - y1 < _SMALLEST_SIDE:
            continue
        for spot in _spots(x1, y1, x2, y2, *size_of(index), view, inside=False):
            if _free(spot, taken, others):
                placed[index] = QRect(spot[0], spot[1], spot[2] - spot[0], spot[3] - spot[1])
                taken = np.vstack([taken, spot])
                break
    return placed


def place_one(rect: QRect, width: int, height: int, view: QRect) -> QRect:
    """The place of a tag that is shown whatever it covers: above, below, or inside where both are out of sight."""
    spots = _spots(rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1, width, height, view, inside=True)
    x1, y1, x2, y2 = spots[0]
    return QRect(x1, y1, x2 - x1, y2 - y1)


def _spots(
    x1: int, y1: int, x2: int, y2: int, width: int, height: int, view: QRect, inside: bool
) -> list[tuple[int, int, int, int]]:
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


def _free(spot: tuple[int, int, int, int], taken: Ints, others: Ints) -> bool:
    if len(taken) and _overlaps(spot, taken).any():
        return False
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return not bool((_overlaps(spot, others) > _COVERED * np.maximum(areas, 1)).any())


def _overlaps(spot: tuple[int, int, int, int], rects: Ints) -> Ints:
    low = np.maximum(rects[:, :2], spot[:2])
    high = np.minimum(rects[:, 2:], spot[2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=1), dtype=np.int64)
