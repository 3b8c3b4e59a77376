"""What a file is taken for, what has to be said, and what overrides it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.onnx_cases import CASES
from tests.onnx_graphs import NAMES, f32, write_graph, yolo_metadata

from boxwright.domain.errors import ModelError
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import Inspection, inspect_model
from boxwright.inference.report import inspection_json, inspection_text

BY_NAME = {case.name: case for case in CASES}


def look(folder: Path, case: str, said: dict[str, Any] | None = None, **more: Any) -> Inspection:
    return inspect_model(BY_NAME[case].write(folder, **more), said)


def test_names_in_the_metadata_make_the_card_whole(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolov8", metadata=yolo_metadata())
    assert inspection.usable_card().classes == NAMES
    assert inspection.unknown == ()


def test_missing_names_are_asked_for(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolov8")
    assert inspection.unknown == ("class names",)
    with pytest.raises(ModelError, match="does not name its 3 classes; give them"):
        inspection.usable_card()


@pytest.mark.parametrize("case", ["yolox-raw", "yolov8", "detr-sigmoid", "nanodet", "fastestdet", "ssd", "yolov5"])
def test_a_wrong_class_count_is_caught_with_both_counts(tmp_path: Path, case: str) -> None:
    inspection = look(tmp_path, case, {"classes": ["one", "two", "three", "four", "five", "six"]})
    with pytest.raises(ModelError, match=r"has 3 classes, but 6 names were given \(one, two, three"):
        inspection.usable_card()


@pytest.mark.parametrize(("case", "count"), [("yolov8", 2), ("yolox-raw", 4), ("yolov5", 4), ("detr-softmax", 4)])
def test_one_name_too_many_or_too_few_is_no_other_layout(tmp_path: Path, case: str, count: int) -> None:
    inspection = look(tmp_path, case, {"classes": [f"name {i}" for i in range(count)]})
    with pytest.raises(ModelError, match=f"has 3 classes, but {count} names were given"):
        inspection.usable_card()


def test_a_wrong_class_count_shows_both_lists(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolov8", {"classes": ["mouse"]}, metadata=yolo_metadata())
    with pytest.raises(ModelError, match=r"3 classes \(cat, dog, owl\), but 1 names were given \(mouse\)"):
        inspection.usable_card()


def test_names_that_only_score_layouts_carry_are_held_to_the_metadata(tmp_path: Path) -> None:
    inspection = look(tmp_path, "end2end", {"classes": ["mouse"]})
    with pytest.raises(ModelError, match="has 3 classes"):
        inspection.usable_card()


def test_other_names_of_the_same_number_replace_those_of_the_file(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolov8", {"classes": ["a", "b", "c"]}, metadata=yolo_metadata())
    assert inspection.usable_card().classes == ("a", "b", "c")


def test_a_background_among_the_names_is_no_class(tmp_path: Path) -> None:
    inspection = look(tmp_path, "torchvision", {"classes": ["__background__", *NAMES]})
    card = inspection.usable_card()
    assert (card.classes, card.options["first_label"]) == (NAMES, 1)
    assert "number of the first class" not in inspection.unknown


def test_options_override_points_and_settle_them(tmp_path: Path) -> None:
    said = {"classes": list(NAMES), "input": {"channels": "bgr", "resize": "pad", "mean": [1, 2, 3]}}
    inspection = look(tmp_path, "boxes-scores-corners", said)
    card = inspection.usable_card()
    assert (card.input.channels, card.input.resize, card.input.mean) == ("bgr", "pad", (1.0, 2.0, 3.0))
    assert inspection.unknown == ()


@pytest.mark.parametrize("names", [("thing",), ("cat", "dog")])
def test_six_kept_numbers_are_not_a_box_and_one_or_two_classes(tmp_path: Path, names: tuple[str, ...]) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = (10, 10, 50, 50, 0.9, len(names) - 1)
    inspection = inspect_model(write_graph(tmp_path / "m.onnx", {"o": rows}, metadata=yolo_metadata(names)))
    assert [g.layout for g in inspection.guesses] == ["end2end"]


def test_a_layout_can_be_forced(tmp_path: Path) -> None:
    said = {"classes": list(NAMES), "layout": "yolov5"}
    assert look(tmp_path, "yolox-decoded", said).usable_card().layout == "yolov5"


def test_a_forced_layout_that_cannot_be_is_refused(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolov8", {"classes": list(NAMES), "layout": "torchvision"})
    with pytest.raises(ModelError, match=r"cannot be read as 'torchvision': its outputs are output0 \[1, 7, 252\]"):
        inspection.usable_card()


def test_a_layout_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no output layout 'yolov99'; choose one of yolov5"):
        look(tmp_path, "yolov8", {"layout": "yolov99"})


def test_a_classifier_is_no_detector(tmp_path: Path) -> None:
    inspection = inspect_model(write_graph(tmp_path / "m.onnx", {"logits": np.zeros((1, 1000), np.float32)}))
    assert inspection.unknown == ("layout",)
    with pytest.raises(ModelError, match="fit no known layout"):
        inspection.usable_card()
    assert inspection_json(inspection)["layout"] is None


def _with_inputs(path: Path, inputs: list[tuple[str, int, list[Any]]]) -> Path:
    infos = [helper.make_tensor_value_info(*i) for i in inputs]
    out = helper.make_tensor_value_info("y", inputs[0][1], None)
    graph = helper.make_graph([helper.make_node("Identity", [inputs[0][0]], ["y"])], "g", infos, [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ([("x", TensorProto.FLOAT, [1, 10])], "no detector for colour pictures"),
        ([("x", TensorProto.FLOAT, [1, 1, 64, 64])], "no detector for colour pictures"),
        ([("x", TensorProto.FLOAT, [1, 3, 64, 64]), ("z", TensorProto.FLOAT, [1, 3, 64, 64])], "no detector"),
        ([("x", TensorProto.DOUBLE, [1, 3, 64, 64])], "takes pictures as float64"),
        ([("x", TensorProto.FLOAT, [1, 3, 64, 64]), ("prompt", TensorProto.INT64, [1, 77])], "'prompt'"),
    ],
)
def test_wrong_inputs_are_named(tmp_path: Path, inputs: list[tuple[str, int, list[Any]]], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        inspect_model(_with_inputs(tmp_path / "m.onnx", inputs))


def test_a_file_that_opens_but_cannot_run(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"out": f32(np.zeros((1, 5, 6)))}, batch="N")
    model = onnx.load(path)
    bad = helper.make_node("Reshape", ["images", "bad"], ["other"])
    model.graph.node.insert(0, bad)
    model.graph.initializer.append(helper.make_tensor("bad", TensorProto.INT64, [1], [7]))
    model.graph.output.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, None))
    onnx.save(model, str(path))
    with pytest.raises(ModelError, match="cannot be run"):
        inspect_model(path)


def test_the_card_beside_the_file_overrides_and_options_override_the_card(tmp_path: Path) -> None:
    path = BY_NAME["boxes-scores-corners"].write(tmp_path)
    card = {"classes": list(NAMES), "input": {"channels": "bgr", "resize": "stretch"}}
    path.with_name("model.card.json").write_text(json.dumps(card))
    first = inspect_model(path).usable_card()
    assert (first.classes, first.input.channels, first.input.resize) == (NAMES, "bgr", "stretch")
    second = inspect_model(path, {"input": {"channels": "rgb"}}).usable_card()
    assert (second.input.channels, second.input.resize) == ("rgb", "stretch")


def test_open_without_a_card_reads_the_one_beside_the_file(tmp_path: Path) -> None:
    path = BY_NAME["yolov8"].write(tmp_path)
    path.with_name("model.card.json").write_text(json.dumps({"classes": list(NAMES)}))
    assert Detector.open(path, device="cpu").card.classes == NAMES


def test_a_card_for_another_input_size_is_refused(tmp_path: Path) -> None:
    said = {"classes": list(NAMES), "input": {"width": 640}}
    path = BY_NAME["yolov8"].write(tmp_path)
    card = inspect_model(path, said).usable_card()
    with pytest.raises(ModelError, match="only takes an input width of 128 pixels, not 640"):
        Detector.open(path, card, "cpu")


def test_the_report_holds_what_programs_rely_on(tmp_path: Path) -> None:
    inspection = look(tmp_path, "yolox-raw")
    report = inspection_json(inspection)
    assert {"layout", "kind", "classes", "input", "unknown"} <= report.keys()
    assert (report["layout"], report["kind"], report["class_count"]) == ("yolox", "sigmoid", 3)
    assert report["unknown"] == ["class names"]
    json.dumps(report)
    text = inspection_text(inspection)
    assert "yolox (95% sure)" in text
    assert "unknown    class names" in text
