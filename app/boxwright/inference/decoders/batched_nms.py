"""Decoder of `num_dets, boxes, scores, labels`: four outputs of an NMS plug-in inside the graph, padded."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.kept import KEPT_OPTIONS, besides, decode_kept, find_kept, kept_boxes
from boxwright.inference.spec import ModelSpec


class BatchedNms:
    name = "batched-nms"
    title = "num_dets, boxes, scores, labels: an NMS plug-in inside, padded to a fixed number"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = KEPT_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        kept = find_kept(spec)
        if kept is None or kept.count is None:
            return None
        tensorflow = spec.named("detection_boxes") is not None and spec.named("detection_classes") is not None
        boxes, untold = kept_boxes(spec, kept)
        return LayoutGuess(
            layout=self.name,
            confidence=0.5 if tensorflow else 0.9,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                **kept.options,
                **boxes,
                "first_label": spec.first_label or 0,
            },
            also=besides(spec),
            reasons=(kept.reason, Message("output '{0}' says how many rows count", kept.count.name)),
            unknown=untold if spec.metadata.exporter_conventions else (*PREPARATION, *untold),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_kept(outputs, count, card, conf)
