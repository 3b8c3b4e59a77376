"""Head of a detector of ours, read back so that the next round goes on where the last one ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

PREFIX = "boxwright_head/"
_WITHIN = "network."


@dataclass(frozen=True)
class HeadReading:
    """Last convolution of one level, which reads its features from channel `start` on: weight (O,I,1,1), bias (O,)."""

    start: int
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True)
class OldHead:
    """Head as it was read back.

    `classes`: what it tells apart, in order. `state`: its weights by their names in a head of `transfer`, empty for
    one that ends in another way; `readings`: per level, then.
    """

    classes: tuple[str, ...]
    state: dict[str, NDArray[np.float32]]
    readings: tuple[tuple[HeadReading, ...], ...]


def read_old_head(model: onnx.ModelProto, taps: Sequence[tuple[str, ...]]) -> OldHead | None:
    """Of a whole graph that says it is ours; None for any other."""
    about = {entry.key: entry.value for entry in model.metadata_props}
    if not about.get("producer", "").startswith("boxwright "):
        return None
    try:
        names = json.loads(about.get("names", ""))
        classes = tuple(str(names[str(i)]) for i in range(len(names)))
    except (ValueError, KeyError, TypeError):
        return None
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    start = PREFIX + _WITHIN
    state = {name[len(start) :]: value for name, value in constants.items() if name.startswith(start)}
    return OldHead(classes, state, () if state else tuple(_readings(model, level, constants) for level in taps))


def take_up(head: nn.Module, old: OldHead | None, classes: tuple[str, ...]) -> bool:
    """Give `head` the weights of `old` where both tell the same classes apart; False where it stays as it was."""
    if old is None or old.classes != classes:
        return False
    if old.state:
        wanted = head.state_dict()
        given = {name: torch.from_numpy(np.array(value)) for name, value in old.state.items() if name in wanted}
        counters = {name for name in wanted if name.endswith("num_batches_tracked")}
        if given.keys() | counters != wanted.keys() or any(given[n].shape != wanted[n].shape for n in given):
            return False
        head.load_state_dict(given, strict=False)
        return True
    return _take_readings(head, old, len(classes))


def _take_readings(head: nn.Module, old: OldHead, classes: int) -> bool:
    """A scratch detector's last convolutions give class scores and sides just as the linear part of this head does."""
    logits, sides = getattr(head, "logits", None), getattr(head, "sides", None)
    if logits is None or sides is None or [len(level) for level in old.readings] != [2, 2, 2]:
        return False
    for level, (scores, distances) in enumerate(old.readings):
        if scores.weight.shape[0] != classes or distances.weight.shape[0] != 4:
            return False
        for layer, reading in ((logits[level], scores), (sides[level], distances)):
            with torch.no_grad():
                layer.weight.zero_()
                end = reading.start + reading.weight.shape[1]
                layer.weight[:, reading.start : end] = torch.from_numpy(np.array(reading.weight))
                layer.bias.copy_(torch.from_numpy(np.array(reading.bias)))
    return True


def _readings(
    model: onnx.ModelProto, level: tuple[str, ...], constants: dict[str, NDArray[np.float32]]
) -> tuple[HeadReading, ...]:
    found, start = [], 0
    for tap in level:
        width = 0
        for node in model.graph.node:
            if node.op_type == "Conv" and node.input[0] == tap and len(node.input) == 3 and node.input[1] in constants:
                weight = constants[node.input[1]]
                found.append(HeadReading(start, weight, constants[node.input[2]]))
                width = weight.shape[1]
        start += width
    return tuple(found)
