"""Seeded drawing: the exact values here are a promise to every machine."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boxwright.sampling.drawing import most_uncertain, random_draw, random_keys, random_part, without


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_the_stream_of_a_seed_never_changes() -> None:
    assert random_keys(generator(2024), 2).tolist() == [12466887728733407976, 3953565242300289241]
    assert random_draw(np.arange(10), 5, generator(2024)).tolist() == [4, 3, 0, 8, 2]
    tied = np.array([1, 3, 3, 2, 3, 0, 3, 1.0])
    assert most_uncertain(np.arange(8), tied, 6, generator(10)).tolist() == [2, 6, 4, 1, 3, 0]


def test_equal_scores_are_drawn_in_random_order_not_by_id() -> None:
    flat = np.zeros(50)
    first = most_uncertain(np.arange(50), flat, 10, generator(1))
    second = most_uncertain(np.arange(50), flat, 10, generator(2))
    assert first.tolist() != second.tolist()
    assert first.tolist() != sorted(first.tolist())


def test_differences_under_the_resolution_are_ties() -> None:
    nearly = 0.5 + np.arange(50, dtype=np.float64) * 1e-12
    assert (
        most_uncertain(np.arange(50), nearly, 10, generator(1)).tolist()
        == most_uncertain(np.arange(50), nearly[::-1].copy(), 10, generator(1)).tolist()
    )


@given(st.lists(st.floats(0, 400), max_size=60), st.integers(0, 70), st.integers(0, 2**32))
def test_most_uncertain_takes_the_largest(values: list[float], count: int, seed: int) -> None:
    scores = np.array(values, dtype=np.float64)
    taken = most_uncertain(np.arange(len(scores)), scores, count, generator(seed))
    assert len(set(taken.tolist())) == len(taken) == min(count, len(scores))
    left = without(np.arange(len(scores)), taken, len(scores))
    chosen = scores[taken]
    assert (np.diff(chosen) <= 2e-6).all()
    if len(taken) and len(left):
        assert chosen.min() >= scores[left].max() - 2e-6


@given(st.integers(0, 60), st.integers(0, 70), st.integers(0, 2**32))
def test_random_draw_has_no_repeats(pool: int, count: int, seed: int) -> None:
    drawn = random_draw(np.arange(pool), count, generator(seed))
    assert len(set(drawn.tolist())) == len(drawn) == min(count, pool)


def test_random_draw_is_uniform() -> None:
    """Over 4,000 draws of 3 of 12, each comes up 1,000 times; the bound is five standard deviations."""
    rng = generator(11)
    counts = np.bincount(np.concatenate([random_draw(np.arange(12), 3, rng) for _ in range(4000)]), minlength=12)
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(4000 * 0.25 * 0.75)


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_share_in_percent_is_exact_and_never_rounded_to_nothing(count: int, percent: int) -> None:
    wanted = count * percent // 100
    assert random_part(count, percent / 100) == (max(1, wanted) if percent and count > 1 else wanted)
