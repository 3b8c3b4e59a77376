"""Depth of a graph's parts: which of its nodes are the backbone."""

from __future__ import annotations

import onnx


def backbone_nodes(graph: onnx.GraphProto) -> int:
    """How many of the graph's first nodes make up its backbone: those up to the first enlarged map, or two thirds of a
    graph that enlarges none."""
    made_by = {name: index for index, node in enumerate(graph.node) for name in node.output}
    for index, node in enumerate(graph.node):
        if node.op_type in ("Resize", "Upsample", "ConvTranspose"):
            return made_by.get(node.input[0], index - 1) + 1
    return len(graph.node) * 2 // 3
