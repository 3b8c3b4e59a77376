"""FastestDet: one map `[batch, 5 + C, H, W]` of objectness, box and a softmax over the classes.

`x = (cell + tanh(tx)) / W`, `w = sigmoid(tw)` in shares of the picture. The score is `objectness * class`: its authors
rank by `objectness^0.6 * class^0.4`, which orders boxes almost alike but would bend the class vector.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Candidates, Guess, Outputs, cxcywh_to_xyxy, dense, sigmoid
from boxwright.inference.decoders.levels import level_rows
from boxwright.inference.spec import ModelSpec, OutputSpec


class FastestDet:
    name = "fastestdet"
    title = "FastestDet: objectness, box and classes in one map [1,5+C,H,W]"
    suppressed = False

    def guess(self, spec: ModelSpec) -> Guess | None:
        found = [o for o in spec.outputs if _fits(o, spec)]
        if len(found) != 1:
            return None
        count = found[0].shape[1] - 5
        if spec.class_count not in (None, count):
            return None
        return Guess(
            layout=self.name,
            confidence=0.93,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="stretch"),
            options={"output": found[0].name, "width": found[0].shape[3]},
            reasons=(f"output '{found[0].name}' is one map of 5 + {count} channels whose classes sum to 1",),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        array = outputs[card.options["output"]]
        height, width = array.shape[2:]
        rows = level_rows(array)

        def convert(numbers: NDArray[np.floating], at: NDArray[np.intp]) -> NDArray[np.float32]:
            cell = np.stack([at % width, at // width], axis=1)
            centres = (cell + np.tanh(numbers[:, :2])) / (width, height)
            shares = np.concatenate([centres, sigmoid(numbers[:, 2:].astype(np.float32))], axis=1)
            size = np.array((card.input.width, card.input.height) * 2, dtype=np.float32)
            return np.asarray(cxcywh_to_xyxy(shares) * size, dtype=np.float32)

        return [dense(r[:, 1:5], r[:, 5:], conf, convert, r[:, 0]) for r in rows[:count]]


def _fits(output: OutputSpec, spec: ModelSpec) -> bool:
    shape = output.shape
    if not output.floating or len(shape) != 4 or shape[0] != 1 or shape[1] < 6:
        return False
    if spec.height / shape[2] != spec.width / shape[3] or spec.width // shape[3] not in (8, 16, 32):
        return False
    rows = level_rows(output.sample)[0]
    sums = rows[:, 5:].sum(axis=1)
    return bool(np.all((rows[:, 0] >= 0) & (rows[:, 0] <= 1)) and np.all(np.abs(sums - 1) < 0.02))
