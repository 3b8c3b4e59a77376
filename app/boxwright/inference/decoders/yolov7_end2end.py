"""Decoder of kept boxes of the whole batch in one output `[K, 7]`, each row with its picture's number.

YOLOv7 with NMS inside (box, label, score), YOLO-NAS flat (box, score, label), exports whose output's name spells it.
"""

from __future__ import annotations

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.boxes import box_options
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.grid import match_grid
from boxwright.inference.decoders.rows import ROW_OPTIONS, SEVEN, box_kind, column_of, decode_rows, row_order
from boxwright.inference.spec import ModelSpec

_USUAL = SEVEN[0]
# Landmarks and the like may follow.
_MOST_COLUMNS = 64


class YoloV7EndToEnd:
    name = "yolov7-end2end"
    title = "YOLOv7 with NMS inside, YOLO-NAS flat: kept boxes of the whole batch in one output [K,7]"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = ROW_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        found = [o for o in spec.outputs if o.floating and len(o.shape) == 2 and 7 <= o.shape[-1] <= _MOST_COLUMNS]
        found = [o for o in found if match_grid(o.shape[0], spec.width, spec.height) is None]
        for output in found:
            columns = output.shape[-1]
            told = row_order(spec, output, _USUAL)
            named = told is not None and bool(told.boxes)
            if told is None or (columns > 7 and not named):
                continue
            rows = np.asarray(output.sample, dtype=np.float64)
            at = column_of(told.order)["box"]
            box = {**box_options(rows[:, at : at + 4], "xyxy", pixels=True), **box_kind(told, "xyxy")}
            return LayoutGuess(
                layout=self.name,
                confidence=0.95 if named or len(rows) or not told.untold else 0.8,
                kind=ProbKind.SCORE,
                class_count=None,
                input=spec.input_spec(channels="rgb", resize="letterbox"),
                options={"output": output.name, "order": told.order, **box, "first_label": spec.first_label or 0},
                reasons=(
                    Message("output '{0}' holds kept boxes of seven numbers, the picture's first", output.name),
                    told.reason,
                ),
                unknown=(*(() if spec.metadata.exporter_conventions else PREPARATION), *told.untold),
                also=maps_besides(spec),
            )
        return None

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        array = np.asarray(outputs[card.options["output"]], dtype=np.float32)
        rows = array.reshape(-1, array.shape[-1])
        picture = column_of(card.options.get("order", _USUAL)).get("picture", 0)
        return [decode_rows(rows[rows[:, picture] == i], card, conf, _USUAL) for i in range(count)]
