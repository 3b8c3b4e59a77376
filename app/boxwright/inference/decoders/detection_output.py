"""Decoder of `[1, 1, N, 7]`: kept boxes of the layer DetectionOutput, as Caffe and OpenVINO end an SSD.

Each row is picture, label, score, x1, y1, x2, y2, the box in shares; a picture of -1 ends the list.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs, suppressed
from boxwright.inference.decoders.boxes import to_input_pixels
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.kept import FIRST_CLASS
from boxwright.inference.decoders.options import BOX_OPTIONS, LABEL, ONE_BY_ONE, OUTPUT, Options
from boxwright.inference.spec import ModelSpec


class DetectionOutput:
    name = "detection-output"
    title = "SSD from Caffe or OpenVINO: kept boxes in one output [1,1,N,7]"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options: ClassVar[Options] = {"output": OUTPUT, "first_label": LABEL, **BOX_OPTIONS, **ONE_BY_ONE}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        found = [o for o in spec.outputs if o.floating and len(o.shape) == 4 and o.shape[:2] == (1, 1)]
        found = [o for o in found if o.shape[3] == 7]
        if len(found) != 1:
            return None
        rows = np.asarray(found[0].sample, dtype=np.float64).reshape(-1, 7)
        kept = rows[(rows[:, 0] >= 0) & (rows[:, 2] > 0)]
        if np.any(kept[:, :2] != np.round(kept[:, :2])) or np.any(kept[:, 2] > 1):
            return None
        zero_based = bool(np.any(kept[:, 1] == 0))
        certain = spec.first_label is not None or zero_based
        first = spec.first_label if spec.first_label is not None else int(not zero_based)
        return LayoutGuess(
            layout=self.name,
            confidence=0.96,
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(
                channels="bgr", resize="stretch", scale=1.0, mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5)
            ),
            options={
                "output": found[0].name,
                "boxes": "xyxy",
                # Corners in shares hardly pass 1; in pixels they all would.
                "normalised": not len(kept) or bool(np.abs(kept[:, 3:]).max() <= 2.0),
                "first_label": first,
                "one_by_one": True,
            },
            also=maps_besides(spec),
            reasons=(
                Message(
                    "output '{0}' holds kept boxes of seven numbers in the order of DetectionOutput", found[0].name
                ),
            ),
            unknown=(*PREPARATION, *(() if certain else (FIRST_CLASS,))),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        rows = np.asarray(outputs[options["output"]], dtype=np.float32).reshape(-1, 7)
        rows = rows[np.isfinite(rows).all(axis=1)]
        found = []
        for i in range(count):
            own = rows[rows[:, 0] == i]
            boxes = to_input_pixels(own[:, 3:], options, card.input)
            found.append(suppressed(boxes, own[:, 2], own[:, 1], conf, card.classes, options.get("first_label", 0)))
        return found
