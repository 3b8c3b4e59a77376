"""Suppression against the definition, one pair at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boxwright.domain.scores import BOX_FLOOR
from boxwright.inference.nms import nms, suppressed


def iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    overlap = width * height
    return overlap / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - overlap)


def by_definition(
    boxes: NDArray[np.float64],
    scores: NDArray[np.float64],
    labels: NDArray[np.int64] | None,
    threshold: float,
    limit: int,
) -> list[int]:
    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        rivals = [k for k in kept if labels is None or labels[k] == labels[i]]
        if len(kept) < limit and all(iou(boxes[i], boxes[k]) <= threshold for k in rivals):
            kept.append(i)
    return kept


@st.composite
def scenes(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Few places, sizes and scores, so that overlaps and ties are common."""
    count = draw(st.integers(0, 40))
    numbers = [draw(st.tuples(*[st.integers(0, 6)] * 4, st.integers(0, 5), st.integers(0, 2))) for _ in range(count)]
    table = np.array(numbers, dtype=np.float64).reshape(-1, 6)
    boxes = np.concatenate([table[:, :2] * 5, table[:, :2] * 5 + 4 + table[:, 2:4] * 5], axis=1)
    return boxes, table[:, 4] / 5, table[:, 5].astype(np.int64)


@given(scenes(), st.sampled_from((0.0, 0.3, 0.45, 0.6, 0.9, 1.0)), st.booleans(), st.sampled_from((1, 5, 300)))
def test_equals_the_definition(
    scene: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    threshold: float,
    agnostic: bool,
    limit: int,
) -> None:
    boxes, scores, labels = scene
    groups = None if agnostic else labels
    assert nms(boxes, scores, groups, threshold, limit).tolist() == by_definition(
        boxes, scores, groups, threshold, limit
    )


def test_classes_far_apart_in_number_do_not_blur_positions() -> None:
    """Shifting boxes by class, a common trick, loses pixels in float32 for the 5000th class."""
    boxes = np.array(
        [(1000.0, 1000.0, 1010.0, 1010.0), (1000.2, 1000.0, 1010.2, 1010.0), (1004.0, 1000.0, 1014.0, 1010.0)]
    )
    labels = np.array([5000, 5000, 5000])
    assert nms(boxes, np.array([0.9, 0.8, 0.7]), labels, 0.6, 10).tolist() == [0, 2]


def test_of_a_network_s_boxes_those_stay_that_score_the_floor_and_have_an_inside() -> None:
    boxes = np.array([(0, 0, 9, 9), (20, 20, 29, 29), (40, 40, 49, 49), (60, 60, 60, 69)], np.float32)
    scores = np.array([0.5, BOX_FLOOR, 0.049, 0.9], np.float32)
    found = suppressed(boxes, np.stack([scores, scores / 2], axis=1), BOX_FLOOR, 100)
    assert found.boxes.tolist() == boxes[:2].tolist()
    assert found.scores.tolist() == scores[:2].tolist()
    assert found.best_raw == scores[3]


def test_of_a_network_s_boxes_copies_go_class_by_class_and_the_best_are_counted() -> None:
    boxes = np.array([(0, 0, 10, 10), (0, 0, 10, 9), (0, 0, 10, 10), (50, 50, 60, 60)], np.float32)
    probs = np.array([(0.8, 0.1), (0.9, 0.1), (0.1, 0.7), (0.6, 0.2)], np.float32)
    found = suppressed(boxes, probs, 0.0, 100)
    assert found.boxes.tolist() == boxes[[1, 2, 3]].tolist()
    assert found.labels.tolist() == [0, 1, 0]
    assert found.probs.tolist() == probs[[1, 2, 3]].tolist()
    assert suppressed(boxes, probs, 0.0, 2).boxes.tolist() == boxes[[1, 2]].tolist()


def test_of_a_network_that_says_nothing_nothing_stays() -> None:
    for classes in (0, 3):
        found = suppressed(np.zeros((0, 4), np.float32), np.zeros((0, classes), np.float32), 0.01, 100)
        assert len(found) == 0
        assert found.best_raw == 0.0
