"""What a file tells of itself and what it does not: a guess is as sure as the share of the file that it explains."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.onnx_cases import CASES
from tests.onnx_graphs import BOXES, HEIGHT, LABELS, NAMES, SCORES, WIDTH, Array, f32, write_graph
from tests.onnx_level_cases import ANCHORS, THREE, anchored_maps, as_map, by_level, distances, offsets
from tests.onnx_row_cases import rows

from boxwright.domain.errors import ModelError
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import Inspection, inspect_model

BY_NAME = {case.name: case for case in CASES}
PICTURE = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
OPEN: dict[str, Any] = {"open_rows": True}


def look(folder: Path, outputs: Mapping[str, Array], said: dict[str, Any] | None = None, **more: Any) -> Inspection:
    return inspect_model(write_graph(folder / "m.onnx", outputs, **more), {"classes": list(NAMES), **(said or {})})


def boxes(folder: Path, inspection: Inspection) -> Array:
    return Detector.open(folder / "m.onnx", inspection.usable_card(), "cpu").detect([PICTURE], conf=0.1)[0].boxes


def test_outputs_that_nobody_explains_make_a_guess_less_sure(tmp_path: Path) -> None:
    pair = dict(BY_NAME["boxes-scores-corners"].outputs())
    alone = look(tmp_path, pair).guesses[0]
    strange = {f"more{i}": f32(np.ones((1, 7 + i))) for i in range(8)}
    among = look(tmp_path, {**pair, **strange})
    assert alone.confidence == pytest.approx(0.85)
    assert among.guesses[0].confidence == pytest.approx(0.85 * 2 / 10)
    assert "it does not explain 8 of 10 outputs: more0, more1, more2, more3, …" in among.guesses[0].reasons
    assert "layout" in among.unknown
    with pytest.raises(ModelError, match=r"may be 'boxes-scores', but that is only 17% sure .* say --layout"):
        among.usable_card()
    assert look(tmp_path, {**pair, **strange}, {"layout": "boxes-scores"}).usable_card().layout == "boxes-scores"


@pytest.mark.parametrize(
    ("case", "offset"), [("picodet", 0.5), ("nanodet-plus", 0.0), ("nanodet", 0.5), ("nanodet-joined", 0.5)]
)
def test_cells_are_measured_from_where_their_authors_measure(tmp_path: Path, case: str, offset: float) -> None:
    """Half a stride off is up to 32 pixels, and every box is still found."""
    card = inspect_model(BY_NAME[case].write(tmp_path), {"classes": list(NAMES)}).usable_card()
    assert card.options["offset"] == offset


def test_the_offset_of_a_card_moves_the_boxes(tmp_path: Path) -> None:
    outputs = BY_NAME["picodet"].outputs()
    right = boxes(tmp_path, look(tmp_path, outputs))
    moved = boxes(tmp_path, look(tmp_path, outputs, {"options": {"offset": 0.0}}))
    # The second is of a coarser level, moved by more, and overlaps no better one any longer.
    np.testing.assert_allclose(right - moved[[0, 2]], 8.0, atol=0.01)


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ("picture label score box", "batchno_classid_score_x1y1x2y2"),
        ("picture label yx score", "batchno_classid_y1x1y2x2_score"),
        ("picture box score label", "graph2_flat_predictions"),
    ],
)
def test_a_name_tells_the_order_where_nothing_is_found(tmp_path: Path, order: str, name: str) -> None:
    empty = {name: rows(order)["output"][:0]}
    inspection = look(tmp_path, empty, **OPEN)
    assert "order of a row" not in inspection.unknown
    assert inspection.to_say == ""
    assert inspection.usable_card().options["order"] == order.replace("yx", "box").replace(" ", ", ")


def test_an_order_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    empty = {"output": rows("picture box label score")["output"][:0]}
    inspection = look(tmp_path, empty, **OPEN)
    assert "order of a row" in inspection.unknown
    with pytest.raises(ModelError, match="nothing tells the order of a row; say it, as it may be --option 'order="):
        inspection.settled_card()
    said = look(tmp_path, empty, {"options": {"order": "picture, box, score, label"}}, **OPEN)
    assert said.settled_card().options["order"] == "picture, box, score, label"


def test_rows_that_contradict_the_order_are_no_boxes_of_other_classes(tmp_path: Path) -> None:
    """Read as the other way round, a label is a score of 1 and a score is class 0."""
    outputs = rows("picture box score label")
    inspection = look(tmp_path, outputs, {"options": {"order": "picture, box, label, score"}}, **OPEN)
    with pytest.raises(ModelError, match=r"are not in the order 'picture, box, label, score'.*--option order="):
        boxes(tmp_path, inspection)


def test_a_face_detector_of_two_boxes_to_a_cell(tmp_path: Path) -> None:
    """As its authors export it: nine outputs without a batch axis, one class."""
    classes, sides = (np.repeat(v, 2, axis=0) for v in distances(1, 0.0))
    classes = classes[:, 1:2]
    classes[::2] = 0.001
    points = np.zeros((len(classes), 10))
    parts = [by_level(v, THREE, 2) for v in (classes, sides, points)]
    outputs = {str(i): f32(level) for i, level in enumerate(level for part in parts for level in part)}
    inspection = look(tmp_path, outputs, {"classes": ["face"], "input": {"resize": "stretch"}}, **OPEN)
    assert inspection.guesses[0].layout == "scrfd"
    np.testing.assert_allclose(boxes(tmp_path, inspection), BOXES, atol=0.01)


def test_a_face_detector_with_objectness_and_landmarks(tmp_path: Path) -> None:
    """Twelve outputs, one class; the score is the root of class times objectness."""
    numbers, objectness, classes = offsets()
    parts = {"cls": classes[:, 1:2], "obj": objectness[:, None], "bbox": numbers, "kps": np.zeros((len(numbers), 10))}
    outputs = {f"{n}_{s}": f32(r[None]) for n, v in parts.items() for s, r in zip(THREE, by_level(v, THREE))}
    inspection = look(tmp_path, outputs, {"classes": ["face"], "input": {"resize": "stretch"}})
    assert inspection.guesses[0].layout == "yunet"
    found = Detector.open(tmp_path / "m.onnx", inspection.usable_card(), "cpu").detect([PICTURE], conf=0.1)[0]
    np.testing.assert_allclose(found.boxes, BOXES, atol=0.01)
    np.testing.assert_allclose(found.scores, np.sqrt([0.9, 0.2]), atol=1e-3)


@pytest.mark.parametrize(("anchors", "form"), [("yolov5", "yolov5"), ("yolov7", "yolov5"), ("yolov3", "yolov3")])
def test_anchors_that_a_file_does_not_hold_can_be_said(tmp_path: Path, anchors: str, form: str) -> None:
    maps = anchored_maps("channels", "yolov7" if anchors == "yolov7" else "yolov5", v3=form == "yolov3")
    assert "anchors" in look(tmp_path, maps).unknown
    inspection = look(tmp_path, maps, {"options": {"anchors": anchors, "form": form}, "input": {"resize": "stretch"}})
    assert "anchors" not in inspection.unknown
    expected = BOXES if form == "yolov5" else None
    found = boxes(tmp_path, inspection)
    if expected is not None:
        np.testing.assert_allclose(found, expected, atol=0.05)
    own = {"anchors": [[list(a) for a in level] for level in ANCHORS["yolov7"]], "form": form}
    assert look(tmp_path, maps, {"options": own}).usable_card().options["anchors"] == own["anchors"]


def test_plain_distances_are_strides_or_pixels_as_they_grow(tmp_path: Path) -> None:
    for pixels in (False, True):
        classes, sides = distances(1, 0.0 if pixels else 0.5, THREE, pixels)
        levels = [*zip(THREE, by_level(classes, THREE), by_level(sides, THREE))]
        outputs = {f"cls{s}": f32(as_map(c, s)) for s, c, _ in levels}
        outputs |= {f"reg{s}": f32(as_map(d, s)) for s, _, d in levels}
        inspection = look(tmp_path, outputs, {"input": {"resize": "stretch"}})
        assert inspection.guesses[0].options["distances"] == ("pixels" if pixels else "strides")
        np.testing.assert_allclose(boxes(tmp_path, inspection), BOXES, atol=0.01)


def test_rows_of_any_order_are_told_by_their_numbers(tmp_path: Path) -> None:
    for order in ("picture box score label", "picture label score box", "picture label box score"):
        inspection = look(tmp_path, rows(order), {"input": {"resize": "stretch"}}, **OPEN)
        assert "order of a row" not in inspection.unknown
        found = Detector.open(tmp_path / "m.onnx", inspection.settled_card(), "cpu").detect([PICTURE])[0]
        np.testing.assert_allclose(found.boxes, BOXES, atol=0.01)
        assert (found.labels.tolist(), found.scores.tolist()) == (LABELS.tolist(), pytest.approx(SCORES.tolist()))


@pytest.mark.parametrize("case", [c.name for c in CASES if c.arguments.get("open_rows")])
def test_a_file_that_finds_nothing_on_the_pictures_tried_is_looked_into(tmp_path: Path, case: str) -> None:
    nothing = {name: values[:0] for name, values in BY_NAME[case].outputs().items()}
    inspection = look(tmp_path, nothing, **BY_NAME[case].arguments)
    with suppress(ModelError):
        assert not boxes(tmp_path, inspection).size
