"""`[batch, K, 6]`: kept boxes of a graph that suppresses inside, each as x1, y1, x2, y2, score, label, or in another
order, or as a transformer's queries, with centre and size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, Guess, Outputs, suppressed
from boxwright.inference.decoders.boxes import box_options, to_input_pixels
from boxwright.inference.decoders.grid import match_grid
from boxwright.inference.spec import ModelSpec, OutputSpec

# Where x1, y1, x2, y2, score and label stand in a row, likeliest first. Paddle puts label and score in front.
_ORDERS = {
    "box, score, label": (0, 1, 2, 3, 4, 5),
    "label, score, box": (2, 3, 4, 5, 1, 0),
    "box, label, score": (0, 1, 2, 3, 5, 4),
}
_USUAL, _LABEL_FIRST, _ = _ORDERS
# More rows than any export keeps after suppression.
_MOST = 3000


class EndToEnd:
    name = "end2end"
    title = "YOLOv10, v26 and other end-to-end exports: kept boxes in one output [1,K,6]"
    suppressed = True

    def guess(self, spec: ModelSpec) -> Guess | None:
        found = [o for o in spec.outputs if o.floating and len(o.shape) in (2, 3) and o.shape[-1] == 6]
        found = [o for o in found if o.shape[-2] <= _MOST and (len(o.shape) == 2 or o.shape[0] == 1)]
        if not found:
            return None
        output = found[0]
        sample = np.asarray(output.sample, dtype=np.float64).reshape(-1, 6)
        order = _order(sample) if len(sample) or not _from_paddle(spec) else _LABEL_FIRST
        rows = sample[:, _ORDERS[order]]
        box = box_options(rows[:, :4], "xyxy", pixels=True)
        stretched = order == _LABEL_FIRST or box["boxes"] == "cxcywh"
        known = spec.metadata.exporter_conventions
        return Guess(
            layout=self.name,
            confidence=_confidence(spec, output, rows),
            kind=ProbKind.SCORE,
            class_count=None,
            input=spec.input_spec(channels="rgb", resize="stretch" if stretched else "letterbox"),
            options={
                "output": output.name,
                "order": order,
                **box,
                "first_label": spec.first_label or 0,
                **({"one_by_one": True} if len(output.shape) == 2 else {}),
            },
            reasons=(f"output '{output.name}' holds kept boxes of six numbers: {order}",),
            unknown=() if known else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        array = np.asarray(outputs[options["output"]], dtype=np.float32)
        pictures = array[None] if array.ndim == 2 else array
        return [_one(pictures[i], card, conf) for i in range(count)]


def _one(rows: NDArray[np.float32], card: DetectorCard, conf: float) -> Candidates:
    rows = rows[np.isfinite(rows).all(axis=1)]
    rows = rows[:, _ORDERS[card.options.get("order", _USUAL)]]
    boxes = to_input_pixels(rows[:, :4], card.options, card.input)
    return suppressed(boxes, rows[:, 4], rows[:, 5], conf, card.classes, card.options.get("first_label", 0))


def _whole(column: NDArray[np.float64]) -> bool:
    return bool(np.all(column == np.round(column)) and np.all(column >= -1))


def _from_paddle(spec: ModelSpec) -> bool:
    """Paddle's exports take the picture's scale besides; for a plain picture they may keep no row to judge by."""
    return any("scale" in t.name.lower() or "im_shape" in t.name.lower() for t in spec.sizes)


def _order(rows: NDArray[np.float64]) -> str:
    """The first order in which every label is whole and every score lies in 0..1."""
    if np.any(rows):
        for order, columns in _ORDERS.items():
            if _fits(rows[:, columns]):
                return order
    return _USUAL


def _fits(rows: NDArray[np.float64]) -> bool:
    return _whole(rows[:, 5]) and bool(np.all((rows[:, 4] >= 0) & (rows[:, 4] <= 1)))


def _confidence(spec: ModelSpec, output: OutputSpec, rows: NDArray[np.float64]) -> float:
    if spec.metadata.end_to_end:
        return 0.98
    if not _fits(rows):
        return 0.05
    # A whole grid of rows is a detector of one or two classes that suppresses nothing.
    if match_grid(len(rows), spec.width, spec.height) is not None:
        return 0.3
    return 0.97 if None in output.declared[-2:-1] or bool(np.all(np.diff(rows[:, 4]) <= 1e-6)) else 0.85
