"""Every output layout, through one suite: recognised above all others, and its boxes and class vectors given back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.onnx_cases import CASES
from tests.onnx_graphs import BOXES, LABELS, NAMES, Array, Case

from boxwright.domain.card import InputSpec
from boxwright.domain.prediction import Detections
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model
from boxwright.inference.registry import decoder_names

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)

# A picture whose sides are in another proportion than the input's.
PICTURE_WIDTH, PICTURE_HEIGHT = 200, 260


def opened(path: Path) -> Detector:
    return Detector.open(path, inspect_model(path, {"classes": list(NAMES)}).usable_card(), "cpu", threads=1)


def picture(width: int = PICTURE_WIDTH, height: int = PICTURE_HEIGHT) -> Array:
    return np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)


def in_picture(spec: InputSpec, width: int = PICTURE_WIDTH, height: int = PICTURE_HEIGHT) -> Array:
    """Where the two objects of the input lie in the picture, worked out from the resize rule alone."""
    if spec.resize == "stretch":
        boxes = BOXES * np.array((width / spec.width, height / spec.height) * 2)
    else:
        ratio = min(spec.width / width, spec.height / height)
        inner = np.array((round(width * ratio), round(height * ratio)), dtype=np.float64)
        left, top = ((spec.width, spec.height) - inner) // 2 if spec.resize == "letterbox" else (0.0, 0.0)
        boxes = (BOXES - (left, top, left, top)) * np.tile((width, height) / inner, 2)
    return np.clip(boxes, 0, np.array((width, height) * 2))


def check(found: Detections, case: Case, expected: Array, boxes_off: float = 0.05, probs_off: float = 1e-3) -> None:
    assert len(found) == 2, f"{len(found)} boxes with scores {found.scores}"
    np.testing.assert_allclose(found.boxes, expected, atol=boxes_off)
    np.testing.assert_array_equal(found.labels, LABELS)
    np.testing.assert_allclose(found.probs, case.probs, atol=probs_off)
    classes = found.probs[:, : len(NAMES)]
    np.testing.assert_allclose(found.scores, classes.max(axis=1), rtol=1e-6)
    assert str(found.kind) == case.kind
    assert found.best_raw == pytest.approx(float(found.scores[0]), abs=1e-5)
    assert (found.boxes.dtype, found.probs.dtype, found.labels.dtype) == (np.float32, np.float32, np.int64)


@EVERY
def test_recognises_itself_above_all_others(case: Case, tmp_path: Path) -> None:
    inspection = inspect_model(case.write(tmp_path), {"classes": list(NAMES)})
    assert inspection.card is not None, inspection.problem
    assert (inspection.card.layout, str(inspection.card.kind)) == (case.layout, case.kind)
    assert inspection.problem == ""
    assert "layout" not in inspection.unknown


@EVERY
def test_gives_back_boxes_and_class_vectors(case: Case, tmp_path: Path) -> None:
    detector = opened(case.write(tmp_path))
    found = detector.detect([picture()], conf=0.1, iou=0.6)[0]
    check(found, case, in_picture(detector.card.input))


@EVERY
def test_a_box_that_scores_the_bound_is_kept(case: Case, tmp_path: Path) -> None:
    detector = opened(case.write(tmp_path))
    both = detector.detect([picture()], conf=0.1)[0]
    lowest = float(both.scores.min())
    assert len(detector.detect([picture()], conf=lowest)[0]) == 2
    assert len(detector.detect([picture()], conf=float(np.nextafter(np.float32(lowest), np.float32(1))))[0]) == 1


@EVERY
def test_batches_keep_pictures_apart(case: Case, tmp_path: Path) -> None:
    more = {} if case.arguments.get("open_rows") else {"batch": "N"}
    detector = opened(case.write(tmp_path, **more))
    sizes = [(PICTURE_WIDTH, PICTURE_HEIGHT), (64, 64), (300, 100)]
    found = detector.detect([picture(*size) for size in sizes], conf=0.1)
    assert len(found) == 3
    for one, (width, height) in zip(found, sizes):
        expected = in_picture(detector.card.input, width, height)
        visible = (expected[:, 2] > expected[:, 0]) & (expected[:, 3] > expected[:, 1])
        np.testing.assert_allclose(one.boxes, expected[visible], atol=0.1)


@EVERY
def test_half_precision_files(case: Case, tmp_path: Path) -> None:
    halves = {n: a.astype(np.float16) if a.dtype == np.float32 else a for n, a in case.outputs().items()}
    half = Case(case.name, case.layout, case.kind, lambda: halves, case.arguments, case.probs)
    more = {} if case.arguments.get("dtype") else {"dtype": "float16"}
    detector = opened(half.write(tmp_path, **more))
    assert detector.card.layout == case.layout
    found = detector.detect([picture()], conf=0.1)[0]
    check(found, half, in_picture(detector.card.input), boxes_off=1.5, probs_off=5e-3)


@EVERY
def test_nothing_found_is_no_error(case: Case, tmp_path: Path) -> None:
    detector = opened(case.write(tmp_path))
    found = detector.detect([picture()], conf=1.0)[0]
    assert found.boxes.shape == (0, 4)
    width = 4 if case.kind == "softmax" else 3
    assert found.probs.shape == (0, width)
    assert found.best_raw > 0.5


@EVERY
@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_dropped(case: Case, tmp_path: Path, poison: float) -> None:
    """Every third number of a file that was fine when it was added turns bad at run time."""
    detector = opened(case.write(tmp_path))
    prepared = [detector.prepare(picture())]
    chunks = detector.run(prepared)
    for name, array in chunks[0].outputs.items():
        if np.issubdtype(array.dtype, np.floating):
            array = array.copy()
            array.reshape(-1)[::3] = poison
            chunks[0].outputs[name] = array
    found = detector.finish(chunks, prepared, conf=0.05)[0]
    assert np.isfinite(found.boxes).all()
    assert np.isfinite(found.probs).all()
    assert ((found.probs >= 0) & (found.probs <= 1)).all()
    assert 0 <= found.best_raw <= 1


@EVERY
def test_the_card_alone_opens_it_again(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    card = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    again = type(card).from_json(json.loads(json.dumps(card.to_json())))
    found = Detector.open(path, again, "cpu", threads=1).detect([picture()], conf=0.1)[0]
    check(found, case, in_picture(card.input))


def test_every_decoder_is_in_this_suite() -> None:
    assert {case.layout for case in CASES} == set(decoder_names())
