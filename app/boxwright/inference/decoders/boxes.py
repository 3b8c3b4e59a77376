"""Conventions of box numbers: corners or centre and size, x or y first, pixels or shares of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.inference.decoders.base import cxcywh_to_xyxy
from boxwright.inference.decoders.grid import cells, match_grid

# Of shares of a picture, a box may reach a little beyond the edge.
_SHARE_LIMIT = 2.0
_ENOUGH = 50
# Rounding brings a few sizes of decoded boxes below zero, never many.
_NEGATIVE = 0.05
# A box lies about its cell: half of them nearer to its middle than this many cells.
_NEAR = 1.5

# The columns of x1, y1, x2, y2 or of x, y, width, height.
_Y_FIRST = {"yxyx": "xyxy", "cycxhw": "cxcywh"}


def box_options(sample: Array, default: str, pixels: bool, size: tuple[int, int] | None = None) -> dict[str, Any]:
    """`boxes` and `normalised` for a (…,4) sample; `default`, `pixels` where it tells nothing. `size`: (width, height)
    pixels of the picture it answers, for rows that may follow a grid."""
    rows = np.asarray(sample, dtype=np.float64).reshape(-1, 4)
    values = rows[np.isfinite(rows).all(axis=1) & (np.abs(rows).max(axis=1, initial=0.0) > 0)]
    if not len(values):
        return {"boxes": default, "normalised": not pixels}
    normalised = bool(np.abs(values).max() <= _SHARE_LIMIT)
    # A few boxes can be in corner order by chance, a whole grid cannot.
    if len(values) < _ENOUGH:
        return {"boxes": default, "normalised": normalised}
    told = along_a_grid(rows, size, normalised) if size and not are_offsets(rows, {"boxes": "cxcywh"}) else None
    ordered = float(((values[:, 2] > values[:, 0]) & (values[:, 3] > values[:, 1])).mean())
    return {"boxes": told or ("xyxy" if ordered > 0.98 else "cxcywh"), "normalised": normalised}


def along_a_grid(rows: NDArray[np.floating], size: tuple[int, int], normalised: bool) -> str | None:
    """How (N,4) `rows` are meant when their middles follow the cells of a grid, one or three to a cell, in one reading
    and in no other; None when they do not. Tells x from y, which the numbers of a single box cannot."""
    width, height = size
    grid = match_grid(len(rows), width, height)
    if grid is None or not np.isfinite(rows).all():
        return None
    strides, anchors = grid
    scaled = {False: rows * (np.array((width, height) * 2) if normalised else 1.0)}
    scaled[True] = rows * (np.array((height, width) * 2) if normalised else 1.0)
    found: dict[str, float] = {}
    for kind in ("xyxy", "yxyx", "cxcywh", "cycxhw"):
        values = scaled[kind in _Y_FIRST]
        plain = _Y_FIRST.get(kind, kind)
        middles = (values[:, :2] + values[:, 2:]) / 2 if plain == "xyxy" else values[:, :2]
        middles = middles[:, ::-1] if kind in _Y_FIRST else middles
        sensible = (values[:, 2:] - (values[:, :2] if plain == "xyxy" else 0.0) >= 0).mean() > 1 - _NEGATIVE
        if sensible:
            found[kind] = min(_distance(middles, each) for each in _orders(width, height, strides, anchors))
    best = sorted(found, key=lambda kind: found[kind])
    if not best or found[best[0]] > _NEAR or (len(best) > 1 and found[best[1]] < 2 * found[best[0]]):
        return None
    return best[0]


def _orders(width: int, height: int, strides: tuple[int, ...], anchors: int) -> list[NDArray[np.float64]]:
    """(N,3) middles of the cells and strides, fine or coarse level first, anchors innermost or outermost."""
    result = []
    for order in (strides, strides[::-1]):
        grid = cells(width, height, order, 0.5).astype(np.float64)
        grid = np.concatenate([grid[:, :2] * grid[:, 2:], grid[:, 2:]], axis=1)
        result.append(np.repeat(grid, anchors, axis=0))
        if anchors > 1:
            result.append(np.concatenate([np.tile(grid[grid[:, 2] == s], (anchors, 1)) for s in order]))
    return result


def _distance(middles: NDArray[np.float64], grid: NDArray[np.float64]) -> float:
    """Of half the middles from their cells, in cells, the worse of both directions."""
    return float(np.median(np.abs(middles - grid[:, :2]) / grid[:, 2:], axis=0).max())


def are_offsets(sample: Array, options: Mapping[str, Any]) -> bool:
    """True for sizes below zero in a (N,4) sample that `box_options` took for centres and sizes: offsets from anchors
    that the file does not hold."""
    sizes = np.asarray(sample)[:, 2:]
    return options["boxes"] == "cxcywh" and len(sizes) > 0 and bool((sizes < 0).mean() > _NEGATIVE)


def to_input_pixels(boxes: NDArray[np.floating], options: Mapping[str, Any], spec: InputSpec) -> NDArray[np.float32]:
    """(N,4) as `options` mean them to xyxy pixels of the input tensor."""
    kind = options.get("boxes", "xyxy")
    numbers = np.asarray(boxes, dtype=np.float32)
    if kind in _Y_FIRST:
        numbers, kind = numbers[:, [1, 0, 3, 2]], _Y_FIRST[kind]
    if kind == "cxcywh":
        numbers = cxcywh_to_xyxy(numbers)
    elif kind == "xywh":
        numbers = np.concatenate([numbers[:, :2], numbers[:, :2] + numbers[:, 2:]], axis=1)
    if options.get("normalised", False):
        numbers = numbers * np.array((spec.width, spec.height) * 2, dtype=np.float32)
    return numbers
