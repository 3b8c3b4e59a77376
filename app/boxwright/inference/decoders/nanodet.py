"""NanoDet and its like: per level, class scores and the distances to the four sides as integrals over bins.

A distance is `stride * sum(i * softmax(bins)_i)` (Generalized Focal Loss, Li et al. 2020), left, top, right, bottom.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import (
    PREPARATION,
    Candidates,
    Convert,
    Guess,
    Outputs,
    dense,
    sigmoid,
    softmax,
)
from boxwright.inference.decoders.fused import fused_outputs
from boxwright.inference.decoders.grid import cells
from boxwright.inference.decoders.levels import Levels, find_levels, level_rows
from boxwright.inference.spec import ModelSpec

_NANODET = {"scale": 1.0, "mean": (103.53, 116.28, 123.675), "std": (57.375, 57.12, 58.395)}
_NANODET_BINS = 8


class NanoDet:
    name = "nanodet"
    title = "NanoDet: class scores and binned distances, per level or joined"
    suppressed = False

    def guess(self, spec: ModelSpec) -> Guess | None:
        levels = find_levels(spec) or _joined(spec)
        if levels is None or spec.class_count not in (None, levels.class_count):
            return None
        own = levels.bins == _NANODET_BINS
        prepared = {"channels": "bgr", "resize": "stretch", **_NANODET} if own else {"channels": "rgb"}
        return Guess(
            layout=self.name,
            confidence=0.96 if own else 0.9,
            kind=ProbKind.SIGMOID,
            class_count=levels.class_count,
            input=spec.input_spec(**prepared),
            options={
                **levels.options,
                "classes": levels.class_count,
                "bins": levels.bins,
                "strides": list(levels.strides),
                "logits": levels.logits,
                # NanoDet-Plus, known by its fourth level, measures from the cell's corner, the others from its centre.
                "offset": 0.0 if own and 64 in levels.strides else 0.5,
            },
            reasons=(levels.reason,),
            unknown=() if own else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        if "output" in options:
            rows = np.asarray(outputs[options["output"]], dtype=np.float32)
            classes, distances = rows[..., : options["classes"]], rows[..., options["classes"] :]
        else:
            classes = np.concatenate([level_rows(outputs[n]) for n in options["class_outputs"]], axis=1)
            distances = np.concatenate([level_rows(outputs[n]) for n in options["distance_outputs"]], axis=1)
        if options["logits"]:
            classes = sigmoid(classes)
        convert = _from_distances(card)
        return [dense(distances[i], classes[i], conf, convert) for i in range(count)]


def _from_distances(card: DetectorCard) -> Convert:
    spec, options = card.input, card.options
    grid = cells(spec.width, spec.height, tuple(options["strides"]), options["offset"])
    bins = np.arange(options["bins"], dtype=np.float32)

    def convert(distances: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        sides = (
            softmax(distances.reshape(len(rows), 4, len(bins)).astype(np.float32)) @ bins
            if len(bins) > 1
            else distances
        )
        at, stride = grid[rows, :2], grid[rows, 2:]
        corners = np.concatenate([at - sides[:, :2], at + sides[:, 2:]], axis=1) * stride
        return np.asarray(corners, dtype=np.float32)

    return convert


def _joined(spec: ModelSpec) -> Levels | None:
    """All levels in one output `[1, N, C + 4 * 8]`, the classes first and already sigmoids."""
    for fused in fused_outputs(spec):
        count = fused.columns - 4 * _NANODET_BINS
        if fused.transposed or fused.anchors != 1 or count < 1:
            continue
        classes, distances = fused.values[:, :count], fused.values[:, count:]
        scores = bool(((classes >= 0) & (classes <= 1)).all())
        if scores and bool(((distances < 0) | (distances > 1)).any()):
            reason = f"rows of '{fused.name}' hold {count} scores and 4 x {_NANODET_BINS} bins"
            return Levels({"output": fused.name}, count, _NANODET_BINS, fused.strides, False, reason)
    return None
