"""Decoder of YOLOX: `[batch, N, 5 + C]`, one box per cell, objectness and classes; boxes decoded or raw.

Objectness and classes come as sigmoids or before them.

Raw boxes are `xy = (offset + cell) * stride`, `wh = exp(offset) * stride`.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import (
    PREPARATION,
    Candidates,
    LayoutGuess,
    Outputs,
    cxcywh_to_xyxy,
    dense,
    sigmoid,
)
from boxwright.inference.decoders.cells import check_rows, from_offsets
from boxwright.inference.decoders.fused import FUSED_OPTIONS, Fused, best_fused, maps_besides, rows_of
from boxwright.inference.decoders.options import FLAG, STRIDES, Options
from boxwright.inference.spec import ModelSpec


class YoloX:
    name = "yolox"
    title = "YOLOX: one box per grid cell in one output [1,N,5+C], grid decoded or not"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**FUSED_OPTIONS, "raw": FLAG, "strides": STRIDES}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        return best_fused(spec, self._guess)

    def _guess(self, spec: ModelSpec, fused: Fused) -> LayoutGuess | None:
        count = fused.columns - 5
        raw = not fused.in_pixels
        logits = raw and fused.quiet_logits(4)
        if count < 1 or fused.anchors != 1 or (fused.transposed and not raw):
            return None
        if not (fused.probabilities or logits):
            return None
        if spec.class_count not in (None, count):
            return None
        confidence, reason = _confidence(spec, fused, raw)
        return LayoutGuess(
            layout=self.name,
            confidence=confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="pad", scale=1.0),
            options={
                **fused.options,
                "raw": raw,
                "strides": list(fused.strides),
                **({"logits": True} if logits else {}),
            },
            reasons=(
                Message(
                    "output '{0}' has {1} rows of 5 + {2} numbers, one per grid cell", fused.name, fused.rows, count
                ),
                reason,
            ),
            unknown=() if raw and not fused.silent else PREPARATION,
            also=maps_besides(spec),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        rows = rows_of(outputs[options["output"]], options.get("transposed", False))
        scores = sigmoid(rows[..., 4:]) if options.get("logits") else rows[..., 4:]
        if options["raw"]:
            check_rows(rows.shape[1], card)
        convert = from_offsets(card) if options["raw"] else _decoded
        return [dense(rows[i, :, :4], scores[i, :, 1:], conf, convert, scores[i, :, 0]) for i in range(count)]


def _decoded(boxes: NDArray[np.floating], _: NDArray[np.intp]) -> NDArray[np.float32]:
    return cxcywh_to_xyxy(boxes)


def _confidence(spec: ModelSpec, fused: Fused, raw: bool) -> tuple[float, str]:
    if raw and fused.silent:
        return 0.5, Message("its boxes are all zero")
    if raw and fused.quiet_logits(4):
        return (0.95 if spec.class_count is not None else 0.7), Message(
            "its boxes are offsets in a grid, its scores logits"
        )
    if raw:
        return 0.95, Message("its boxes are offsets in a grid")
    if spec.class_count is not None:
        if spec.metadata.exporter_conventions:
            return 0.5, Message("its boxes are pixels, but its metadata is that of another exporter")
        return 0.85, Message(
            "its boxes are pixels and the {0} known classes leave room for an objectness", spec.class_count
        )
    if np.all(fused.values[:, 4] == 1.0):
        return 0.2, Message("its objectness is always 1")
    return 0.55 + 0.15 * fused.objectness_evidence, Message("its boxes are pixels")
