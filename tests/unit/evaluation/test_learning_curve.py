from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.evaluation.learning_curve import CurveFit, fit_curve

shares = st.floats(0.0, 1.0)
points = st.lists(st.tuples(st.integers(1, 5_000), shares), min_size=2, max_size=8)


def law(n: np.ndarray, a: float = 0.7, b: float = 1.5, c: float = 0.5) -> np.ndarray:
    return a - b * n**-c


def fitted(images: list[float], ap: list[float], total: int = 2_000, step: int = 100, seed: int = 0) -> CurveFit:
    found = fit_curve(np.array(images, float), np.array(ap, float), total, step, seed=seed)
    assert found is not None
    return found


@given(points, st.integers(1, 10_000), st.integers(1, 500))
def test_a_curve_is_ordered_rising_and_a_share(found: list[tuple[int, float]], total: int, step: int) -> None:
    images, ap = (np.array(column, float) for column in zip(*found))
    curve = fit_curve(images, ap, total, step)
    if len(set(images.tolist())) < 2:
        assert curve is None
        return
    assert curve is not None
    for line in (curve.low, curve.middle, curve.high):
        assert ((line >= 0) & (line <= 1)).all()
        assert (np.diff(line) >= -1e-12).all(), "more labels never make it worse"
    assert (curve.low <= curve.middle).all() and (curve.middle <= curve.high).all()
    assert curve.grid[0] == images.min() and curve.grid[-1] == max(total, images.max())
    assert (curve.plateau is None) == (len(images) < 3)
    if curve.plateau is not None:
        low, middle, high = curve.plateau
        assert images.min() <= low <= middle <= high <= curve.grid[-1]


def test_a_known_law_is_found_again() -> None:
    images = np.array([40.0, 80, 160, 320, 640])
    curve = fitted(images.tolist(), law(images).tolist())
    assert np.abs(curve.middle - law(curve.grid)).max() < 0.04
    inside = (curve.low <= law(curve.grid)) & (law(curve.grid) <= curve.high)
    assert inside.mean() > 0.95
    # A step of 100 gains 0.01 at n with 1.5 (n^-0.5 - (n + 100)^-0.5) = 0.01.
    true = np.arange(1.0, 2_000)
    worth = true[law(true + 100) - law(true) >= 0.01].max()
    assert curve.plateau is not None
    low, middle, high = curve.plateau
    assert low < worth < high
    assert middle == pytest.approx(worth, rel=0.35)


def test_more_points_make_the_band_narrower_and_what_lies_ahead_wider() -> None:
    images = np.array([40.0, 80, 160, 320, 640, 1280])
    few, many = (fitted(images[:n].tolist(), law(images[:n]).tolist()) for n in (2, 6))
    assert (few.high - few.low)[-1] > 2 * (many.high - many.low)[-1]
    assert (few.high - few.low)[-1] > 2 * (few.high - few.low)[2]
    assert few.plateau is None


def test_a_flat_curve_has_its_plateau_behind_it_and_a_steep_one_before_it() -> None:
    flat = fitted([100, 200, 400, 800], [0.6, 0.6, 0.6, 0.6])
    steep = fitted([50, 100, 150, 200], [0.1, 0.2, 0.3, 0.4])
    assert flat.plateau is not None and steep.plateau is not None
    assert flat.plateau[1] < 400
    assert steep.plateau[1] > 400


def test_the_same_points_give_the_same_curve() -> None:
    first, second = (fitted([50, 100, 200], [0.3, 0.4, 0.45]) for _ in range(2))
    assert first.plateau == second.plateau
    assert first.middle.tolist() == second.middle.tolist()


def test_with_one_point_or_none_there_is_no_curve() -> None:
    assert fit_curve(np.array([]), np.array([]), 100, 10) is None
    assert fit_curve(np.array([50.0, 50.0]), np.array([0.4, 0.5]), 100, 10) is None
    assert fit_curve(np.array([0.0, 50.0]), np.array([0.4, np.nan]), 100, 10) is None
