"""What of a head's raw answer counts as a box."""

from __future__ import annotations

import numpy as np

from boxwright.domain.scores import BOX_FLOOR
from boxwright.simulate.cell_runner import _suppressed


def test_a_box_that_scores_the_floor_counts_and_one_without_an_inside_does_not() -> None:
    boxes = np.array([(0, 0, 9, 9), (20, 20, 29, 29), (40, 40, 49, 49), (60, 60, 60, 69)], np.float32)
    scores = np.array([0.5, BOX_FLOOR, 0.049, 0.9], np.float32)
    found = _suppressed((boxes, np.stack([scores, scores / 2], axis=1)), BOX_FLOOR)
    assert found.boxes.tolist() == boxes[:2].tolist()
    assert found.scores.tolist() == scores[:2].tolist()
    assert found.best_raw == scores[3]
