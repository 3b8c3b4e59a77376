"""From box scores to image scores, against plain Python sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.errors import SettingError
from boxwright.domain.scores import PoolScores
from boxwright.sampling.aggregate import AGGREGATES, SHRINKAGE, image_scores
from boxwright.sampling.class_weights import class_weights
from boxwright.sampling.scores import binary_entropy


def pool(*images: list[float], best_raw: float = 0.02) -> PoolScores:
    boxes = np.array([value for image in images for value in image], np.float32)
    return PoolScores(
        np.arange(1, len(images) + 1),
        np.concatenate(([0], np.cumsum([len(image) for image in images]))).astype(np.int64),
        {"entropy": boxes},
        np.full(len(images), best_raw, np.float32),
    )


def test_max_mean_and_sum() -> None:
    scores = pool([0.2, 0.8], [0.5], [0.3, 0.3, 0.3])
    prior = (0.2 + 0.8 + 0.5 + 0.9) / 6
    assert image_scores(scores, "entropy", "max") == pytest.approx((0.8, 0.5, 0.3))
    assert image_scores(scores, "entropy", "sum") == pytest.approx((1.0, 0.5, 0.9))
    assert image_scores(scores, "entropy", "mean") == pytest.approx(
        [(total + SHRINKAGE * prior) / (count + SHRINKAGE) for total, count in ((1.0, 2), (0.5, 1), (0.9, 3))], abs=1e-5
    )


def test_one_junk_box_does_not_top_the_mean() -> None:
    scores = pool([0.95], [0.8] * 10, [0.1] * 10)
    values = image_scores(scores, "entropy", "mean")
    assert values.argmax() == 1


@pytest.mark.parametrize("aggregate", [a for a in AGGREGATES if a != "count"])
def test_an_image_without_boxes_is_scored_by_its_best_raw_confidence(aggregate: str) -> None:
    values = image_scores(pool([], [0.001], [], best_raw=0.04), "entropy", aggregate)
    assert values[[0, 2]] == pytest.approx(np.full(2, binary_entropy(np.array([0.04]))[0]))


@pytest.mark.parametrize("aggregate", [a for a in AGGREGATES if a != "count"])
def test_a_detector_that_tells_nothing_is_not_taken_for_certain(aggregate: str) -> None:
    silent = image_scores(pool([], [], best_raw=0.0), "entropy", aggregate)
    assert np.isfinite(silent).all()
    assert (silent > 0).all()


def test_a_detector_that_tells_nothing_counts_as_half_of_the_floor() -> None:
    for aggregate in ("max", "sum", "mean"):
        found = image_scores(pool([], [0.5], best_raw=0.0), "entropy", aggregate)
        assert found[0] == pytest.approx(binary_entropy(np.array([0.025]))[0])


@given(st.lists(st.lists(st.floats(0, 1, width=32), max_size=5), max_size=12), st.sampled_from(AGGREGATES))
def test_against_plain_loops(images: list[list[float]], aggregate: str) -> None:
    values = image_scores(pool(*images), "entropy", aggregate)
    boxes = [value for image in images for value in image]
    prior = sum(boxes) / len(boxes) if boxes else 0.0
    expected = [
        binary_entropy(np.array([0.02]))[0]
        if not image and aggregate != "count"
        else {
            "count": len(image),
            "max": max(image, default=0),
            "sum": sum(image),
            "mean": (sum(image) + SHRINKAGE * prior) / (len(image) + SHRINKAGE),
        }[aggregate]
        for image in images
    ]
    assert values == pytest.approx(expected, abs=1e-5)


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match="max, mean, sum, count"):
        image_scores(pool([0.1]), "entropy", "median")
    with pytest.raises(SettingError, match="entropy, least_confidence"):
        image_scores(pool([0.1]), "confusion", "max")


def test_the_count_is_of_boxes_and_nothing_else() -> None:
    scores = pool([0.9], [], [0.1] * 5)
    assert image_scores(scores, "entropy", "count").tolist() == [1, 0, 5]


def test_a_box_counts_for_the_weight_of_its_class() -> None:
    scores = replace(pool([0.5, 0.4], [0.3], []), labels=np.array([0, 1, -1], np.int32))
    values = image_scores(scores, "entropy", "max", np.array([0.5, 2.0]))
    assert values[:2] == pytest.approx((0.8, 0.3))
    assert values[2] == image_scores(scores, "entropy", "max")[2]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_weights_average_to_one_and_favour_the_rare(boxes: list[int]) -> None:
    weights = class_weights(np.array(boxes))
    assert weights.mean() == pytest.approx(1, abs=1e-5)
    order = np.argsort(boxes, kind="stable")
    assert (np.diff(weights[order]) <= 0).all()
    assert (weights > 0).all()


def test_weights_are_the_root_of_the_smoothed_inverse_frequency() -> None:
    assert class_weights(np.array([0, 3])) == pytest.approx((4 / 3, 2 / 3), abs=1e-6)
    assert class_weights(np.array([8, 0, 3])) == pytest.approx(np.array([2, 6, 3]) / (11 / 3), abs=1e-6)


def test_equal_classes_a_single_class_and_none_weigh_nothing_up() -> None:
    assert class_weights(np.array([7, 7, 7])).tolist() == [1, 1, 1]
    assert class_weights(np.array([12])).tolist() == [1]
    assert class_weights(np.array([0, 0])).tolist() == [1, 1]
    assert len(class_weights(np.zeros(0, np.int64))) == 0
