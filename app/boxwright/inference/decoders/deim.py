"""Decoder of RT-DETR, D-FINE and DEIM with post-processing inside: `labels, boxes, scores`, the size as input."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.kept import KEPT_OPTIONS, besides, decode_kept, find_kept
from boxwright.inference.spec import ModelSpec


class Deim:
    name = "deim"
    title = "RT-DETR, D-FINE, DEIM: labels, boxes, scores, with the input orig_target_sizes"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = KEPT_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        kept = find_kept(spec)
        if kept is None or not spec.sizes or kept.count is not None:
            return None
        sizes = [t for t in spec.sizes if "orig" in t.name.lower() or "target" in t.name.lower()]
        return LayoutGuess(
            layout=self.name,
            confidence=0.97 if sizes else 0.7,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="stretch"),
            # The size given is that of the input tensor, so boxes come in its pixels.
            options={**kept.options, "boxes": "xyxy", "normalised": False, "first_label": spec.first_label or 0},
            also=besides(spec),
            reasons=(kept.reason, Message("input '{0}' takes the picture's size", spec.sizes[0].name)),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_kept(outputs, count, card, conf)
