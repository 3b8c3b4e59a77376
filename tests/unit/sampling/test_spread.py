"""How often a row is drawn goes by its score and by the square of its distance, and near copies are no choice."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.sampling.features import LENGTH
from boxwright.sampling.kmeanspp import spread_picks

DRAWS = 3000
# The squared distance of two rows with a cosine of 0.95, below which they are taken for the same picture.
COSINE_OF_095 = 0.1 * LENGTH**2


def rows_at(*squares: float) -> np.ndarray:
    """Rows at these squared distances, in units of the bound, from the labelled row `FIRST`, each along an axis of its
    own."""
    rows = np.zeros((len(squares), len(squares) + 1), np.float32)
    for place, square in enumerate(squares):
        rows[place, 0] = LENGTH
        rows[place, place + 1] = np.round(np.sqrt(square * COSINE_OF_095))
    return rows


def first(width: int) -> np.ndarray:
    row = np.zeros((1, width), np.float32)
    row[0, 0] = LENGTH
    return row


def share_of_second(rows: np.ndarray, scores: tuple[float, float]) -> float:
    drawn = [
        spread_picks(rows, np.array(scores), first(rows.shape[1]), 1, np.random.Generator(np.random.PCG64(seed)))[0]
        for seed in range(DRAWS)
    ]
    return float(np.mean(drawn))


@pytest.mark.parametrize(
    ("squares", "scores", "wanted"),
    [
        ((2.0, 2.0), (1.0, 1.0), 1 / 2),
        ((2.0, 8.0), (1.0, 1.0), 8 / 10),
        ((2.0, 2.0), (1.0, 3.0), 3 / 4),
        ((2.0, 8.0), (3.0, 1.0), 8 / 14),
    ],
)
def test_the_chance_is_the_score_times_the_squared_distance(
    squares: tuple[float, float], scores: tuple[float, float], wanted: float
) -> None:
    error = 4 * np.sqrt(wanted * (1 - wanted) / DRAWS)
    assert share_of_second(rows_at(*squares), scores) == pytest.approx(wanted, abs=error)


def test_a_row_nearer_than_the_bound_is_never_drawn_and_one_just_beyond_it_is() -> None:
    rows = rows_at(0.97, 1.03)
    generator = np.random.Generator(np.random.PCG64(1))
    picked = spread_picks(rows, np.array([9.0, 1.0]), first(rows.shape[1]), 2, generator)
    assert picked.tolist() == [1]
