"""Boxes, labels and scores of a graph with NMS inside, as torchvision's detectors give them."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, Guess, Outputs
from boxwright.inference.decoders.boxes import box_options
from boxwright.inference.decoders.kept import FIRST_CLASS, Kept, decode_kept, find_kept
from boxwright.inference.spec import ModelSpec


class Torchvision:
    name = "torchvision"
    title = "boxes, labels, scores: NMS inside; labels may count from 1, with a background"
    suppressed = True

    def guess(self, spec: ModelSpec) -> Guess | None:
        kept = find_kept(spec)
        if kept is None or spec.sizes or kept.count is not None:
            return None
        first, certain = _first_label(spec, kept)
        unknown = () if spec.metadata.exporter_conventions else PREPARATION
        return Guess(
            layout=self.name,
            confidence=0.85,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                **kept.options,
                **box_options(kept.boxes.sample, "xyxy", pixels=True),
                "boxes": "xyxy",
                "first_label": first,
            },
            reasons=(kept.reason,),
            unknown=(*unknown, *(() if certain else (FIRST_CLASS,))),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_kept(outputs, count, card, conf)


def _first_label(spec: ModelSpec, kept: Kept) -> tuple[int, bool]:
    """The number of the first class, and whether that is certain. Torchvision keeps 0 for the background."""
    if spec.first_label is not None:
        return spec.first_label, True
    if ((kept.labels.sample == 0) & (kept.scores.sample > 0)).any():
        return 0, True
    return 1, False
