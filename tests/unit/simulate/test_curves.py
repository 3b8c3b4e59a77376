"""Areas under learning curves, and where they reach a height."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.simulate.curves import mean_height, reached_at

X, Y = np.array([10.0, 20.0, 40.0]), np.array([0.1, 0.3, 0.4])


def test_the_area_is_that_of_the_trapezoids() -> None:
    assert mean_height(X, Y, 10, 40) == pytest.approx((10 * 0.2 + 20 * 0.35) / 30)
    # 0.2 at 15, 0.3 at 20, 0.35 at 30.
    assert mean_height(X, Y, 15, 30) == pytest.approx((5 * 0.25 + 10 * 0.325) / 15)
    assert mean_height(X, Y, 15, 15) == pytest.approx(0.2)


def test_the_first_place_at_a_height_lies_between_the_points() -> None:
    assert reached_at(X, Y, 0.2) == pytest.approx(15)
    assert reached_at(X, Y, 0.4) == pytest.approx(40)
    assert reached_at(X, Y, 0.05) == pytest.approx(10)
    assert reached_at(X, Y, 0.41) is None


def test_a_curve_that_falls_again_counts_where_it_was_there_first() -> None:
    assert reached_at(X, np.array([0.1, 0.5, 0.2]), 0.3) == pytest.approx(15)
