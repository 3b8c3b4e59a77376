"""Execution plan of an ONNX graph: its nodes as steps, with what may be forgotten after each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from boxwright.training.nets.attributes import Attributes

# Numbers of any kind.
Constant = NDArray[np.generic]


@dataclass(frozen=True)
class GraphStep:
    """Step of the plan.

    `last_use`: tensors that no later step needs.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes
    last_use: tuple[str, ...] = ()


def planned(graph: onnx.GraphProto, outputs: set[str]) -> list[GraphStep]:
    """The nodes in their order, without constants, `x * sigmoid(x)` as one step `Silu`."""
    uses: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            uses.setdefault(name, []).append(node)
    steps: list[GraphStep] = []
    merged: set[str] = set()
    for node in graph.node:
        if node.op_type == "Constant" or node.output[0] in merged:
            continue
        gate = _gate(node, uses, outputs)
        if gate is not None:
            steps.append(GraphStep("Silu", (node.input[0],), tuple(gate.output), Attributes()))
            merged.add(gate.output[0])
            continue
        steps.append(
            GraphStep(node.op_type, tuple(node.input), tuple(node.output), Attributes(node.attribute, len(node.output)))
        )
    return _with_last_uses(steps, outputs)


def constant_of(node: onnx.NodeProto) -> Constant:
    """The array of a `Constant` node."""
    value = onnx.helper.get_attribute_value(node.attribute[0])
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.array(value)


def _gate(node: onnx.NodeProto, uses: dict[str, list[onnx.NodeProto]], outputs: set[str]) -> onnx.NodeProto | None:
    """The multiplication of `x` with the `sigmoid(x)` that `node` is, where nothing else reads it."""
    users = uses.get(node.output[0], [])
    if node.op_type != "Sigmoid" or len(users) != 1 or node.output[0] in outputs:
        return None
    return users[0] if users[0].op_type == "Mul" and node.input[0] in users[0].input else None


def _with_last_uses(steps: list[GraphStep], outputs: set[str]) -> list[GraphStep]:
    done = set(outputs)
    planned_steps: list[GraphStep] = []
    for step in reversed(steps):
        last = {name for name in (*step.inputs, *step.outputs) if name} - done
        done |= last
        planned_steps.append(replace(step, last_use=tuple(sorted(last))))
    return planned_steps[::-1]
