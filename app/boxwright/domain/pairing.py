"""Matching of boxes: which box of one source is the same object as which box of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import iou_matrix

MATCHED = 0.5
"""Below this IoU a box is not the true one moved: to delete it and draw another is no more work."""

WELL_PLACED = 0.75
"""Below this IoU, which is off by about a seventh of each side's length, a person takes the trouble to move an edge."""

Pair = tuple[int, int]


def match(
    true_boxes: NDArray[np.floating],
    true_labels: NDArray[np.integer],
    boxes: NDArray[np.floating],
    labels: NDArray[np.integer],
) -> tuple[list[Pair], list[Pair]]:
    """(true, found) places of boxes that are one object, those of one class and those of two: best IoU first, from
    `MATCHED` up, those of one class before those of two. true_boxes: (N,4), boxes: (M,4), both xyxy pixels;
    labels: (N,) and (M,) of one numbering."""
    overlaps = iou_matrix(true_boxes, boxes)
    same = np.asarray(true_labels)[:, None] == np.asarray(labels)[None, :]
    right = _pairs(np.where(same, overlaps, 0.0))
    for row, column in right:
        overlaps[row, :] = overlaps[:, column] = -1.0
    return right, _pairs(np.where(same, 0.0, overlaps))


def _pairs(overlaps: NDArray[np.float64]) -> list[tuple[int, int]]:
    """(row, column) matched one to one, greedily, best first; equal ones in their order."""
    rows, columns = np.nonzero(overlaps >= MATCHED)
    order = np.argsort(-overlaps[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for row, column in zip(rows[order].tolist(), columns[order].tolist()):
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
            pairs.append((row, column))
    return pairs
