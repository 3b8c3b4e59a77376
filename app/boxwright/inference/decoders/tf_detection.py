"""Decoder of TensorFlow object detection: `detection_boxes` in shares as y1, x1, y2, x2, classes counted from 1."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.kept import KEPT_OPTIONS, Kept, besides, decode_kept, zero_based
from boxwright.inference.spec import ModelSpec


class TfDetection:
    name = "tf-detection"
    title = "TensorFlow object detection: detection_boxes, detection_classes, detection_scores"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = KEPT_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        boxes = spec.named("detection_boxes")
        labels = spec.named("detection_classes")
        scores = spec.named("detection_scores")
        if boxes is None or labels is None or scores is None:
            return None
        kept = Kept(boxes, labels, scores, spec.named("num_detections"))
        exported = spec.metadata.exporter_conventions
        return LayoutGuess(
            layout=self.name,
            confidence=0.98,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="letterbox" if exported else "stretch"),
            options={**kept.options, "boxes": "yxyx", "normalised": True, "first_label": 0 if zero_based(kept) else 1},
            also=besides(spec),
            reasons=(Message("its outputs carry the names of that library"),),
            unknown=() if exported or spec.image.dtype == "uint8" else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_kept(outputs, count, card, conf)
