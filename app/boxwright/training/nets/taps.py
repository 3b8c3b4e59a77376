"""Where to listen in a detector's graph: the feature maps that its own head reads, some for each of three strides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import onnx

STRIDES = (8, 16, 32)
# Fewer channels are a mask or a score, not features.
FEWEST_CHANNELS = 16

Shape = tuple[int, ...]


def find_taps(
    graph: onnx.GraphProto, shapes: Mapping[str, Shape], width: int, height: int
) -> tuple[tuple[str, ...], ...] | None:
    """For strides 8, 16, 32: names of the [1,C,height/stride,width/stride] tensors to use, in the order of the graph.
    None when a stride has none.

    They are what the last convolutions of the head read, since those are trained for nothing but the old classes; a
    stride without a head gets the last map of that size. `shapes`: of every tensor at a `width` x `height` input.
    """
    strides = _strides(shapes, width, height)
    read_last: dict[int, list[str]] = defaultdict(list)
    maps: dict[int, list[str]] = defaultdict(list)
    leads_on = _leads_to_convolution(graph, strides)
    for node in graph.node:
        for name in node.output:
            stride = strides.get(name)
            if stride is None or shapes[name][1] < FEWEST_CHANNELS:
                continue
            maps[stride].append(name)
        if node.op_type == "Conv" and node.output[0] in strides and not leads_on[node.output[0]]:
            source = node.input[0]
            same = strides.get(source) == strides[node.output[0]]
            if same and shapes[source][1] >= FEWEST_CHANNELS and source not in read_last[strides[source]]:
                read_last[strides[source]].append(source)
    taps = [tuple(read_last[stride] or maps[stride][-1:]) for stride in STRIDES]
    return tuple(taps) if all(taps) else None


def backbone_nodes(graph: onnx.GraphProto) -> int:
    """How many of the graph's first nodes make up its backbone: those up to the first enlarged map, or two thirds of a
    graph that enlarges none."""
    made_by = {name: index for index, node in enumerate(graph.node) for name in node.output}
    for index, node in enumerate(graph.node):
        if node.op_type in ("Resize", "Upsample", "ConvTranspose"):
            return made_by.get(node.input[0], index - 1) + 1
    return len(graph.node) * 2 // 3


def _strides(shapes: Mapping[str, Shape], width: int, height: int) -> dict[str, int]:
    sizes = {(height // stride, width // stride): stride for stride in (*STRIDES, 4, 64)}
    return {name: sizes[shape[2:]] for name, shape in shapes.items() if len(shape) == 4 and shape[2:] in sizes}


def _leads_to_convolution(graph: onnx.GraphProto, strides: Mapping[str, int]) -> dict[str, bool]:
    """Of each tensor: whether a convolution that gives a feature map follows it, by whatever way (a shuffle of channels
    is no map in between)."""
    leads: dict[str, bool] = defaultdict(bool)
    for node in reversed(graph.node):
        maps = node.op_type == "Conv" and node.output[0] in strides
        result = maps or any(leads[name] for name in node.output)
        for name in node.input:
            leads[name] = leads[name] or result
    return leads
