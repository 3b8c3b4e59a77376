"""What an image takes with pre-labels on screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from boxwright.domain.prediction import Detections, ProbKind
from boxwright.evaluation.fixes import SHOWN
from boxwright.simulate.effort import Work, work_on
from boxwright.training.protocol import TrainingImage

BOXES = np.array([(0, 0, 40, 40), (50, 50, 90, 90)], np.float32)


def test_a_pre_label_that_scores_what_is_shown_is_work_saved() -> None:
    scores = np.array([SHOWN, SHOWN - 1e-6], np.float32)
    found = Detections(BOXES, scores, np.zeros(2, np.int64), scores[:, None], ProbKind.SIGMOID, SHOWN)
    image = TrainingImage(Path("a.png"), 100, 100, BOXES, np.zeros(2, np.int64))
    assert work_on(image, found) == Work(drawn=1, accepted=1)
    assert work_on(image, None) == Work(drawn=2)
