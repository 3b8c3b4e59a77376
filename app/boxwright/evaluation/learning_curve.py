"""Learning curve: AP by the number of labelled images, where more of them stop paying, and what is not known of both.

The curve is the power law that learning curves of detectors and classifiers follow (Hestness et al. 2017, "Deep
Learning Scaling is Predictable, Empirically"): `ap = a - b * n^-c`. The uncertainty comes from fitting many perturbed
copies of the points, each towards an exponent drawn from what such curves have had elsewhere ("randomise, then
optimise", Bardsley et al. 2014), so that few points give a wide band and not a wrong line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FITS = 400
GRID = 64
BAND = (5.0, 50.0, 95.0)
# What AP differs by between two trainings on as many other images, at least.
NOISE = 0.015
# Exponents of published curves lie about 0.5, most of them within a factor of two.
EXPONENT, SPREAD = 0.5, 0.7
_EXPONENTS = np.geomspace(0.05, 3.0, 48)


@dataclass(frozen=True, eq=False)
class CurveFit:
    """Fitted learning curve with its uncertainty.

    `grid`: labelled images, (64,) ascending. `low`, `middle`, `high`: AP there, 0..1, the 5, 50 and 95 % points of
    what the curve may be. `plateau`: the 5, 50 and 95 % points of the number of labelled images from which another step
    is expected to gain less than `gain`; `total` means: not within the pool. None while it cannot be told.
    """

    grid: Floats
    low: Floats
    middle: Floats
    high: Floats
    plateau: tuple[float, float, float] | None


def fit_curve(
    images: NDArray[np.floating],
    ap: NDArray[np.floating],
    total: int,
    step: int,
    gain: float = 0.01,
    seed: int = 0,
) -> CurveFit | None:
    """images, ap: (N,) labelled images (> 0) and the AP (0..1) of a detector trained on them. `total`: images in the
    pool; `step`: images of a batch. None with points at fewer than two numbers of images; with fewer than three points
    there is no plateau. The same points and seed give the same fit."""
    usable = np.isfinite(images) & np.isfinite(ap) & (np.asarray(images) > 0)
    x, y = np.asarray(images, np.float64)[usable], np.clip(np.asarray(ap, np.float64)[usable], 0.0, 1.0)
    if len(np.unique(x)) < 2:
        return None
    rng = np.random.default_rng(seed)
    perturbed = y + rng.normal(0.0, _noise(x, y), (FITS, len(y)))
    laws = _fitted(x, perturbed, np.log(EXPONENT) + SPREAD * rng.normal(size=FITS))
    end = max(float(total), float(x.max()))
    grid = np.linspace(float(x.min()), end, GRID)
    low, middle, high = np.percentile(_values(laws, grid), BAND, axis=0)
    plateau = _plateau(laws, float(x.min()), end, step, gain) if len(x) >= 3 else None
    return CurveFit(grid, low, middle, high, plateau)


def _noise(x: Floats, y: Floats) -> float:
    """Standard deviation of the points about their best law, never below `NOISE`."""
    if len(x) <= 3:
        return NOISE
    law = _fitted(x, y[None], np.array([np.log(EXPONENT)]))
    rest = float(np.square(_values(law, x)[0] - y).sum())
    return max(NOISE, float(np.sqrt(rest / (len(x) - 3))))


def _fitted(x: Floats, ys: Floats, wanted: Floats) -> Floats:
    """(F,3) a, b, c for each row of `ys` (F,N): least squares in units of `NOISE` plus the distance of log c from
    `wanted` (F,) in units of `SPREAD`, with 0 <= a <= 1, b >= 0. For each exponent the best a and b are known."""
    best = np.full(len(ys), np.inf)
    laws = np.zeros((len(ys), 3))
    scale = float(x.min())
    for exponent in _EXPONENTS:
        # Of n in units of the fewest images, so that b is what the first point lacks and not a huge number.
        basis = (x / scale) ** -exponent
        a, b = _levels(basis, ys)
        misfit = np.square(a[:, None] - b[:, None] * basis - ys).sum(1) / NOISE**2
        cost = misfit + np.square((np.log(exponent) - wanted) / SPREAD)
        better = cost < best
        best[better] = cost[better]
        laws[better] = np.stack((a, b * scale**exponent, np.full_like(a, exponent)), 1)[better]
    return laws


def _levels(basis: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """Best a in 0..1 and b >= 0, (F,) each, of `a - b * basis` for each row of `ys`."""
    centred = basis - basis.mean()
    b = np.maximum(0.0, -(ys @ centred) / np.square(centred).sum())
    a = ys.mean(1) + b * basis.mean()
    # At a bound of a the best b is another one.
    bounded = np.clip(a, 0.0, 1.0)
    outside = bounded != a
    again = np.maximum(0.0, ((bounded[:, None] - ys) @ basis) / np.square(basis).sum())
    return bounded, np.where(outside, again, b)


def _values(laws: Floats, images: Floats) -> Floats:
    """(F,M) AP at `images` (M,), 0..1."""
    a, b, c = laws.T[:, :, None]
    return np.asarray(np.clip(a - b * images[None] ** -c, 0.0, 1.0))


def _plateau(laws: Floats, start: float, end: float, step: int, gain: float) -> tuple[float, float, float]:
    """What a step gains falls with every image, so the last number where it is worth it is found by halving."""
    _, b, c = laws.T
    low, high = np.full(len(laws), start), np.full(len(laws), end)
    for _ in range(40):
        half = (low + high) / 2
        worth = b * (half**-c - (half + step) ** -c) >= gain
        low, high = np.where(worth, half, low), np.where(worth, high, half)
    first, middle, last = np.percentile(high, BAND)
    return float(first), float(middle), float(last)
