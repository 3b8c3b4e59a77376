"""Typical images: which group has its turn, and which of its members lies where it is densest."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.sampling import typiclust
from boxwright.sampling.kmeanspp import _most_spread_out
from boxwright.sampling.typiclust import NEIGHBOURS, SMALLEST_GROUP, typical_picks


def generator() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(3))


def groups(*sizes: int) -> np.ndarray:
    """Rows of near copies, group by group, each group along an axis of its own."""
    rows = np.zeros((sum(sizes), len(sizes)), np.float32)
    rows[np.arange(len(rows)), np.repeat(np.arange(len(sizes)), sizes)] = 2048
    return np.asarray(rows + np.random.default_rng(0).integers(0, 3, rows.shape), np.float32)


def picked_groups(sizes: tuple[int, ...], count: int, labeled: np.ndarray | None = None) -> list[int]:
    rows = groups(*sizes)
    own = np.repeat(np.arange(len(sizes)), sizes)
    picks = typical_picks(rows, rows[:0] if labeled is None else labeled, count, generator())
    return own[picks].tolist()


def by_definition(rows: np.ndarray) -> list[int]:
    """Numbers of the rows, the smallest sum of the distances to their nearest first."""
    apart = np.sqrt(((rows[:, None].astype(float) - rows) ** 2).sum(axis=2))
    sums = [sum(sorted(round(16 * d) for d in line)[: NEIGHBOURS + 1]) for line in apart]
    return sorted(range(len(rows)), key=lambda i: (sums[i], i))


def test_the_largest_group_comes_first() -> None:
    assert picked_groups((10, 30, 20), 3) == [1, 2, 0]
    assert picked_groups((10, 30, 20), 5) == [1, 2, 0, 1, 2]


def test_a_group_with_a_labelled_image_waits_for_its_turn() -> None:
    labeled = groups(10, 30, 20)[10:11]
    assert picked_groups((10, 30, 20), 4, labeled) == [2, 0, 1, 2]


def test_a_tiny_group_comes_last() -> None:
    assert picked_groups((30, SMALLEST_GROUP, SMALLEST_GROUP - 1), 3) == [0, 1, 0]


@pytest.mark.parametrize("count", [3, NEIGHBOURS, 45])
def test_the_most_typical_of_a_group_has_the_nearest_neighbours(count: int) -> None:
    rows = np.random.default_rng(count).integers(0, 9, (count, 2)).astype(np.float32)
    assert typical_picks(rows, rows[:0], 1, generator()).tolist() == by_definition(rows)[:1]


def test_there_are_no_more_groups_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typiclust, "MOST_GROUPS", 1)
    rows = np.random.default_rng(1).integers(0, 2000, (40, 3)).astype(np.float32)
    assert typical_picks(rows, rows[:0], 6, generator()).tolist() == by_definition(rows)[:6]


def test_every_member_of_a_large_group_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typiclust, "MOST_GROUPS", 1)
    monkeypatch.setattr(typiclust, "_COMPARED", 10)
    rows = np.random.default_rng(1).integers(0, 2000, (40, 3)).astype(np.float32)
    picks = typical_picks(rows, rows[:0], 40, generator())
    assert sorted(picks.tolist()) == list(range(40))
    compared = np.sort(picks[:10])
    assert picks[:10].tolist() == compared[by_definition(rows[compared])].tolist()


def test_a_group_is_represented_by_its_mean() -> None:
    rng = np.random.default_rng(5)
    near, far = rng.integers(0, 300, (30, 2)), rng.integers(1500, 1800, (50, 2))
    rows = np.asarray(np.concatenate((near, far)), np.float32)
    centres = typiclust._centres(rows, 2, generator())
    assert sorted(centres.tolist()) == [np.round(part.mean(axis=0)).tolist() for part in (near, far)]


def test_rows_are_divided_along_the_coordinate_that_varies_most_however_far_off_another_lies() -> None:
    rng = np.random.default_rng(0)
    rows = np.stack([rng.integers(1990, 2010, 200), rng.integers(-60, 60, 200), rng.integers(-9, 9, 200)], axis=1)
    assert _most_spread_out(rows.astype(np.float32)) == 1
    assert _most_spread_out(rows[:, [2, 0, 1]].astype(np.float32)) == 2
