"""What a second look in the mirror says of each box."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.prediction import Detections, ProbKind
from boxwright.sampling.flip_consistency import mirror_doubt, mirrored

WIDTH = 640


def found(boxes: list[tuple[float, float, float, float]], probs: list[list[float]]) -> Detections:
    vectors = np.array(probs, np.float32).reshape(len(boxes), len(probs[0]) if probs else 2)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        vectors.max(1, initial=0.0),
        vectors.argmax(1) if len(boxes) else np.zeros(0, np.int64),
        vectors,
        ProbKind.SIGMOID,
        0.9,
    )


@st.composite
def detections(draw: st.DrawFn) -> Detections:
    count = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = rng.uniform(0, 500, (count, 2))
    boxes = np.hstack((corners, corners + rng.uniform(4, 140, (count, 2))))
    return found([tuple(b) for b in boxes.tolist()], rng.uniform(0.01, 1, (count, 3)).tolist())


@given(seen=detections())
def test_a_detector_that_sees_the_same_in_the_mirror_is_not_doubted(seen: Detections) -> None:
    again = mirrored(mirrored(seen, WIDTH), WIDTH)
    assert np.allclose(again.boxes, seen.boxes, atol=1e-3)
    assert mirror_doubt(seen, again).max() < 1e-4


@given(seen=detections(), other=detections())
def test_doubt_is_between_nothing_and_all_and_the_same_from_the_other_side(seen: Detections, other: Detections) -> None:
    doubt = mirror_doubt(seen, other)
    assert doubt.shape == (len(seen),) and doubt.dtype == np.float32
    assert ((doubt >= 0) & (doubt <= 1)).all()
    swapped = mirror_doubt(mirrored(seen, WIDTH), mirrored(other, WIDTH))
    assert np.allclose(doubt, swapped, atol=1e-4)


def test_only_the_place_of_a_box_is_mirrored() -> None:
    seen = found([(10, 20, 50, 60)], [[0.3, 0.9]])
    turned = mirrored(seen, 200)
    assert turned.boxes.tolist() == [[150, 20, 190, 60]]
    assert (turned.scores.tolist(), turned.labels.tolist()) == (seen.scores.tolist(), [1])
    assert turned.probs.tolist() == seen.probs.tolist()
    assert (turned.kind, turned.best_raw) == (seen.kind, seen.best_raw)


def test_a_box_that_the_mirror_does_not_show_is_wholly_doubted() -> None:
    seen = found([(10, 10, 50, 50), (200, 200, 260, 260)], [[0.9, 0.1], [0.8, 0.1]])
    assert mirror_doubt(seen, found([], [])).tolist() == [1, 1]
    assert np.allclose(mirror_doubt(seen, seen.only(np.array([True, False]))), [0, 1], atol=1e-6)


def test_a_sure_box_of_another_class_confirms_nothing_and_a_shifted_one_in_part() -> None:
    seen = found([(0, 0, 100, 100)], [[1.0, 0.0]])
    assert mirror_doubt(seen, found([(0, 0, 100, 100)], [[0.0, 1.0]])).tolist() == [1]
    assert np.isclose(mirror_doubt(seen, found([(0, 50, 100, 150)], [[1.0, 0.0]]))[0], 1 - 1 / 3, atol=1e-6)
    # Half a bit lies between a sure vector and an even one, less what the even one is by itself.
    torn = mirror_doubt(seen, found([(0, 0, 100, 100)], [[0.5, 0.5]]))[0]
    middle = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert np.isclose(torn, middle - 0.5, atol=1e-6)
