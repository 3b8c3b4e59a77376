"""Percentile bootstrap over images: bounds of a figure.

After Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Fewer images say nothing about how much they vary.
FEWEST = 10
# Bounds of 95 %.
_LOW, _HIGH = 2.5, 97.5


def bootstrap_interval(
    count: int, figure: Callable[[NDArray[np.int64]], float | None], samples: int, seed: int = 0
) -> tuple[float, float] | None:
    """The bounds (low, high) of 95 % for a figure of `count` images: of its values over `samples` draws of `count` of
    them with repeats. `figure` gets indices (count,) int64, and gives None where those images have no such figure. None
    with fewer than `FEWEST` images, or when half of the draws have none."""
    if count < FEWEST:
        return None
    rng = np.random.Generator(np.random.PCG64(seed))
    values = [value for _ in range(samples) if (value := figure(rng.integers(0, count, count))) is not None]
    if len(values) < samples / 2:
        return None
    low, high = np.percentile(values, [_LOW, _HIGH])
    return float(low), float(high)
