"""ONNX detectors that open well and then do what no detector should."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from tests.onnx_graphs import CELLS, HEIGHT, WIDTH, dense_rows, f32, yolo_metadata

_ROWS = f32(dense_rows(CELLS, objectness=False).T[None])


def failing_on_bright(path: Path) -> Path:
    """Answers a dark picture, and breaks off on one whose mean is over 0.7."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Greater", ["mean", "limit"], ["bright"]),
        helper.make_node("Cast", ["bright"], ["one_more"], to=TensorProto.INT64),
        helper.make_node("Add", ["shape", "one_more"], ["wanted"]),
        helper.make_node("Reshape", ["rows", "wanted"], ["output0"]),
    ]
    values = {"rows": _ROWS, "limit": np.array(0.7, np.float32), "shape": np.array(_ROWS.shape, np.int64)}
    return _write(path, nodes, values)


def never_answering(path: Path) -> Path:
    """Counts for longer than anybody waits."""
    number, truth = TensorProto.FLOAT, TensorProto.BOOL
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_in"], ["go_out"]),
            helper.make_node("Add", ["count_in", "one"], ["count_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("go_in", truth, []),
            helper.make_tensor_value_info("count_in", number, []),
        ],
        [
            helper.make_tensor_value_info("go_out", truth, []),
            helper.make_tensor_value_info("count_out", number, []),
        ],
    )
    nodes = [
        helper.make_node("Loop", ["rounds", "yes", "zero"], ["count"], body=body),
        helper.make_node("Mul", ["count", "zero"], ["nothing"]),
        *_with_picture("nothing"),
    ]
    values = {
        "rows": _ROWS,
        "rounds": np.array(2**62, np.int64),
        "yes": np.array(True),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
    }
    return _write(path, nodes, values)


def hungry(path: Path, numbers: int) -> Path:
    """Takes room for `numbers` float32 on its way to the answer."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["any"], keepdims=0),
        helper.make_node("Expand", ["any", "many"], ["heap"]),
        helper.make_node("ReduceMax", ["heap"], ["most"], keepdims=0),
        helper.make_node("Mul", ["most", "zero"], ["nothing"]),
        *_with_picture("nothing"),
    ]
    values = {"rows": _ROWS, "many": np.array([numbers], np.int64), "zero": np.array(0, np.float32)}
    return _write(path, nodes, values)


def _with_picture(extra: str) -> list[NodeProto]:
    return [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["faint"]),
        helper.make_node("Add", ["rows", "faint"], ["seen"]),
        helper.make_node("Add", ["seen", extra], ["output0"]),
    ]


def _write(path: Path, nodes: Sequence[NodeProto], values: dict[str, Any]) -> Path:
    graph = helper.make_graph(
        list(nodes),
        "unruly",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, list(_ROWS.shape))],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    for key, text in yolo_metadata().items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, text
    onnx.save(model, str(path))
    return path
