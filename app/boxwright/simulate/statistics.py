"""Statistics of paired differences over a few seeds: an interval, a test, and a correction for many tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 10_000
INTERVAL = (2.5, 97.5)
# Up to so many differences every assignment of signs is counted; beyond, the normal law is near enough.
_COUNTED = 40


def bootstrap_interval(values: Floats, seed: int = 0) -> tuple[float, float] | None:
    """95 % percentile interval of the mean of (N,) `values` (Efron 1979); None for fewer than two. Of few values it is
    a little too narrow."""
    if len(values) < 2:
        return None
    rng = np.random.Generator(np.random.PCG64(seed))
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(1)
    low, high = np.percentile(means, INTERVAL)
    return float(low), float(high)


def wilcoxon(differences: Floats) -> float:
    """Two-sided p of the signed-rank test (Wilcoxon 1945) that (N,) paired differences lie about zero; 1 when there is
    none. Zeros are left out, equal ones share their ranks, and the distribution given these ranks is exact up to
    `_COUNTED` differences. Five differences cannot come below 0.0625, six below 0.03125."""
    values = differences[differences != 0]
    if not len(values):
        return 1.0
    # Twice the ranks: those that are shared by two become whole numbers.
    ranks = _double_ranks(np.abs(values))
    positive = int(ranks[values > 0].sum())
    smaller = min(positive, int(ranks.sum()) - positive)
    if len(values) > _COUNTED:
        mean, deviation = ranks.sum() / 2, math.sqrt(float((ranks.astype(np.float64) ** 2).sum()) / 4)
        return min(1.0, math.erfc((mean - smaller) / deviation / math.sqrt(2)))
    ways = np.zeros(int(ranks.sum()) + 1)
    ways[0] = 1
    for rank in ranks.tolist():
        ways[rank:] = ways[rank:] + ways[: len(ways) - rank]
    return float(min(1.0, 2 * ways[: smaller + 1].sum() / 2.0 ** len(values)))


def holm(values: Sequence[float]) -> list[float]:
    """p values corrected for being so many (Holm 1979), in their order."""
    corrected, worst = [0.0] * len(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        worst = max(worst, min(1.0, (len(values) - place) * values[index]))
        corrected[index] = worst
    return corrected


def _double_ranks(sizes: Floats) -> NDArray[np.int64]:
    """(N,) twice the rank of each, from 2; equal ones get the mean of theirs."""
    _, inverse, counts = np.unique(sizes, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((2 * last - counts + 1)[inverse], dtype=np.int64)
