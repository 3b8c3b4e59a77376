"""YOLOv7 with NMS inside: `[K, 7]`, each row picture, x1, y1, x2, y2, label, score."""

from __future__ import annotations

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, Guess, Outputs, suppressed
from boxwright.inference.decoders.boxes import box_options, to_input_pixels
from boxwright.inference.spec import ModelSpec


class YoloV7EndToEnd:
    name = "yolov7-end2end"
    title = "YOLOv7 with NMS inside: kept boxes of the whole batch in one output [K,7]"
    suppressed = True

    def guess(self, spec: ModelSpec) -> Guess | None:
        found = [o for o in spec.outputs if o.floating and len(o.shape) == 2 and o.shape[-1] == 7]
        if not found:
            return None
        rows = np.asarray(found[0].sample, dtype=np.float64)
        if len(rows) and not (np.all(rows[:, 0] == 0) and np.all(rows[:, 5] == np.round(rows[:, 5]))):
            return None
        return Guess(
            layout=self.name,
            confidence=0.95,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                "output": found[0].name,
                **box_options(rows[:, 1:5], "xyxy", pixels=True),
                "boxes": "xyxy",
                "first_label": spec.first_label or 0,
            },
            reasons=(f"output '{found[0].name}' holds kept boxes of seven numbers, the picture's first",),
            unknown=() if spec.metadata.exporter_conventions else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        rows = np.asarray(outputs[card.options["output"]], dtype=np.float32).reshape(-1, 7)
        rows = rows[np.isfinite(rows).all(axis=1)]
        found = []
        for i in range(count):
            own = rows[rows[:, 0] == i]
            boxes = to_input_pixels(own[:, 1:5], card.options, card.input)
            first = card.options.get("first_label", 0)
            found.append(suppressed(boxes, own[:, 6], own[:, 5], conf, card.classes, first))
        return found
