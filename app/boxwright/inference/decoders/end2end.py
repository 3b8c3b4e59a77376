"""Decoder of `[batch, K, 6]`: kept boxes of a graph that suppresses inside.

Each row is x1, y1, x2, y2, score, label, or in another order, or as a transformer's queries, with centre and size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import BOX_ORDER, PREPARATION, Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.boxes import box_options
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.grid import match_grid
from boxwright.inference.decoders.rows import (
    ROW_OPTIONS,
    SEVEN,
    SIX,
    RowOrder,
    box_kind,
    column_of,
    decode_rows,
    row_order,
)
from boxwright.inference.spec import ModelSpec, OutputSpec

# Paddle puts label and score in front.
_USUAL, _LABEL_FIRST = SIX[:2]
# Seven numbers with the batch axis besides are those of EfficientDet, y before x.
_SEVEN_IN_BATCHES = SEVEN[1]
# More rows than any export keeps after suppression.
_MOST = 3000


class EndToEnd:
    name = "end2end"
    title = "YOLOv10, v26 and other end-to-end exports: kept boxes in one output [1,K,6]"
    suppressed = True
    kinds = (ProbKind.SCORE,)
    options = ROW_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        found = [o for o in spec.outputs if o.floating and _is_rows(o)]
        if not found:
            return None
        output = found[0]
        columns = output.shape[-1]
        usual = _SEVEN_IN_BATCHES if columns >= 7 else _LABEL_FIRST if _from_paddle(spec) else _USUAL
        told = row_order(spec, output, usual)
        if told is None:
            return None
        sample = np.asarray(output.sample, dtype=np.float64).reshape(-1, columns)
        at = column_of(told.order)
        box = {**box_options(sample[:, at["box"] : at["box"] + 4], "xyxy", pixels=True)}
        if told.boxes or columns >= 7:
            box |= box_kind(told, "yxyx")
        stretched = told.order == _LABEL_FIRST or box["boxes"] == "cxcywh"
        known = spec.metadata.exporter_conventions
        untold = (BOX_ORDER,) if columns >= 7 and not told.boxes else ()
        return LayoutGuess(
            layout=self.name,
            confidence=_confidence(spec, output, told),
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="stretch" if stretched else "letterbox"),
            options={
                "output": output.name,
                "order": told.order,
                **box,
                "first_label": spec.first_label or 0,
                **({"one_by_one": True} if len(output.shape) == 2 else {}),
            },
            reasons=(Message("output '{0}' holds kept boxes", output.name), told.reason),
            unknown=(*(() if known else PREPARATION), *told.untold, *untold),
            also=maps_besides(spec),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        array = np.asarray(outputs[card.options["output"]], dtype=np.float32)
        pictures: NDArray[np.float32] = array[None] if array.ndim == 2 else array
        return [decode_rows(pictures[i], card, conf, _USUAL) for i in range(count)]


def _is_rows(output: OutputSpec) -> bool:
    shape = output.shape
    if len(shape) == 2:
        return shape[1] == 6 and shape[0] <= _MOST
    if len(shape) != 3 or shape[0] != 1 or shape[1] > _MOST:
        return False
    # Seven numbers in a row are mostly a box, an objectness and two classes: only a picture's number in front tells.
    return shape[2] == 6 or (shape[2] == 7 and shape[1] > 0 and bool(np.all(output.sample[..., 0] == 0)))


def _from_paddle(spec: ModelSpec) -> bool:
    """Paddle's exports take the picture's scale besides; for a plain picture they may keep no row to judge by."""
    return any("scale" in t.name.lower() or "im_shape" in t.name.lower() for t in spec.sizes)


def _confidence(spec: ModelSpec, output: OutputSpec, told: RowOrder) -> float:
    if spec.metadata.end_to_end:
        return 0.98
    rows = np.asarray(output.sample, dtype=np.float64).reshape(-1, output.shape[-1])
    if output.shape[-1] >= 7 and not np.any(rows):
        return 0.2
    # A whole grid of rows is a detector of one or two classes that suppresses nothing.
    if match_grid(len(rows), spec.width, spec.height) is not None:
        return 0.3
    sorted_rows = bool(np.all(np.diff(rows[:, column_of(told.order)["score"]]) <= 1e-6))
    return 0.97 if None in output.declared[-2:-1] or sorted_rows else 0.85
