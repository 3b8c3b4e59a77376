"""Decoder of DETR and its descendants without post-processing: raw logits, boxes as centre and size in shares.

Sigmoid for the ones trained with a focal loss (RT-DETR, D-FINE, DEIM, Deformable DETR); softmax with a background in
the last column for the original.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import (
    NORMALISATION,
    RESIZE_RULE,
    Candidates,
    LayoutGuess,
    Outputs,
    dense,
    sigmoid,
    softmax,
)
from boxwright.inference.decoders.boxes import along_a_grid, are_offsets, box_options, to_input_pixels
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.options import BOX_OPTIONS, Options
from boxwright.inference.decoders.pairs import PAIR_OPTIONS, Pair, find_pair, hidden_states, read_pair
from boxwright.inference.spec import ModelSpec

# Means and deviations of ImageNet in 0..1, which the original DETR and RF-DETR were trained with.
_IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
_MOST_QUERIES = 2000


class Detr:
    name = "detr"
    title = "DETR, RT-DETR, D-FINE, DEIM without post-processing: raw logits and boxes"
    suppressed = True
    kinds = (ProbKind.SIGMOID, ProbKind.SOFTMAX)
    options: ClassVar[Options] = {**PAIR_OPTIONS, **BOX_OPTIONS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        pair = find_pair(spec)
        if pair is None or pair.probabilities or len(pair.boxes) > _MOST_QUERIES:
            return None
        background = _has_background(spec, pair)
        count = pair.columns - (1 if background else 0)
        if count < 1 or spec.class_count not in (None, count):
            return None
        box = box_options(pair.boxes, "cxcywh", pixels=False)
        # Queries lie where the objects are, and not cell by cell.
        if are_offsets(pair.boxes, box) or along_a_grid(pair.boxes, (spec.width, spec.height), box["normalised"]):
            return None
        imagenet = background or spec.output("dets") is not None
        return LayoutGuess(
            layout=self.name,
            confidence=0.9,
            kind=ProbKind.SOFTMAX if background else ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="rgb", resize="stretch", **(_IMAGENET if imagenet else {})),
            options={**pair.options, **box},
            reasons=(
                pair.reason,
                Message("the class numbers are logits, background last")
                if background
                else Message("the class numbers are logits"),
            ),
            unknown=(NORMALISATION, RESIZE_RULE) if background else (NORMALISATION,),
            also=(*maps_besides(spec), *hidden_states(spec)),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        boxes, logits = read_pair(outputs, card.options)
        background = card.kind is ProbKind.SOFTMAX
        classes = softmax(logits) if background else sigmoid(logits)
        return [
            dense(
                boxes[i],
                classes[i],
                conf,
                lambda b, _: to_input_pixels(b, card.options, card.input),
                background=background,
            )
            for i in range(count)
        ]


def _has_background(spec: ModelSpec, pair: Pair) -> bool:
    # Most queries find nothing; a softmax says so in its last column, sigmoids in all of them.
    if len(pair.boxes) >= 10 and pair.dominant(-1) > 0.8 and bool(np.median(pair.classes[:, -1]) > 0):
        return True
    return spec.class_count is not None and pair.columns == spec.class_count + 1
