"""Constant sizes in exported graphs: made free of the batch, and changed with the input's size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

Size = tuple[int, int]
_STRIDES = (1, 2, 4, 8, 16, 32, 64)


def free_batch(graph: onnx.GraphProto, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """In place: each constant `Reshape`, made for one image, takes as many as come. `shapes` are those of one image.

    The images of a batch lie along the first axis of the result, unless the exporter itself left another axis of
    length 1 open.
    """
    for node, tensor in _constant_sizes(graph, {"Reshape": 1}):
        values = numpy_helper.to_array(tensor).copy()
        result = shapes.get(node.output[0], ())
        if len(result) != len(values) or not len(values) or values[0] == 0:
            continue
        if not any(value == -1 and size == 1 for value, size in zip(values, result)):
            values[:] = result
            values[0] = -1
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def resize_constants(graph: onnx.GraphProto, before: Size, after: Size) -> None:
    """In place: the constant shapes of `Reshape` and sizes of `Resize` that speak of maps of an input of `before`
    (height, width) pixels speak of one of `after`. A guess by value; whether the graph still runs tells if it is right.
    """
    for _, tensor in _constant_sizes(graph, {"Reshape": 1, "Resize": 3}):
        values = numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(_resized(values, before, after), tensor.name))


def _constant_sizes(
    graph: onnx.GraphProto, places: Mapping[str, int]
) -> Iterator[tuple[onnx.NodeProto, onnx.TensorProto]]:
    """The nodes of these operators with the constant that is their input at that place; a shared one comes once."""
    constants = {t.name: t for t in graph.initializer}
    constants |= {
        n.output[0]: a.t for n in graph.node if n.op_type == "Constant" for a in n.attribute if a.HasField("t")
    }
    done: set[str] = set()
    for node in graph.node:
        place = places.get(node.op_type, len(node.input))
        name = node.input[place] if place < len(node.input) else ""
        if name in constants and name not in done:
            done.add(name)
            yield node, constants[name]


def _resized(values: NDArray[np.integer], before: Size, after: Size) -> NDArray[np.integer]:
    changed = values.copy()
    for stride in _STRIDES:
        height, width = before[0] // stride, before[1] // stride
        if len(values) >= 2 and tuple(values[-2:]) == (height, width):
            changed[-2:] = after[0] // stride, after[1] // stride
            return changed
    for stride in _STRIDES:
        if len(values) >= 2 and values[-1] == (before[0] // stride) * (before[1] // stride):
            changed[-1] = (after[0] // stride) * (after[1] // stride)
            return changed
    return changed
