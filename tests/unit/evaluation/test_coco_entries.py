"""Boxes in memory as COCO writes them: x, y, width and height, with the ids that the caller gives."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.evaluation.coco import measure
from boxwright.evaluation.coco_entries import annotations_of, entry_of, results_of, truth_of

BOXES = np.array([[10, 20, 50, 80], [0.5, 0, 2, 1]], np.float32)
FOUND = Detections(
    BOXES, np.array([0.5, 0.25], np.float32), np.array([1, 0]), np.eye(2, dtype=np.float32), ProbKind.SIGMOID, 0.5
)


def test_an_entry_has_a_corner_and_two_sides_and_a_score_when_it_is_a_result() -> None:
    box = Box(10, 20, 50, 80)
    assert entry_of(7, 3, box) == {"image_id": 7, "category_id": 3, "bbox": [10, 20, 40, 60]}
    assert entry_of(7, 3, box, 0.0) == {"image_id": 7, "category_id": 3, "bbox": [10, 20, 40, 60], "score": 0.0}


def test_arrays_of_boxes_become_entries_in_their_order() -> None:
    assert annotations_of(7, BOXES, np.array([4, 5])) == [
        entry_of(7, 4, Box(10, 20, 50, 80)),
        entry_of(7, 5, Box(0.5, 0, 2, 1)),
    ]
    assert annotations_of(7, np.zeros((0, 4)), np.zeros(0, np.int64)) == []


def test_detections_keep_their_labels_or_take_the_categories_of_a_map() -> None:
    plain = [entry_of(7, 1, Box(10, 20, 50, 80), 0.5), entry_of(7, 0, Box(0.5, 0, 2, 1), 0.25)]
    assert results_of(7, FOUND) == plain
    assert results_of(7, FOUND, {0: 9}) == [entry_of(7, 9, Box(0.5, 0, 2, 1), 0.25)]
    assert results_of(7, FOUND, {}) == []


def test_what_is_found_exactly_is_measured_as_all_of_it() -> None:
    truth = truth_of([(7, 100, 90)], [(0, "cup"), (1, "jug")], annotations_of(7, BOXES, FOUND.labels), "the set")
    assert truth["images"] == [{"id": 7, "width": 100, "height": 90}]
    assert measure(truth, results_of(7, FOUND)).ap == pytest.approx(1.0)
    with pytest.raises(FormatError, match="the set has no images"):
        truth_of([], [(0, "cup")], [], "the set")
