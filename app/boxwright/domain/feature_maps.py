"""Search for a detector's feature maps: tensors that its own head reads, some for each of three strides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

STRIDES = (8, 16, 32)
# What a detector that this program trained calls the maps which its head was put on.
JOINTS = tuple(f"boxwright_features_{stride}" for stride in STRIDES)
# Fewer channels are a mask or a score, not features.
FEWEST_CHANNELS = 16

Shape = tuple[int, ...]


class Node(Protocol):
    """Operation of a graph, as ONNX has it: its kind and the names of the tensors it reads and makes."""

    @property
    def op_type(self) -> str: ...

    @property
    def input(self) -> Iterable[str]: ...

    @property
    def output(self) -> Iterable[str]: ...


def find_taps(
    nodes: Sequence[Node], shapes: Mapping[str, Shape], width: int, height: int
) -> tuple[tuple[str, ...], ...] | None:
    """For strides 8, 16, 32: names of the [1,C,height/stride,width/stride] tensors to use, in the order of the graph.
    None when a stride has none.

    They are what the last convolutions of the head read, since those are trained for nothing but the old classes; a
    stride without a head gets the last map of that size. `shapes`: of every tensor at a `width` x `height` input.
    """
    strides = _strides(shapes, width, height)
    read_last: dict[int, list[str]] = defaultdict(list)
    maps: dict[int, list[str]] = defaultdict(list)
    leads_on = _leads_to_convolution(nodes, strides)
    for node in nodes:
        for name in node.output:
            stride = strides.get(name)
            if stride is None or shapes[name][1] < FEWEST_CHANNELS:
                continue
            maps[stride].append(name)
        if node.op_type != "Conv":
            continue
        (made, *_), (source, *_) = node.output, node.input
        if made in strides and not leads_on[made]:
            same = strides.get(source) == strides[made]
            if same and shapes[source][1] >= FEWEST_CHANNELS and source not in read_last[strides[source]]:
                read_last[strides[source]].append(source)
    taps = [tuple(read_last[stride] or maps[stride][-1:]) for stride in STRIDES]
    return tuple(taps) if all(taps) else None


def _strides(shapes: Mapping[str, Shape], width: int, height: int) -> dict[str, int]:
    sizes = {(height // stride, width // stride): stride for stride in (*STRIDES, 4, 64)}
    return {name: sizes[shape[2:]] for name, shape in shapes.items() if len(shape) == 4 and shape[2:] in sizes}


def _leads_to_convolution(nodes: Sequence[Node], strides: Mapping[str, int]) -> dict[str, bool]:
    """Of each tensor: whether a convolution that gives a feature map follows it, by whatever way (a shuffle of channels
    is no map in between)."""
    leads: dict[str, bool] = defaultdict(bool)
    for node in reversed(nodes):
        maps = node.op_type == "Conv" and any(name in strides for name in node.output)
        result = maps or any(leads[name] for name in node.output)
        for name in node.input:
            leads[name] = leads[name] or result
    return leads
