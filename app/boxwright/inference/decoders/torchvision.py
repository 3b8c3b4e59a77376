"""Decoder of boxes, labels and scores of a graph with NMS inside, as torchvision's detectors give them."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.kept import (
    FIRST_CLASS,
    KEPT_OPTIONS,
    besides,
    decode_kept,
    find_kept,
    first_label,
    kept_boxes,
)
from boxwright.inference.spec import ModelSpec


class Torchvision:
    name = "torchvision"
    title = "boxes, labels, scores: NMS inside; labels may count from 1, with a background"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = KEPT_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        kept = find_kept(spec)
        if kept is None or spec.sizes or kept.count is not None:
            return None
        first, certain = first_label(spec, kept)
        boxes, untold = kept_boxes(spec, kept)
        unknown = () if spec.metadata.exporter_conventions else PREPARATION
        return LayoutGuess(
            layout=self.name,
            confidence=0.85,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                **kept.options,
                **boxes,
                "first_label": first,
            },
            also=besides(spec),
            reasons=(kept.reason,),
            unknown=(*unknown, *untold, *(() if certain else (FIRST_CLASS,))),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_kept(outputs, count, card, conf)
