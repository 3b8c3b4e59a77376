"""AP50 on held-back training images is what COCO would say of the suppressed boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boxwright.services.retraining.measure import FLOOR, held_back_ap50
from boxwright.training.protocol import Raw, TrainingImage

BOXES = np.array([[10, 10, 50, 50], [60, 60, 90, 90]], np.float32)
LABELS = np.array([0, 2])


def image(boxes: np.ndarray = BOXES, labels: np.ndarray = LABELS) -> TrainingImage:
    return TrainingImage(Path("a.png"), 100, 100, boxes, labels)


def raw(boxes: np.ndarray, labels: list[int], scores: list[float]) -> Raw:
    probs = np.zeros((len(labels), 3), np.float32)
    probs[np.arange(len(labels)), labels] = scores
    return np.asarray(boxes, np.float32).reshape(-1, 4), probs


EMPTY = (np.zeros((0, 4), np.float32), np.zeros((0, 3), np.float32))
NONE = image(np.zeros((0, 4), np.float32), np.zeros(0, np.int64))


@pytest.mark.parametrize(
    ("images", "found", "ap50"),
    [
        ([image()], [raw(BOXES, [0, 2], [0.9, 0.8])], 1.0),
        ([image()], [EMPTY], 0.0),
        ([image()], [raw(BOXES, [2, 0], [0.9, 0.8])], 0.0),
        ([image()], [raw(BOXES[:1], [0], [0.9])], 0.5),
        # Copies of a box are suppressed, and what scores next to nothing is no box.
        ([image()], [raw(np.repeat(BOXES, 3, 0), [0, 0, 0, 2, 2, 2], [0.9] * 6)], 1.0),
        ([image(), NONE], [raw(BOXES, [0, 2], [0.5, 0.5]), raw(BOXES, [0, 2], [0.001, 0.001])], 1.0),
        ([image()], [raw(BOXES, [0, 2], [FLOOR, FLOOR])], 1.0),
        ([image()], [raw(BOXES, [0, 2], [FLOOR, FLOOR / 2])], 0.5),
        ([image(), NONE], [raw(BOXES, [0, 2], [0.5, 0.5]), raw(BOXES[:1], [0], [0.9])], 0.75),
        ([NONE], [raw(BOXES, [0, 2], [0.9, 0.8])], 0.0),
        ([], [], 0.0),
    ],
)
def test_of_raw_boxes(images: list[TrainingImage], found: list[Raw], ap50: float) -> None:
    assert held_back_ap50(images, found) == pytest.approx(ap50, abs=1e-6)
