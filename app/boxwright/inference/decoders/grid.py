"""Grids of a detector's feature maps: how many cells, and where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# A single stride is left out: a hundred kept boxes look like the hundred cells of a small input.
_STRIDES = ((8, 16, 32), (8, 16, 32, 64), (16, 32), (4, 8, 16, 32), (8, 16, 32, 64, 128), (8, 16))


def cell_count(width: int, height: int, stride: int) -> int:
    """Cells of one level for an input of `width` x `height` pixels."""
    return math.ceil(width / stride) * math.ceil(height / stride)


def match_grid(rows: int, width: int, height: int) -> tuple[tuple[int, ...], int] | None:
    """The strides and the number of anchors per cell that make `rows` predictions, None when none fits."""
    for anchors in (1, 3):
        for strides in _STRIDES:
            if rows == anchors * sum(cell_count(width, height, s) for s in strides):
                return strides, anchors
    return None


@lru_cache(maxsize=16)
def cells(
    width: int, height: int, strides: Sequence[int], offset: float = 0.0, anchors: int = 1
) -> NDArray[np.float32]:
    """(N,3) float32: x and y of each cell in cells (`offset` 0.5 is its centre), and its stride in pixels.

    Level by level, row by row, each cell `anchors` times. The result is shared: do not write to it.
    """
    levels = []
    for stride in strides:
        y, x = np.mgrid[0 : math.ceil(height / stride), 0 : math.ceil(width / stride)]
        levels.append(np.stack([x.ravel() + offset, y.ravel() + offset, np.full(x.size, stride)], axis=1))
    result = np.repeat(np.concatenate(levels).astype(np.float32), anchors, axis=0)
    result.setflags(write=False)
    return result
