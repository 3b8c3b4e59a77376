"""Decoder of YOLOv8, v9, v11 and later without NMS inside: `[batch, 4 + C, N]`, boxes and class scores."""

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


class YoloV8:
    name = "yolov8"
    title = "YOLOv8, v9, v11, v12: boxes and classes in one output [1,4+C,N]"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**FUSED_OPTIONS, **BOX_OPTIONS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        return best_fused(spec, self._guess)

    def _guess(self, spec: ModelSpec, fused: Fused) -> LayoutGuess | None:
        masks = mask_columns(spec, fused)
        count = fused.columns - 4 - masks
        # Keypoints, too, follow the classes in the same rows.
        pose = spec.metadata.task == "pose" and spec.class_count is not None and spec.class_count < count
        if pose and spec.class_count is not None:
            count = spec.class_count
        if count < 1 or fused.kept_rows or spec.class_count not in (None, count):
            return None
        logits = fused.in_pixels and fused.quiet_logits(4)
        if not (masks or pose or fused.probabilities or logits):
            return None
        if not fused.in_pixels and float(np.nanmin(fused.values[:, :4])) < -1.0:
            return None
        confidence, reason = _confidence(spec, fused)
        known = spec.metadata.exporter_conventions or fused.transposed
        box = box_options(fused.values[:, :4], "cxcywh", True, (spec.width, spec.height))
        queries = box["normalised"] and not fused.anchors and not fused.transposed
        return LayoutGuess(
            layout=self.name,
            confidence=confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            # A transformer's queries, which no grid explains, were trained on stretched pictures.
            input=spec.input_spec(channels="rgb", resize="stretch" if queries else "letterbox"),
            options={**fused.options, "classes": count, **box, **({"logits": True} if logits else {})},
            reasons=(Message("output '{0}' has {1} rows of 4 + {2} numbers", fused.name, fused.rows, count), reason),
            unknown=() if known else PREPARATION,
            also=maps_besides(spec),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        rows = rows_of(outputs[options["output"]], options["transposed"])
        classes = rows[..., 4 : 4 + options["classes"]]
        classes = sigmoid(classes) if options.get("logits") else classes
        return [
            dense(rows[i, :, :4], classes[i], conf, lambda b, _: to_input_pixels(b, options, card.input))
            for i in range(count)
        ]


def _confidence(spec: ModelSpec, fused: Fused) -> tuple[float, str]:
    exported = spec.metadata.exporter_conventions
    if fused.softmax_after(4):
        return 0.2, Message("its class numbers sum to 1, as those of a softmax with a background")
    if fused.anchors == 3 and not exported:
        return 0.1, Message("three boxes per grid cell, as only detectors with an objectness have")
    if spec.class_count is not None:
        # Otherwise a YOLOX with one class name too many would pass for this.
        unlikely = not exported and not fused.transposed and fused.objectness_evidence > 0
        return (0.2 if unlikely else 0.95), Message(
            "the {0} known classes leave no room for an objectness", spec.class_count
        )
    if fused.transposed:
        return 0.8 - 0.1 * fused.objectness_evidence, Message("columns come first")
    return 0.5 - 0.15 * fused.objectness_evidence, Message("rows come first")
