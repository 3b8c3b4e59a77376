"""Intervals and tests, against published tables and against counting by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.simulate.statistics import bootstrap_interval, holm, wilcoxon


def with_sum(count: int, smaller: int) -> np.ndarray:
    """Differences 1..count whose negative ranks add up to `smaller`."""
    signs, left = np.ones(count), smaller
    for rank in range(count, 0, -1):
        if rank <= left:
            signs[rank - 1], left = -1, left - rank
    assert left == 0
    return signs * np.arange(1, count + 1)


# Largest sums that are significant at 5 %, two-sided (Wilcoxon & Wilcox 1964), for 6 to 25 pairs.
TABLE = {6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 11: 10, 12: 13, 13: 17, 14: 21, 15: 25, 16: 29, 17: 34, 18: 40, 19: 46, 20: 52,
         21: 58, 22: 65, 23: 73, 24: 81, 25: 89}  # fmt: skip


@pytest.mark.parametrize(("count", "critical"), TABLE.items())
def test_the_signed_rank_test_agrees_with_the_published_table(count: int, critical: int) -> None:
    # The table's last entries were rounded from the normal law: it is at most one rank away from the exact ones.
    assert wilcoxon(with_sum(count, critical)) <= 0.0501
    assert wilcoxon(with_sum(count, critical + 1 + (count > 20))) > 0.05


def test_ten_pairs_have_the_published_probability() -> None:
    assert wilcoxon(with_sum(10, 8)) == pytest.approx(0.0488, abs=5e-5)
    assert wilcoxon(with_sum(6, 0)) == pytest.approx(0.03125)
    assert wilcoxon(np.arange(1.0, 6)) == pytest.approx(0.0625)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_ties_and_zeros_are_counted_as_by_hand(values: list[int]) -> None:
    numbers = np.array([v for v in values if v], float)
    if not len(numbers):
        assert wilcoxon(np.array(values, float)) == 1.0
        return
    sizes = np.abs(numbers)
    ranks = np.array([(sizes < s).sum() + ((sizes == s).sum() + 1) / 2 for s in sizes])
    mine = min(ranks[numbers > 0].sum(), ranks[numbers < 0].sum())
    every = [ranks[np.array(signs)].sum() for signs in product((True, False), repeat=len(numbers))]
    expected = min(1.0, 2 * sum(total <= mine for total in every) / len(every))
    assert wilcoxon(np.array(values, float)) == pytest.approx(expected)


def test_many_pairs_go_over_into_the_normal_law() -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        values = rng.normal(0.2, 1.0, 40)
        exact, normal = wilcoxon(values), wilcoxon(np.append(values, values.mean() * 1e-6))
        assert exact == pytest.approx(normal, abs=0.02)


def test_holm_agrees_with_an_example_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_the_interval_covers_the_mean_and_says_the_same_again() -> None:
    values = np.random.default_rng(0).normal(1.0, 0.5, 12)
    found = bootstrap_interval(values)
    assert found is not None
    assert found == bootstrap_interval(values)
    low, high = found
    # Of twelve values the interval of the mean is about two standard errors to either side.
    error = values.std(ddof=1) / np.sqrt(12)
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)


def test_one_value_has_no_interval() -> None:
    assert bootstrap_interval(np.array([0.3])) is None
