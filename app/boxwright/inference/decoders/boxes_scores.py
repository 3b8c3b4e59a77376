"""`boxes [batch, N, 4]` and sigmoid `scores [batch, N, C]`, nothing suppressed: YOLO-NAS, PP-YOLOE, YOLOv4."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, Guess, Outputs, dense
from boxwright.inference.decoders.boxes import are_offsets, box_options, to_input_pixels
from boxwright.inference.decoders.pairs import find_pair, read_pair
from boxwright.inference.spec import ModelSpec


class BoxesScores:
    name = "boxes-scores"
    title = "YOLO-NAS, PP-YOLOE, YOLOv4: boxes and a score for every class in two outputs"
    suppressed = False

    def guess(self, spec: ModelSpec) -> Guess | None:
        pair = find_pair(spec)
        if pair is None or not pair.probabilities or spec.class_count not in (None, pair.columns):
            return None
        box = box_options(pair.boxes, "xyxy", pixels=True)
        if are_offsets(pair.boxes, box):
            return None
        return Guess(
            layout=self.name,
            confidence=0.3 if pair.sums_to_one and pair.columns > 1 else 0.85,
            kind=ProbKind.SIGMOID,
            class_count=pair.columns,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={**pair.options, **box},
            reasons=(pair.reason, "the class numbers are scores that do not sum to 1"),
            unknown=() if spec.metadata.exporter_conventions else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        boxes, classes = read_pair(outputs, card.options)
        return [
            dense(boxes[i], classes[i], conf, lambda b, _: to_input_pixels(b, card.options, card.input))
            for i in range(count)
        ]
