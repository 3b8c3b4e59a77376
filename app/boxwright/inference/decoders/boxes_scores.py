"""Decoder of `boxes [batch, N, 4]` and sigmoid `scores [batch, N, C]`.

YOLO-NAS, PP-YOLOE, YOLOv4, YOLOv3 of the ONNX zoo, whose chosen rows besides are not needed, and Core ML's confidence
and coordinates.
"""

from __future__ import annotations

from typing import Any, ClassVar

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import BOX_ORDER, PREPARATION, Candidates, LayoutGuess, Outputs, dense, sigmoid
from boxwright.inference.decoders.boxes import along_a_grid, are_offsets, box_options, to_input_pixels
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.options import BOX_OPTIONS, Options
from boxwright.inference.decoders.pairs import PAIR_OPTIONS, Pair, find_pair, read_pair
from boxwright.inference.spec import ModelSpec, OutputSpec


class BoxesScores:
    name = "boxes-scores"
    title = "YOLO-NAS, PP-YOLOE, YOLOv4: boxes and a score for every class in two outputs"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**PAIR_OPTIONS, **BOX_OPTIONS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        pair = find_pair(spec)
        if pair is None or spec.class_count not in (None, pair.columns):
            return None
        size = (spec.width, spec.height)
        box, untold = _boxes(spec, pair)
        if are_offsets(pair.boxes, box):
            return None
        logits = pair.quiet_logits and along_a_grid(pair.boxes, size, box["normalised"]) is not None
        if not (pair.probabilities or logits):
            return None
        return LayoutGuess(
            layout=self.name,
            confidence=0.3 if pair.sums_to_one and pair.columns > 1 else 0.85,
            kind=ProbKind.SIGMOID,
            class_count=pair.columns,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={**pair.options, **box, **({"logits": True} if logits else {})},
            reasons=(
                pair.reason,
                Message("boxes lie about the cells of a grid and classes are logits")
                if logits
                else Message("the class numbers are scores that do not sum to 1"),
            ),
            unknown=(*(() if spec.metadata.exporter_conventions else PREPARATION), *untold),
            also=(*maps_besides(spec), *(o.name for o in _chosen(spec))),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        boxes, classes = read_pair(outputs, card.options)
        classes = sigmoid(classes) if card.options.get("logits") else classes
        return [
            dense(boxes[i], classes[i], conf, lambda b, _: to_input_pixels(b, card.options, card.input))
            for i in range(count)
        ]


def _boxes(spec: ModelSpec, pair: Pair) -> tuple[dict[str, Any], tuple[str, ...]]:
    """How the box numbers are meant, and what nothing tells of it."""
    name = str(pair.options["boxes_output"]).lower()
    if "coordinates" in name:
        # Core ML's word for centre and size in shares.
        return {"boxes": "cxcywh", "normalised": True}, ()
    size = (spec.width, spec.height)
    box = box_options(pair.boxes, "xyxy", True, size)
    if "yolonms" in name:
        return {**box, "boxes": "yxyx"}, ()
    told = along_a_grid(pair.boxes, size, box["normalised"]) is not None
    # The operation that chooses rows takes corners with y first, though exporters hand it others.
    return box, (BOX_ORDER,) if _chosen(spec) and not told else ()


def _chosen(spec: ModelSpec) -> list[OutputSpec]:
    """Outputs of the rows that a suppression inside has chosen: picture, class and box, three whole numbers each."""
    return [o for o in spec.outputs if not o.floating and len(o.shape) in (2, 3) and o.shape[-1] == 3]
