"""Tiny ONNX detectors with known answers, in every output layout."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]

# The input that all of them take, deliberately not square, and its grid cells at strides 8, 16, 32.
WIDTH, HEIGHT = 128, 96
CELLS = 192 + 48 + 12
NAMES = ("cat", "dog", "owl")

# Two objects in pixels of the input, with their class vectors.
BOXES = np.array([(20, 12, 60, 52), (70, 40, 110, 80)], dtype=np.float64)
PROBS = np.array([(0.05, 0.9, 0.3), (0.1, 0.2, 0.6)], dtype=np.float64)
LABELS = PROBS.argmax(axis=1)
SCORES = PROBS.max(axis=1)

_TYPES = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}


def write_graph(
    path: Path,
    outputs: Mapping[str, Array],
    *,
    batch: int | str = 1,
    size: tuple[int | str, int | str] = (HEIGHT, WIDTH),
    dtype: str = "float32",
    nhwc: bool = False,
    metadata: Mapping[str, str] | None = None,
    open_rows: bool = False,
    sizes_input: str | None = None,
    limits: tuple[str, ...] = (),
) -> Path:
    """An ONNX file that answers every picture with `outputs` (each with its batch axis of 1, but for `open_rows`).

    The answer is repeated for each picture of a batch. `open_rows` declares the first axis of unknown length and leaves
    it as it is, as graphs with NMS inside do.
    """
    image_shape = [batch, *size, 3] if nhwc else [batch, 3, *size]
    inputs = [helper.make_tensor_value_info("images", _TYPES[dtype], image_shape)]
    inputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, []) for name in limits]
    if sizes_input:
        inputs.append(helper.make_tensor_value_info(sizes_input, TensorProto.INT64, [batch, 2]))
    nodes = [
        helper.make_node("Shape", ["images"], ["batch_size"], end=1),
        helper.make_node("Cast", ["images"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["as_float"], ["mean"], keepdims=0),
    ]
    initializers, infos = [], []
    for name, array in outputs.items():
        initializers.append(numpy_helper.from_array(array, f"{name}_value"))
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        if open_rows:
            nodes.append(helper.make_node("Identity", [f"{name}_value"], [name]))
            infos.append(helper.make_tensor_value_info(name, kind, ["rows", *array.shape[1:]]))
            continue
        rest = numpy_helper.from_array(np.array(array.shape[1:], dtype=np.int64), f"{name}_rest")
        initializers.append(rest)
        nodes.append(helper.make_node("Concat", ["batch_size", f"{name}_rest"], [f"{name}_shape"], axis=0))
        nodes.append(helper.make_node("Expand", [f"{name}_value", f"{name}_shape"], [name]))
        infos.append(helper.make_tensor_value_info(name, kind, [batch, *array.shape[1:]]))
    graph = helper.make_graph(nodes, "detector", inputs, infos, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, str(path))
    return path


def yolo_metadata(names: tuple[str, ...] = NAMES, **more: str) -> dict[str, str]:
    """As YOLO exporters write it."""
    return {
        "names": str(dict(enumerate(names))),
        "stride": "32",
        "imgsz": f"[{HEIGHT}, {WIDTH}]",
        "task": "detect",
        **more,
    }


def json_metadata() -> dict[str, str]:
    return {"names": json.dumps({str(i): n for i, n in enumerate(NAMES)})}


def cxcywh(boxes: Array) -> Array:
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1)


def grid(strides: tuple[int, ...] = (8, 16, 32)) -> Array:
    """(CELLS, 3): x, y and stride of every cell."""
    rows = []
    for stride in strides:
        for y in range(math.ceil(HEIGHT / stride)):
            rows += [(x, y, stride) for x in range(math.ceil(WIDTH / stride))]
    return np.array(rows, dtype=np.float64)


def cell_of(box: Array, stride: int, strides: tuple[int, ...] = (8, 16, 32)) -> int:
    """The row of the cell that holds the centre of `box` at `stride`."""
    x, y = (box[:2] + box[2:]) / 2 // stride
    return int(np.flatnonzero((grid(strides) == (x, y, stride)).all(axis=1))[0])


def background_rows(rows: int, columns: int, seed: int = 0) -> Array:
    """`columns` low scores for each of `rows`."""
    return np.random.default_rng(seed).uniform(0.0005, 0.004, (rows, columns))


def scattered_boxes(rows: int, seed: int = 1) -> Array:
    """(rows, 4) centre and size in pixels, all over the input."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform((0, 0), (WIDTH, HEIGHT), (rows, 2))
    return np.concatenate([centres, rng.uniform(5, 60, (rows, 2))], axis=1)


def dense_rows(rows: int, objectness: bool) -> Array:
    """(rows, 4 + [1] + 3) in pixels: the two objects, a worse copy of the first, and noise."""
    boxes, classes = scattered_boxes(rows), background_rows(rows, 3)
    at = [rows // 3, rows // 2, rows // 3 + 1]
    boxes[at] = cxcywh(np.concatenate([BOXES, BOXES[:1] + 1]))
    classes[at] = np.concatenate([PROBS, PROBS[:1] * 0.8])
    if not objectness:
        return np.concatenate([boxes, classes], axis=1)
    objects = np.full((rows, 1), 0.003)
    # Conditional class scores: what objectness times class must give back.
    objects[at] = 0.95
    classes[at] /= 0.95
    return np.concatenate([boxes, objects, classes], axis=1)


@dataclass(frozen=True)
class Case:
    """One file. `layout`, `kind`: what must be recognised. `probs`: (2, C) expected for the two objects. `arguments`
    go to `write_graph`."""

    name: str
    layout: str
    kind: str
    outputs: Callable[[], Mapping[str, Array]]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    probs: Array = field(default_factory=lambda: PROBS)

    def write(self, folder: Path, **more: Any) -> Path:
        return write_graph(folder / "model.onnx", self.outputs(), **{**self.arguments, **more})


def one_hot() -> Array:
    """The vectors that are left when only the top score is known."""
    return np.where(np.arange(3) == LABELS[:, None], SCORES[:, None], 0.0)


def f32(array: Array) -> Array:
    return np.ascontiguousarray(array, dtype=np.float32)
