"""Decoder of SSD: decoded boxes in shares and a softmax over the classes and a background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs, dense, softmax
from boxwright.inference.decoders.boxes import are_offsets, box_options, to_input_pixels
from boxwright.inference.decoders.fused import fused_outputs, maps_besides, rows_of
from boxwright.inference.decoders.options import BOX_OPTIONS, FLAG, OUTPUT, Options, one_of
from boxwright.inference.decoders.pairs import PAIR_OPTIONS, Pair, find_pair, read_pair
from boxwright.inference.spec import ModelSpec

# Logits of fewer rows are a transformer's queries.
_FEWEST_PRIORS = 1000


class Ssd:
    name = "ssd"
    title = "SSD: boxes in shares and a softmax with a background, nothing suppressed"
    suppressed = False
    kinds = (ProbKind.SOFTMAX,)
    options: ClassVar[Options] = {
        **PAIR_OPTIONS,
        **BOX_OPTIONS,
        "output": OUTPUT,
        "transposed": FLAG,
        "boxes_first": FLAG,
        "logits": FLAG,
        "background": one_of("first", "last"),
    }

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        pair = find_pair(spec) or _side_by_side(spec)
        if pair is None or pair.columns < 2 or spec.class_count not in (None, pair.columns - 1):
            return None
        logits = not pair.probabilities
        if logits and (len(pair.boxes) < _FEWEST_PRIORS or max(pair.dominant(0), pair.dominant(-1)) < 0.8):
            return None
        if not logits and not pair.sums_to_one:
            return None
        box = box_options(pair.boxes, "xyxy", pixels=False)
        if are_offsets(pair.boxes, box):
            return None
        last = float(np.nanmean(pair.classes[:, -1])) > float(np.nanmean(pair.classes[:, 0]))
        return LayoutGuess(
            layout=self.name,
            confidence=0.97 if "output" in pair.options else 0.9,
            kind=ProbKind.SOFTMAX,
            class_count=pair.columns - 1,
            input=spec.input_spec(
                channels="rgb", resize="stretch", scale=1.0, mean=(127.0, 127.0, 127.0), std=(128.0, 128.0, 128.0)
            ),
            options={**pair.options, **box, "logits": logits, "background": "last" if last else "first"},
            reasons=(
                pair.reason,
                Message("a softmax with the background {0}", Message("last") if last else Message("first")),
            ),
            unknown=PREPARATION,
            also=maps_besides(spec),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        boxes, classes = _read_side_by_side(outputs, options) if "output" in options else read_pair(outputs, options)
        if options["logits"]:
            classes = softmax(classes)
        if options["background"] == "first":
            classes = np.roll(classes, -1, axis=2)
        return [
            dense(boxes[i], classes[i], conf, lambda b, _: to_input_pixels(b, options, card.input), background=True)
            for i in range(count)
        ]


def _side_by_side(spec: ModelSpec) -> Pair | None:
    """One output whose rows hold a box and a softmax, whichever comes first."""
    for fused in fused_outputs(spec):
        for boxes_first in (True, False):
            options = {"output": fused.name, "transposed": fused.transposed, "boxes_first": boxes_first}
            sample = fused.values.T[None] if fused.transposed else fused.values[None]
            boxes, classes = _read_side_by_side({fused.name: sample}, options)
            order = Message("a box and then") if boxes_first else Message("the classes and then a box,")
            pair = Pair(
                options,
                boxes[0],
                classes[0],
                Message("rows of '{0}' hold {1} {2} classes", fused.name, order, classes.shape[2]),
            )
            if pair.sums_to_one and fused.columns > 6:
                return pair
    return None


def _read_side_by_side(outputs: Outputs, options: Mapping[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = rows_of(outputs[options["output"]], options["transposed"])
    return (rows[..., :4], rows[..., 4:]) if options["boxes_first"] else (rows[..., -4:], rows[..., :-4])
