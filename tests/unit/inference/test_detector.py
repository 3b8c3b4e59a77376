"""Running: sizes and batches that the file leaves open or holds fixed, suppression across classes, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.onnx_graphs import BOXES, NAMES, cxcywh, dense_rows, f32, scattered_boxes, write_graph, yolo_metadata

from boxwright.domain.errors import ModelError
from boxwright.domain.prediction import Detections
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model

V8: dict[str, Any] = {"metadata": yolo_metadata()}


def v8(path: Path, **more: Any) -> Path:
    return write_graph(path, {"output0": f32(dense_rows(252, objectness=False).T[None])}, **{**V8, **more})


def blank(width: int = 128, height: int = 96) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def same(a: Detections, b: Detections) -> None:
    np.testing.assert_array_equal(a.boxes, b.boxes)
    np.testing.assert_array_equal(a.probs, b.probs)


def test_a_fixed_batch_is_filled_up_and_cut(tmp_path: Path) -> None:
    detector = Detector.open(v8(tmp_path / "m.onnx", batch=4), device="cpu")
    assert detector.batch_size == 4
    found = detector.detect([blank()] * 6, conf=0.1)
    assert [len(f) for f in found] == [2] * 6


def test_an_open_batch_runs_at_once(tmp_path: Path) -> None:
    detector = Detector.open(v8(tmp_path / "m.onnx", batch="N"), device="cpu")
    prepared = [detector.prepare(blank())] * 5
    assert [chunk.count for chunk in detector.run(prepared)] == [5]


def test_a_batch_that_only_claims_to_be_open_still_works(tmp_path: Path) -> None:
    """A Reshape inside holds the batch at 1, as in many careless exports."""
    path = v8(tmp_path / "m.onnx", batch="N")
    model = onnx.load(path)
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, 3, 96, 128]), "fixed"))
    model.graph.node.insert(0, helper.make_node("Reshape", ["images", "fixed"], ["same"]))
    model.graph.node[1].input[0] = "same"
    model.graph.node[2].input[0] = "same"
    onnx.save(model, str(path))
    detector = Detector.open(path, device="cpu")
    assert [len(f) for f in detector.detect([blank()] * 3, conf=0.1)] == [2, 2, 2]
    assert detector.batch_size == 1


def test_no_pictures_are_no_error(tmp_path: Path) -> None:
    assert Detector.open(v8(tmp_path / "m.onnx", batch="N"), device="cpu").detect([]) == []


def test_an_open_size_takes_the_metadata_s_size(tmp_path: Path) -> None:
    detector = Detector.open(v8(tmp_path / "m.onnx", size=("H", "W")), device="cpu")
    assert (detector.card.input.width, detector.card.input.height) == (128, 96)
    assert len(detector.detect([blank()], conf=0.1)[0]) == 2


def test_an_open_size_can_be_chosen(tmp_path: Path) -> None:
    path = v8(tmp_path / "m.onnx", size=("H", "W"))
    card = inspect_model(path, {"input": {"width": 256, "height": 192}}).usable_card()
    detector = Detector.open(path, card, "cpu")
    # The graph answers in pixels of its input, so in a picture of that size the boxes stay where they are.
    np.testing.assert_allclose(detector.detect([blank(256, 192)], conf=0.1)[0].boxes, BOXES, atol=0.01)


def test_an_input_without_a_batch_axis(tmp_path: Path) -> None:
    """As torchvision's own exports take it."""
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [3, "H", "W"])
    values = {"boxes": f32(BOXES), "labels": np.array([2, 3]), "scores": f32(np.array([0.9, 0.6]))}
    nodes = [helper.make_node("Identity", [f"{n}_value"], [n]) for n in values]
    infos = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), ["K", *a.shape[1:]])
        for n, a in values.items()
    ]
    held = [numpy_helper.from_array(a, f"{n}_value") for n, a in values.items()]
    graph = helper.make_graph(nodes, "g", [image], infos, held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    card = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    found = Detector.open(path, card, "cpu").detect([blank(640, 640)] * 2)
    assert [f.labels.tolist() for f in found] == [[1, 2], [1, 2]]


def test_suppression_within_and_across_classes(tmp_path: Path) -> None:
    boxes = scattered_boxes(252)
    boxes[:] = (300.0, 300.0, 1.0, 1.0)
    boxes[[10, 20]] = cxcywh(np.array([(10.0, 10, 60, 60), (12.0, 10, 62, 60)]))
    classes = np.zeros((252, 3))
    classes[10, 0], classes[20, 1] = 0.9, 0.8
    path = write_graph(tmp_path / "m.onnx", {"o": f32(np.concatenate([boxes, classes], axis=1).T[None])}, **V8)
    detector = Detector.open(path, device="cpu")
    assert len(detector.detect([blank()])[0]) == 2
    assert detector.detect([blank()], class_agnostic=True)[0].labels.tolist() == [0]
    assert len(detector.detect([blank()], class_agnostic=True, iou=0.95)[0]) == 2
    assert len(detector.detect([blank()], max_boxes=1)[0]) == 1


def test_boxes_are_clipped_and_those_outside_are_dropped(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, :3] = [(-20, -20, 30, 30, 0.9, 0), (500, 500, 600, 600, 0.8, 1), (100, 80, 400, 300, 0.7, 2)]
    detector = Detector.open(write_graph(tmp_path / "m.onnx", {"o": rows}, **V8), device="cpu")
    found = detector.detect([blank()])[0]
    assert found.boxes.tolist() == [[0, 0, 30, 30], [100, 80, 128, 96]]


def test_a_label_without_a_name_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = (10, 10, 50, 50, 0.9, 89)
    path = write_graph(tmp_path / "m.onnx", {"o": rows})
    card = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    with pytest.raises(ModelError, match="class number 89 but only 3 class names are known"):
        Detector.open(path, card, "cpu").detect([blank()])


def test_several_threads_may_use_one_detector(tmp_path: Path) -> None:
    detector = Detector.open(v8(tmp_path / "m.onnx"), device="cpu", threads=1)
    alone = detector.detect([blank(300, 200)], conf=0.1)[0]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: detector.detect([blank(300, 200)], conf=0.1)[0], range(40)):
            same(found, alone)
