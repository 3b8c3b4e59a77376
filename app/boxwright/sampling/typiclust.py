"""TypiClust picks: groups by k-means, and of each group the image that lies where it is densest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.sampling.drawing import Indices, random_draw
from boxwright.sampling.features import Rows
from boxwright.sampling.kmeanspp import spread_picks

MOST_GROUPS = 500
NEIGHBOURS = 20
SMALLEST_GROUP = 5
# Rows that the groups are learnt from, passes over them, and members of a group whose typicality is compared.
_LEARNT_FROM, _PASSES, _COMPARED = 5_000, 6, 1_000
# Distances are added up as whole sixteenths.
_STEPS = 16


def typical_picks(rows: Rows, labeled: Rows, count: int, rng: np.random.Generator) -> Indices:
    """Up to `count` of the (N,D) `rows`, each at most once, in the order they were picked.

    The rule of Hacohen, Dekel and Weinshall, "Active Learning on a Budget: Opposite Strategies Suit High and Low
    Budgets" (ICML 2022): rows are divided into as many groups as there are labelled images and wanted ones together,
    at most `MOST_GROUPS`; turn by turn the group with the fewest labelled or picked ones, of these the largest, gives
    its most typical member, that with the smallest mean distance to its `NEIGHBOURS` nearest in the group. Groups under
    `SMALLEST_GROUP` come last. A group of more than 1,000 is judged by 1,000 of it, drawn at random.
    """
    count = min(count, len(rows))
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    centres = _centres(rows, min(len(labeled) + count, MOST_GROUPS, len(rows)), rng)
    group_of = _assigned(rows, centres)
    sizes = np.bincount(group_of, minlength=len(centres))
    covered = np.bincount(_assigned(labeled, centres), minlength=len(centres))
    order = [_by_typicality(rows, np.flatnonzero(group_of == group), rng) for group in range(len(centres))]
    return _in_turn(order, sizes, covered, count)


def _in_turn(order: list[Indices], sizes: NDArray[np.int64], covered: NDArray[np.int64], count: int) -> Indices:
    """Every member of a group has a turn: how many were covered or picked in the group before it. Lower turns first,
    whole groups before tiny ones, larger groups before smaller ones."""
    members = np.concatenate(order)
    groups = np.repeat(np.arange(len(order)), [len(part) for part in order])
    turns = np.concatenate([np.arange(len(part)) for part in order]) + covered[groups]
    first = np.lexsort((groups, -sizes[groups], turns, sizes[groups] < SMALLEST_GROUP))
    return np.asarray(members[first[:count]], dtype=np.int64)


def _centres(rows: Rows, groups: int, rng: np.random.Generator) -> Rows:
    """(G,D) float32, whole numbers, G <= `groups`: k-means on at most `_LEARNT_FROM` of the rows, seeded by
    `spread_picks`, so that there are no more groups than rows unlike each other. A group that loses all its members
    keeps its centre."""
    sample = rows[random_draw(np.arange(len(rows)), _LEARNT_FROM, rng)]
    centres = sample[spread_picks(sample, np.ones(len(sample)), sample[:0], groups, rng)]
    groups = len(centres)
    for _ in range(_PASSES):
        group_of = _assigned(sample, centres)
        order = np.argsort(group_of, kind="stable")
        sizes = np.bincount(group_of, minlength=groups)
        filled = np.flatnonzero(sizes)
        starts = (np.cumsum(sizes) - sizes)[filled]
        sums = np.add.reduceat(sample[order].astype(np.float64), starts, axis=0)
        moved = centres.copy()
        moved[filled] = np.round(sums / sizes[filled, None])
        if (moved == centres).all():
            break
        centres = moved
    return centres


def _assigned(rows: Rows, centres: Rows) -> NDArray[np.int64]:
    """(N,) the nearest centre of each row, the first of equally near ones."""
    norms = np.einsum("ij,ij->i", centres, centres)
    nearest = np.empty(len(rows), dtype=np.int64)
    for start in range(0, len(rows), 4096):
        nearest[start : start + 4096] = (norms - 2 * (rows[start : start + 4096] @ centres.T)).argmin(axis=1)
    return nearest


def _by_typicality(rows: Rows, members: Indices, rng: np.random.Generator) -> Indices:
    """The members of one group, the most typical first; those beyond `_COMPARED` at the end."""
    compared = members
    if len(members) > _COMPARED:
        members = random_draw(members, len(members), rng)
        compared = members[:_COMPARED]
    if len(compared) < 2:
        return members
    mine = rows[compared]
    norms = np.einsum("ij,ij->i", mine, mine)
    squares = np.maximum(norms[:, None] + norms - 2 * (mine @ mine.T), 0)
    near = min(NEIGHBOURS, len(compared) - 1) + 1
    # The nearest of all is the row itself, at 0.
    closest = np.sqrt(np.partition(squares, near - 1, axis=1)[:, :near].astype(np.float64))
    spread = np.round(closest * _STEPS).astype(np.int64).sum(axis=1)
    return np.concatenate((compared[np.argsort(spread, kind="stable")], members[len(compared) :]))
