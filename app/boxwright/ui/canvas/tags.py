"""Placing of the tags of boxes: outside of what is judged, and nowhere when there is no such place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

GAP = 2
CROWDED = 1500
"""With more boxes in view than this no box at rest has a tag."""

_SMALLEST_SIDE = 10
_COVERED = 0.08
"""The share of another box that a tag may cover."""

_EXACT_PAIRS = 100_000
"""Pairs of tag and box that are compared one by one; beyond, a tag that may touch a box is left out."""

_CELL = 4
"""Pixels of the screen along a cell of the grid that tells empty places quickly."""

Ints = NDArray[np.int64]
NOTHING: Ints = np.empty((0, 4), np.int64)
Flags = NDArray[np.bool_]
Spot = tuple[int, int, int, int]
"""x1, y1, x2, y2 on screen."""


def place_tags(rects: Ints, order: Sequence[int] | Ints, sizes: Ints, view: QRect) -> dict[int, QRect]:
    """The tags there is room for. rects: (N,4) x1,y1,x2,y2 on screen; `order`: who is placed first, each tried above
    its box, then below; sizes: (N,2) width and height of each tag. A tag covers no other tag, and of other boxes
    only a sliver."""
    seen = _in_view(rects, view)
    if not seen.any() or int(seen.sum()) > CROWDED:
        return {}
    tall = seen & ((rects[:, 2:] - rects[:, :2]) >= _SMALLEST_SIDE).all(axis=1)
    turn = np.asarray(order, dtype=np.int64)
    turn = turn[tall[turn]]
    owners, spots = _all_spots(rects[turn], sizes[turn], view)
    free = ~_hiding(spots, rects[seen], view)
    placed: dict[int, QRect] = {}
    taken = np.zeros((view.height(), view.width()), dtype=bool)
    for owner, (x1, y1, x2, y2) in zip(turn[owners[free]].tolist(), spots[free].tolist()):
        if owner not in placed:
            ground = taken[max(0, y1 - view.top()) : y2 - view.top(), max(0, x1 - view.left()) : x2 - view.left()]
            if not ground.any():
                ground[:] = True
                placed[owner] = QRect(x1, y1, x2 - x1, y2 - y1)
    return placed


def place_one(rect: QRect, width: int, height: int, view: QRect, others: Ints = NOTHING) -> QRect:
    """The place of a tag that is always shown. It never covers its own box unless that fills the view: it stands above
    or below, else beside it, first where it covers none of `others` (N,4), x1,y1,x2,y2 of boxes and tags on screen,
    and where there is no such place where it covers the smallest shares of them."""
    right, bottom = view.right() + 1, view.bottom() + 1
    x1, y1, x2, y2 = rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1
    along = max(view.left(), min(x1 - GAP, right - width))
    end = max(view.left(), min(x2 + GAP - width, right - width))
    down = max(view.top(), min(y1, bottom - height))
    foot = max(view.top(), min(y2 - height, bottom - height))
    above, below, after, before = y1 - GAP - height, y2 + GAP, x2 + GAP, x1 - GAP - width
    corners = [(along, above), (along, below), (end, above), (end, below)]
    corners += [(after, down), (before, down), (after, foot), (before, foot)]
    fitting = [
        (x, y, x + width, y + height)
        for x, y in corners
        if view.left() <= x <= right - width and view.top() <= y <= bottom - height
    ]
    if not fitting:
        return QRect(along, max(view.top(), min(y1 + GAP, bottom - height)), width, height)
    x, y, *_ = fitting[int(np.argmin(_covered_shares(np.array(fitting), others)))] if len(others) else fitting[0]
    return QRect(x, y, width, height)


def _covered_shares(spots: Ints, others: Ints) -> NDArray[np.float64]:
    """(S,) the shares of all `others` that each spot covers, added up; a sliver counts as nothing. What a tag lies
    wholly within, such as a box around many, loses little by it."""
    low, high = spots[:, :2].min(axis=0), spots[:, 2:].max(axis=0)
    near = others[(others[:, :2] < high).all(axis=1) & (others[:, 2:] > low).all(axis=1)]
    sides = np.minimum(spots[:, None, 2:], near[None, :, 2:]) - np.maximum(spots[:, None, :2], near[None, :, :2])
    areas = np.maximum((near[:, 2:] - near[:, :2]).prod(axis=1), 1)
    shares = np.clip(sides, 0, None).prod(axis=2) / areas
    return np.asarray(np.where(shares > _COVERED, shares, 0.0).sum(axis=1))


def _all_spots(rects: Ints, sizes: Ints, view: QRect) -> tuple[Ints, Ints]:
    """(S,) which of the (N,4) boxes, (S,4) where its tag might stand, in order of preference: wholly in view, and
    inside the box only where neither above nor below is."""
    right, bottom = view.right() + 1, view.bottom() + 1
    width, height = sizes.T
    x = np.maximum(view.left(), np.minimum(rects[:, 0] - GAP, right - width))
    tops = np.stack(
        (
            rects[:, 1] - GAP - height,
            rects[:, 3] + GAP,
            np.maximum(view.top(), np.minimum(rects[:, 1] + GAP, bottom - height)),
        ),
        axis=1,
    )
    good = (tops >= view.top()) & (tops + height[:, None] <= bottom)
    good[:, 2] = ~good[:, :2].any(axis=1)
    owners, which = np.nonzero(good)
    left, top = x[owners], tops[owners, which]
    return owners, np.stack((left, top, left + width[owners], top + height[owners]), axis=1)


def _in_view(rects: Ints, view: QRect) -> Flags:
    return np.asarray(
        (rects[:, 0] < view.right() + 1)
        & (rects[:, 2] > view.left())
        & (rects[:, 1] < view.bottom() + 1)
        & (rects[:, 3] > view.top())
    )


def _hiding(spots: Ints, boxes: Ints, view: QRect) -> Flags:
    """(S,) for each of (S,4) spots whether it covers more than a sliver of any of (M,4) boxes."""
    if not len(spots):
        return np.zeros(0, dtype=bool)
    largest = int((spots[:, 2:] - spots[:, :2]).prod(axis=1).max())
    # Of a box much larger than any tag no tag can cover more than a sliver.
    small = boxes[(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) * _COVERED < largest]
    hides = _touching(spots, small, view)
    unsure = np.flatnonzero(hides)
    if len(unsure) * len(small) <= _EXACT_PAIRS:
        hides[unsure] = _covering(spots[unsure], small)
    return hides


def _covering(spots: Ints, boxes: Ints) -> Flags:
    tags = spots[:, None]
    sides = np.minimum(tags[..., 2:], boxes[None, :, 2:]) - np.maximum(tags[..., :2], boxes[None, :, :2])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    covered = np.clip(sides, 0, None).prod(axis=2) > _COVERED * np.maximum(areas, 1)
    return np.asarray(covered.any(axis=1))


def _touching(spots: Ints, boxes: Ints, view: QRect) -> Flags:
    """True wherever a spot may meet a box: all are rounded outwards to cells, whose sums are looked up at once."""
    across, down = -(-view.width() // _CELL), -(-view.height() // _CELL)
    limits = (across, down, across, down)
    origin = (view.left(), view.top()) * 2

    def cells(areas: Ints) -> Ints:
        moved = areas - origin
        outwards = np.concatenate((moved[:, :2] // _CELL, -(-moved[:, 2:] // _CELL)), axis=1)
        return np.asarray(np.clip(outwards, 0, limits))

    corners = np.zeros((down + 1, across + 1), dtype=np.int32)
    x1, y1, x2, y2 = cells(boxes).T
    for y, x, sign in ((y1, x1, 1), (y1, x2, -1), (y2, x1, -1), (y2, x2, 1)):
        np.add.at(corners, (y, x), sign)
    filled = (corners.cumsum(axis=0).cumsum(axis=1) > 0)[:down, :across]
    sums = np.zeros((down + 1, across + 1), dtype=np.int32)
    sums[1:, 1:] = filled.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    x1, y1, x2, y2 = cells(spots).T
    return np.asarray(sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1] > 0)
