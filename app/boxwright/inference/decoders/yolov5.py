"""Decoder of YOLOv5, v6 and v7: `[batch, N, 5 + C]`, decoded boxes, objectness and conditional class scores."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs, dense, sigmoid
from boxwright.inference.decoders.boxes import box_options, to_input_pixels
from boxwright.inference.decoders.fused import FUSED_OPTIONS, Fused, best_fused, maps_besides, mask_columns, rows_of
from boxwright.inference.decoders.options import BOX_OPTIONS, Options
from boxwright.inference.spec import ModelSpec


class YoloV5:
    name = "yolov5"
    title = "YOLOv5, v6, v7: boxes, objectness and classes in one output [1,N,5+C]"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**FUSED_OPTIONS, **BOX_OPTIONS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        return best_fused(spec, self._guess)

    def _guess(self, spec: ModelSpec, fused: Fused) -> LayoutGuess | None:
        masks = mask_columns(spec, fused)
        count = fused.columns - 5 - masks
        if count < 1 or fused.kept_rows or spec.class_count not in (None, count):
            return None
        logits = fused.in_pixels and fused.quiet_logits(4)
        if not (masks or fused.probabilities or logits):
            return None
        # One box per cell whose numbers are no pixels: a raw grid.
        if fused.anchors == 1 and not fused.in_pixels and not fused.silent:
            return None
        confidence, reason = _confidence(spec, fused)
        known = spec.metadata.exporter_conventions or fused.anchors == 3
        box = box_options(fused.values[:, :4], "cxcywh", True, (spec.width, spec.height))
        return LayoutGuess(
            layout=self.name,
            confidence=confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={**fused.options, "classes": count, **box, **({"logits": True} if logits else {})},
            reasons=(Message("output '{0}' has {1} rows of 5 + {2} numbers", fused.name, fused.rows, count), reason),
            unknown=() if known else PREPARATION,
            also=maps_besides(spec),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        rows = rows_of(outputs[options["output"]], options["transposed"])
        scores = rows[..., 4 : 5 + options["classes"]]
        scores = sigmoid(scores) if options.get("logits") else scores
        return [
            dense(
                rows[i, :, :4],
                scores[i, :, 1:],
                conf,
                lambda b, _: to_input_pixels(b, options, card.input),
                scores[i, :, 0],
            )
            for i in range(count)
        ]


def _confidence(spec: ModelSpec, fused: Fused) -> tuple[float, str]:
    exported = spec.metadata.exporter_conventions
    if fused.softmax_after(4):
        return 0.2, Message("its class numbers sum to 1, as those of a softmax with a background")
    if fused.transposed and not exported:
        # Otherwise a YOLOv8 with one class name too few would pass for this.
        sure = spec.class_count is not None and fused.objectness_evidence >= 0
        return (0.7 if sure else 0.2), Message("columns come first, as no YOLOv5 export writes them")
    if spec.class_count is not None:
        sure = exported or fused.anchors == 3
        return (0.95 if sure else 0.7), Message("the {0} known classes leave room for an objectness", spec.class_count)
    if fused.anchors == 3:
        return 0.9, Message("three boxes per grid cell")
    if np.all(fused.values[:, 4] == 1.0):
        return 0.85, Message("an objectness that is always 1")
    return 0.5 + 0.1 * fused.objectness_evidence, Message("rows come first")
