"""Decoder of FastestDet: one map `[batch, 5 + C, H, W]`, or with its channels last.

Objectness, box, a softmax over the classes.

`x = (cell + tanh(tx)) / W`, `w = sigmoid(tw)` in shares of the picture. The score is `objectness * class`: its authors
rank by `objectness^0.6 * class^0.4`, which orders boxes almost alike but would bend the class vector.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Candidates, LayoutGuess, Outputs, cxcywh_to_xyxy, dense, sigmoid
from boxwright.inference.decoders.levels import level_rows
from boxwright.inference.decoders.options import COUNT, FLAG, OUTPUT, Options
from boxwright.inference.spec import ModelSpec, OutputSpec


class FastestDet:
    name = "fastestdet"
    title = "FastestDet: objectness, box and classes in one map [1,5+C,H,W]"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {"output": OUTPUT, "width": COUNT, "nhwc": FLAG}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        found = [(o, nhwc) for o in spec.outputs for nhwc in (False, True) if _fits(o, spec, nhwc)]
        if len(found) != 1:
            return None
        output, nhwc = found[0]
        count = output.shape[3 if nhwc else 1] - 5
        if spec.class_count not in (None, count):
            return None
        return LayoutGuess(
            layout=self.name,
            confidence=0.93,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="stretch"),
            options={"output": output.name, "width": output.shape[2 if nhwc else 3], "nhwc": nhwc},
            reasons=(
                Message("output '{0}' is one map of 5 + {1} channels whose classes sum to 1", output.name, count),
            ),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        array = outputs[card.options["output"]]
        nhwc = card.options.get("nhwc", False)
        height, width = array.shape[1:3] if nhwc else array.shape[2:]
        rows = level_rows(array, nhwc=nhwc)

        def convert(numbers: NDArray[np.floating], at: NDArray[np.intp]) -> NDArray[np.float32]:
            cell = np.stack([at % width, at // width], axis=1)
            centres = (cell + np.tanh(numbers[:, :2])) / (width, height)
            shares = np.concatenate([centres, sigmoid(numbers[:, 2:].astype(np.float32))], axis=1)
            size = np.array((card.input.width, card.input.height) * 2, dtype=np.float32)
            return np.asarray(cxcywh_to_xyxy(shares) * size, dtype=np.float32)

        return [dense(r[:, 1:5], r[:, 5:], conf, convert, r[:, 0]) for r in rows[:count]]


def _fits(output: OutputSpec, spec: ModelSpec, nhwc: bool) -> bool:
    shape = output.shape
    if not output.floating or len(shape) != 4 or shape[0] != 1 or min(shape) == 0:
        return False
    height, width, channels = (*shape[1:3], shape[3]) if nhwc else (*shape[2:], shape[1])
    if channels < 6 or spec.height / height != spec.width / width or spec.width // width not in (8, 16, 32):
        return False
    rows = level_rows(output.sample, nhwc=nhwc)[0]
    sums = rows[:, 5:].sum(axis=1)
    return bool(np.all((rows[:, 0] >= 0) & (rows[:, 0] <= 1)) and np.all(np.abs(sums - 1) < 0.02))
