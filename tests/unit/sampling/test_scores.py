"""Scores of one box, held to a published example and to their own definitions."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boxwright.domain.prediction import Detections, ProbKind
from boxwright.domain.scores import FLIP, SCORE_NAMES
from boxwright.sampling.scores import (
    binary_entropy,
    box_scores,
    class_shares,
    entropy_bits,
    least_confidence,
    margin,
    meaningful_scores,
    pool_scores,
)

# Three candidates of a published worked example of uncertainty sampling.
EXAMPLE = np.array([(0.5, 0.4, 0.1), (0.34, 0.33, 0.33), (0.4, 0.4, 0.2)])


def order(uncertainty: np.ndarray) -> list[int]:
    """Numbers of the candidates from 1, most uncertain first."""
    return (np.argsort(-uncertainty) + 1).tolist()


def test_published_example_in_bits() -> None:
    assert entropy_bits(EXAMPLE) == pytest.approx((1.361, 1.585, 1.522), abs=0.0005)
    assert margin(EXAMPLE) == pytest.approx((0.1, 0.01, 0.0))
    assert least_confidence(EXAMPLE) == pytest.approx((0.5, 0.66, 0.6))


@pytest.mark.parametrize("kind", [ProbKind.SIGMOID, ProbKind.SOFTMAX])
def test_published_example_in_order(kind: ProbKind) -> None:
    scores = box_scores(EXAMPLE, kind)
    assert order(scores["entropy"]) == [2, 3, 1]
    assert order(scores["margin"]) == [3, 2, 1]
    assert order(scores["least_confidence"]) == [2, 3, 1]


def test_sigmoids_are_normalised_before_entropy_but_not_before_detection_entropy() -> None:
    scores = box_scores(np.array([(0.3, 0.3, 0.0), (0.9, 0.9, 0.0)]), ProbKind.SIGMOID)
    assert scores["entropy"] == pytest.approx(np.full(2, 1 / np.log2(3)))
    assert scores["detection_entropy"] == pytest.approx((0.8813, 0.4690), abs=1e-4)


def test_background_counts_in_the_entropy_and_is_no_object() -> None:
    sure_of_background = np.array([(0.04, 0.01, 0.95)])
    scores = box_scores(sure_of_background, ProbKind.SOFTMAX)
    assert scores["entropy"] == pytest.approx(entropy_bits(sure_of_background) / np.log2(3))
    assert scores["detection_entropy"] == pytest.approx(binary_entropy(np.array([0.04])))


@pytest.mark.parametrize(
    ("probs", "kind"),
    [
        (np.array([(0.2,), (0.5,), (0.9,)]), ProbKind.SIGMOID),
        (np.array([(0.2, 0.0), (0.0, 0.5), (0.9, 0.0)]), ProbKind.SCORE),
    ],
)
def test_where_classes_say_nothing_detection_entropy_alone_tells_boxes_apart(probs: np.ndarray, kind: ProbKind) -> None:
    class_count = probs.shape[1]
    assert meaningful_scores(kind, class_count) == ("detection_entropy",)
    scores = box_scores(probs, kind)
    assert all(not scores[name].any() for name in ("entropy", "least_confidence", "margin"))
    assert order(scores["detection_entropy"]) == [2, 1, 3]


def test_one_class_with_background_still_has_an_entropy() -> None:
    assert meaningful_scores(ProbKind.SOFTMAX, 1) == SCORE_NAMES
    assert box_scores(np.array([(0.5, 0.5)]), ProbKind.SOFTMAX)["entropy"] == pytest.approx([1.0])


@pytest.mark.parametrize("count", [2, 3, 7])
@pytest.mark.parametrize("kind", [ProbKind.SIGMOID, ProbKind.SOFTMAX])
def test_every_score_of_an_even_vector_is_one_and_of_a_sure_one_nothing(count: int, kind: ProbKind) -> None:
    vectors = np.stack([np.full(count, 0.5), np.zeros(count), np.eye(count)[0]])
    for name in ("entropy", "least_confidence", "margin"):
        assert box_scores(vectors, kind)[name] == pytest.approx((1, 1, 0), abs=1e-6), name


def test_two_classes_have_a_margin_and_one_is_sure_of_itself() -> None:
    assert margin(np.array([(0.6, 0.2), (0.3, 0.3)])) == pytest.approx((0.5, 0))
    assert margin(np.array([(0.3,), (0.9,)])).tolist() == [1, 1]
    assert [f(np.array([(0.5, 0.1)], np.float32)).dtype for f in (margin, entropy_bits, least_confidence)] == [
        float
    ] * 3


def test_what_lies_outside_of_zero_and_one_is_cut_off() -> None:
    assert binary_entropy(np.array([-0.5, 1.5, np.nan])).tolist() == [0, 0, 0]
    assert not np.signbit(binary_entropy(np.array([0.0, 1.0]))).any()
    assert class_shares(np.array([(-1.0, 3.0, 1.0)])).tolist() == [[0, 0.75, 0.25]]
    assert class_shares(np.zeros((1, 4))).tolist() == [[0.25] * 4]


vectors = arrays(np.float32, st.tuples(st.integers(0, 6), st.integers(1, 9)), elements=st.floats(0, 1, width=32))


@given(vectors, st.sampled_from(ProbKind))
def test_scores_are_finite_and_between_0_and_1(probs: np.ndarray, kind: ProbKind) -> None:
    if kind is ProbKind.SOFTMAX and probs.shape[1] < 2:
        return
    scores = box_scores(probs, kind)
    assert set(scores) == set(SCORE_NAMES)
    for values in scores.values():
        assert values.shape == (len(probs),)
        assert values.dtype == np.float32
        assert ((values >= 0) & (values <= 1)).all()


@given(vectors, st.randoms(use_true_random=False))
def test_the_order_of_classes_does_not_matter(probs: np.ndarray, random: Random) -> None:
    mixed = probs[:, np.random.default_rng(random.getrandbits(32)).permutation(np.arange(probs.shape[1]))]
    for name, values in box_scores(probs, ProbKind.SIGMOID).items():
        assert box_scores(mixed, ProbKind.SIGMOID)[name] == pytest.approx(values, abs=1e-5)


def test_what_is_not_a_number_is_no_score() -> None:
    for values in box_scores(
        np.array([(np.nan, 0.5, 0.5), (np.inf, 0.1, 0.1), (0.0, 0.0, 0.0)]), ProbKind.SIGMOID
    ).values():
        assert np.isfinite(values).all()


def detections(*probs: tuple[float, float], best_raw: float = 0.9) -> Detections:
    vectors = np.array(probs, np.float32).reshape(-1, 2)
    count = len(vectors)
    return Detections(
        np.zeros((count, 4), np.float32),
        vectors.max(1, initial=0),
        vectors.argmax(1),
        vectors,
        ProbKind.SIGMOID,
        best_raw,
    )


def test_pool_scores_sorts_images_and_leaves_out_boxes_under_the_floor() -> None:
    found = [detections((0.9, 0.1), (0.04, 0.04)), detections(best_raw=0.03), detections((0.5, 0.5), (0.6, 0.2))]
    pool = pool_scores([30, 10, 20], found, ProbKind.SIGMOID)
    assert pool.image_ids.tolist() == [10, 20, 30]
    assert pool.offsets.tolist() == [0, 0, 2, 3]
    assert pool.best_raw.tolist() == pytest.approx([0.03, 0.9, 0.9])
    assert pool.box_scores["entropy"] == pytest.approx((1.0, 0.8113, 0.4690), abs=1e-4)


def test_a_lower_floor_lets_more_boxes_take_part() -> None:
    pool = pool_scores([1], [detections((0.9, 0.1), (0.04, 0.04))], ProbKind.SIGMOID, floor=0.01)
    assert pool.offsets.tolist() == [0, 2]


def test_a_box_that_scores_the_floor_takes_part() -> None:
    pool = pool_scores([1], [detections((0.25, 0.125), (0.2490234375, 0.0))], ProbKind.SIGMOID, floor=0.25)
    assert pool.offsets.tolist() == [0, 1]


def test_each_box_keeps_its_class_and_what_the_mirror_said_of_it() -> None:
    seen = detections((0.1, 0.9), (0.02, 0.03), (0.6, 0.2))
    twice = replace(seen, flip=np.array([0.125, 0.25, 0.5], np.float32))
    pool = pool_scores([9, 4], [detections((0.8, 0.1)), twice], ProbKind.SIGMOID)
    assert pool.labels is not None
    assert (pool.labels.tolist(), pool.labels.dtype) == ([1, 0, 0], np.int32)
    assert pool.box_scores[FLIP][:2].tolist() == [0.125, 0.5]
    assert np.isnan(pool.box_scores[FLIP][2])
    assert pool.box_scores[FLIP].dtype == np.float32
    assert (pool.offsets.dtype, pool.image_ids.dtype, pool.best_raw.dtype) == (np.int64, np.int64, np.float32)
    assert FLIP not in pool_scores([9], [seen], ProbKind.SIGMOID).box_scores


def test_the_background_of_a_pool_is_no_class_of_a_box() -> None:
    probs = np.array([(0.02, 0.01, 0.97), (0.2, 0.3, 0.5)], np.float32)
    labels = probs[:, :2].argmax(1)
    found = Detections(np.zeros((2, 4), np.float32), probs[:, :2].max(1), labels, probs, ProbKind.SOFTMAX, 0.3)
    pool = pool_scores([1], [found], ProbKind.SOFTMAX)
    assert pool.offsets.tolist() == [0, 1]
    assert pool.box_scores["entropy"] == pytest.approx(entropy_bits(probs[1:]) / np.log2(3))
    assert pool.box_scores["detection_entropy"] == pytest.approx(binary_entropy(np.array([0.3])), abs=1e-6)


def test_a_pool_without_any_box() -> None:
    pool = pool_scores([5, 4], [detections(), detections()], ProbKind.SIGMOID)
    assert pool.image_ids.tolist() == [4, 5]
    assert pool.offsets.tolist() == [0, 0, 0]
    assert all(len(values) == 0 for values in pool.box_scores.values())
