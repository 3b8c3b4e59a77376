"""Weighted k-means++ in cells of similar rows: picks that are doubted and unlike each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.sampling.drawing import Indices
from boxwright.sampling.features import LENGTH, Rows

# Rows nearer than this are taken for the same picture: a cosine of 0.95 between what the detector sees on both. With
# yolox_nano the median copy that was blurred lies below 0.1 on three sets, the one saved anew at quality 40 on two of
# them (0.26 on blood cells), the one cropped by 3 % on one (0.13 and 0.21 on the others). Of different images, one in
# twenty has a neighbour nearer than 0.1 (cards), 0.25 (blood cells) or 0.27 (aquarium): a wider cut would take those.
NEAR = round(0.1 * LENGTH**2)
# Rows of a cell: few enough to stay in a processor's cache, which is what a draw of thousands needs.
CELL = 1024
_WEIGHT_STEPS = 1000


def spread_picks(
    rows: Rows, scores: NDArray[np.float64], labeled: Rows, count: int, rng: np.random.Generator
) -> Indices:
    """Up to `count` of the (N,D) `rows`, each at most once: fewer only when all others are near a picked row or one of
    the (L,D) `labeled` rows.

    The next row is drawn with a chance proportional to `u_i * d_i**2`, `u_i` being its score (N,) and `d_i` the
    distance to the nearest row that is picked or labelled: the seeding of Arthur and Vassilvitskii, "k-means++: The
    Advantages of Careful Seeding" (SODA 2007), weighted by what is to be learnt as in Zhdanov, "Diverse mini-batch
    Active Learning" (2019). Where `d_i**2 < NEAR` the chance is 0. More than `CELL` rows are first divided into cells
    at the median of their most spread-out coordinate, as in a k-d tree, and each cell gives its part: the time grows
    with N log N rather than with N times `count`. All of it is arithmetic on whole numbers.
    """
    steps = np.round(np.minimum(scores, LENGTH) * _WEIGHT_STEPS).astype(np.int64) + 1
    places = np.arange(len(rows))
    return _in_cells(rows, steps, labeled, places, min(count, len(rows)), rng)


def _in_cells(
    rows: Rows, steps: NDArray[np.int64], labeled: Rows, places: Indices, count: int, rng: np.random.Generator
) -> Indices:
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    if len(places) <= CELL:
        return places[_seeded(rows[places], steps[places], labeled, count, rng)]
    axis = _most_spread_out(rows[places[:: len(places) // CELL]])
    line = rows[places, axis]
    order = np.argsort(line, kind="stable")
    middle = len(order) // 2
    bound = line[order[middle]]
    low = round(count * middle / len(order))
    near_low = labeled[:, axis] < bound
    parts = ((order[:middle], labeled[near_low], low), (order[middle:], labeled[~near_low], count - low))
    return np.concatenate([_in_cells(rows, steps, near, places[part], k, rng) for part, near, k in parts])


def _most_spread_out(rows: Rows) -> int:
    """The coordinate of largest variance, the first of equal ones: of `CELL` rows or a few more, spread over a part,
    which is plenty to tell it, so that no sum leaves the whole numbers that float64 holds."""
    whole = rows.astype(np.float64)
    return int((len(whole) * np.einsum("ij,ij->j", whole, whole) - whole.sum(axis=0) ** 2).argmax())


def _seeded(rows: Rows, steps: NDArray[np.int64], labeled: Rows, count: int, rng: np.random.Generator) -> Indices:
    nearest = _nearest(rows, labeled)
    norms = np.einsum("ij,ij->i", rows, rows)
    # Below 2**11 * 1000 * 2**24 * CELL: no sum overflows.
    weights = np.where(nearest < NEAR, 0, nearest).astype(np.int64) * steps
    picks: list[int] = []
    while len(picks) < count:
        shares = np.cumsum(weights)
        total = int(shares[-1])
        if total == 0:
            break
        drawn = (int(rng.bit_generator.random_raw()) * total) >> 64
        pick = int(np.searchsorted(shares, drawn, side="right"))
        picks.append(pick)
        to_pick = norms - 2 * (rows @ rows[pick]) + norms[pick]
        to_pick[pick] = 0
        nearer = np.flatnonzero(to_pick < nearest)
        nearest[nearer] = found = to_pick[nearer]
        weights[nearer] = np.where(found < NEAR, 0, found).astype(np.int64) * steps[nearer]
    return np.array(picks, dtype=np.int64)


def _nearest(rows: Rows, centres: Rows) -> NDArray[np.float32]:
    """(N,) squared distance to the nearest of (L,D) centres; without any, that of opposite rows for all."""
    if not len(centres):
        return np.full(len(rows), 4 * LENGTH**2, dtype=np.float32)
    nearest = np.full(len(rows), np.inf, dtype=np.float32)
    norms = np.einsum("ij,ij->i", rows, rows)
    for start in range(0, len(centres), CELL):
        block = centres[start : start + CELL]
        squares = np.einsum("ij,ij->i", block, block)
        nearest = np.minimum(nearest, norms + (squares - 2 * (rows @ block.T)).min(axis=1))
    return nearest
