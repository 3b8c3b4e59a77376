"""Depth of a graph's parts: which of its nodes are the backbone."""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from boxwright.domain.card import InputSpec
from boxwright.domain.feature_maps import STRIDES


def backbone_nodes(graph: onnx.GraphProto) -> int:
    """How many of the graph's first nodes make up its backbone: those up to the first enlarged map, or two thirds of a
    graph that enlarges none."""
    made_by = {name: index for index, node in enumerate(graph.node) for name in node.output}
    for index, node in enumerate(graph.node):
        if node.op_type in ("Resize", "Upsample", "ConvTranspose"):
            return made_by.get(node.input[0], index - 1) + 1
    return len(graph.node) * 2 // 3


def early_nodes(graph: onnx.GraphProto, shapes: Mapping[str, tuple[int, ...]], spec: InputSpec) -> int:
    """How many of the graph's first nodes come before the first map at the finest stride of a head; 0 where there is
    none. `shapes` are those of one image.

    They tell edges and colours, which differ little from set to set. Learning leaves them alone: a quarter of a step's
    time is theirs, and what a few hundred images teach them does harm (docs/adr/0015-transfer.md).
    """
    finest = (spec.height // STRIDES[0], spec.width // STRIDES[0])
    for index, node in enumerate(graph.node):
        shape = shapes.get(node.output[0], ())
        if len(shape) == 4 and finest in (shape[2:], shape[1:3]):
            return index
    return 0
