"""YOLOX: `[batch, N, 5 + C]`, one box per cell, objectness and classes already sigmoids; boxes decoded or raw.

Raw boxes are `xy = (offset + cell) * stride`, `wh = exp(offset) * stride`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, Convert, Guess, Outputs, cxcywh_to_xyxy, dense
from boxwright.inference.decoders.fused import Fused, best_fused, rows_of
from boxwright.inference.decoders.grid import cells
from boxwright.inference.spec import ModelSpec


class YoloX:
    name = "yolox"
    title = "YOLOX: one box per grid cell in one output [1,N,5+C], grid decoded or not"
    suppressed = False

    def guess(self, spec: ModelSpec) -> Guess | None:
        return best_fused(spec, self._guess)

    def _guess(self, spec: ModelSpec, fused: Fused) -> Guess | None:
        count = fused.columns - 5
        raw = not fused.in_pixels
        if count < 1 or fused.anchors != 1 or not fused.probabilities or (fused.transposed and not raw):
            return None
        if spec.class_count not in (None, count):
            return None
        confidence, reason = _confidence(spec, fused, raw)
        return Guess(
            layout=self.name,
            confidence=confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="pad", scale=1.0),
            options={"output": fused.name, "transposed": fused.transposed, "raw": raw, "strides": list(fused.strides)},
            reasons=(f"output '{fused.name}' has {fused.rows} rows of 5 + {count} numbers, one per grid cell", reason),
            unknown=() if raw and not fused.silent else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        rows = rows_of(outputs[card.options["output"]], card.options.get("transposed", False))
        convert = _grid_offsets(card) if card.options["raw"] else _decoded
        return [dense(r[:, :4], r[:, 5:], conf, convert, r[:, 4]) for r in rows[:count]]


def _decoded(boxes: NDArray[np.floating], _: NDArray[np.intp]) -> NDArray[np.float32]:
    return cxcywh_to_xyxy(boxes)


def _grid_offsets(card: DetectorCard) -> Convert:
    grid = cells(card.input.width, card.input.height, tuple(card.options["strides"]))

    def convert(offsets: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        at, stride = grid[rows, :2], grid[rows, 2:]
        return cxcywh_to_xyxy(np.concatenate([(offsets[:, :2] + at) * stride, np.exp(offsets[:, 2:]) * stride], axis=1))

    return convert


def _confidence(spec: ModelSpec, fused: Fused, raw: bool) -> tuple[float, str]:
    if raw and fused.silent:
        return 0.5, "its boxes are all zero"
    if raw:
        return 0.95, "its boxes are offsets in a grid"
    if spec.class_count is not None:
        if spec.metadata.exporter_conventions:
            return 0.5, "its boxes are pixels, but its metadata is that of another exporter"
        return 0.85, f"its boxes are pixels and the {spec.class_count} known classes leave room for an objectness"
    if np.all(fused.values[:, 4] == 1.0):
        return 0.2, "its objectness is always 1"
    return 0.55 + 0.15 * fused.objectness_evidence, "its boxes are pixels"
