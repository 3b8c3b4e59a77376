"""Learning curves as points joined by straight lines: mean height over a stretch, and where a height is reached."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean_height(x: Floats, y: Floats, low: float, high: float) -> float:
    """The area under the curve between `low` and `high` divided by their distance. x: (N,) ascending, y: (N,); both
    ends lie within `x`. At one point, where `low` is `high`, its height."""
    if high <= low:
        return float(np.interp(low, x, y))
    inner = x[(x > low) & (x < high)]
    grid = np.concatenate(([low], inner, [high]))
    return float(np.trapezoid(np.interp(grid, x, y), grid) / (high - low))


def reached_at(x: Floats, y: Floats, height: float) -> float | None:
    """The first place where the curve is at `height` or above; None where it never is."""
    above = np.flatnonzero(y >= height)
    if not len(above):
        return None
    first = int(above[0])
    if first == 0:
        return float(x[0])
    share = (height - y[first - 1]) / (y[first] - y[first - 1])
    return float(x[first - 1] + share * (x[first] - x[first - 1]))
