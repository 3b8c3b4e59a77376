"""Boxes around masks that COCO stores as runs of pixels."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

_LARGEST = 100_000_000
_MOST_RUNS = 5_000_000


def mask_bounds(value: Any) -> tuple[float, float, float, float] | None:
    """x1, y1, x2, y2 as edges of the mask `value`: an object with `size` (height, width) and `counts`, the lengths of
    runs in columns, first of those outside; as numbers, or in the letters that pycocotools packs them in. None where it
    is no such mask, or empty."""
    size, counts = (value.get("size"), value.get("counts")) if isinstance(value, dict) else (None, None)
    if (
        not isinstance(size, list)
        or len(size) != 2
        or not all(type(side) is int and 0 < side < _LARGEST for side in size)
    ):
        return None
    runs = _unpacked(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or len(runs) > _MOST_RUNS or not all(type(run) is int and run >= 0 for run in runs):
        return None
    height, width = size
    ends = list(accumulate(runs))
    if not ends or ends[-1] > height * width:
        return None
    found = [(ends[k - 1], ends[k] - 1) for k in range(1, len(ends), 2) if ends[k] > ends[k - 1]]
    if not found:
        return None
    whole = any(start // height != end // height for start, end in found)
    top = 0 if whole else min(start % height for start, _ in found)
    bottom = height if whole else max(end % height for _, end in found) + 1
    return found[0][0] // height, top, found[-1][1] // height + 1, bottom


def _unpacked(text: str) -> list[int] | None:
    """Five bits a letter, the lowest first, a sixth says that more follow; from the fourth on, what a run differs by
    from the one two before."""
    runs: list[int] = []
    value = shift = 0
    for letter in text.encode("ascii", errors="replace"):
        bits = letter - 48
        if not 0 <= bits < 64 or shift > 60 or len(runs) > _MOST_RUNS:
            return None
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value = shift = 0
    return runs if shift == 0 else None
