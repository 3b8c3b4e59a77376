"""Rows of kept boxes, six or seven numbers each and more behind them: which column holds what.

The name of an output may tell (`batchno_classid_score_x1y1x2y2`), or the numbers do: a picture and a label are whole, a
score lies in 0..1, corners are in order. Where neither does, the order is not told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import ROW_ORDER, Candidates, suppressed
from boxwright.inference.decoders.boxes import to_input_pixels
from boxwright.inference.decoders.options import BOX_OPTIONS, LABEL, ONE_BY_ONE, OUTPUT, Options, one_of
from boxwright.inference.spec import ModelSpec, OutputSpec

PICTURE, LABEL_PART, SCORE, BOX = "picture", "label", "score", "box"

# The orders of exports that are met, likeliest first.
SIX = (
    Message("box, score, label"),
    Message("label, score, box"),
    Message("box, label, score"),
    Message("label, box, score"),
    Message("score, label, box"),
)
SEVEN = (
    Message("picture, box, label, score"),
    Message("picture, box, score, label"),
    Message("picture, label, score, box"),
    Message("picture, label, box, score"),
)
ROW_OPTIONS: Options = {
    "output": OUTPUT,
    "order": one_of(*SIX, *SEVEN),
    "first_label": LABEL,
    **BOX_OPTIONS,
    **ONE_BY_ONE,
}

# What rounding to 8 bits or to half precision adds to a whole number or a probability.
_SLACK = 0.02

_PARTS = (
    (PICTURE, r"batch_?(?:no|id|idx|index|num)?|image_?(?:id|idx|no)|img_?id"),
    (LABEL_PART, r"class_?(?:id|idx|no)?(?:es)?|cls_?(?:id)?|labels?|category_?(?:id)?"),
    (SCORE, r"scores?|conf(?:idence)?s?|probs?"),
    (BOX, r"x_?1_?y_?1_?x_?2_?y_?2|y_?1_?x_?1_?y_?2_?x_?2|xyxy|yxyx|cxcywh|xywh"),
)
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PARTS))
_BOX_KINDS = {"x1y1x2y2": "xyxy", "y1x1y2x2": "yxyx"}


@dataclass(frozen=True)
class RowOrder:
    """Order of the columns in rows of kept boxes.

    `order`: one of `SIX` or `SEVEN`. `boxes`: as the name tells, "" where it does not. `untold`: what is a guess.
    """

    order: str
    boxes: str
    reason: str
    untold: tuple[str, ...] = ()


def row_order(spec: ModelSpec, output: OutputSpec, usual: str) -> RowOrder | None:
    """The order of the rows of `output`, `usual` where nothing tells; None when none fits its name or its numbers."""
    columns = output.shape[-1]
    known = SEVEN if columns >= 7 else SIX
    named, boxes = _from_name(output.name)
    if named:
        if named not in known or len(named.split(", ")) + 3 > columns:
            return None
        return RowOrder(named, boxes, Message("the name of '{0}' tells the order of its rows: {1}", output.name, named))
    rows = np.asarray(output.sample, dtype=np.float64).reshape(-1, columns)
    rows = rows[np.isfinite(rows).all(axis=1) & np.any(rows != 0, axis=1)]
    if not len(rows):
        # The first library writes this name, the second the metadata.
        told = Message("picture, box, score, label") if "flat_predictions" in output.name.lower() else ""
        sure = bool(told) or spec.metadata.end_to_end or (spec.metadata.exporter_conventions and columns == 6)
        order = told if told in known else usual
        reason = (
            Message("rows of '{0}' hold {1}", output.name, order)
            if sure
            else Message("no row tells the order, {0} is usual", order)
        )
        return RowOrder(order, "", reason, () if sure else (ROW_ORDER,))
    fitting = [order for order in dict.fromkeys((usual, *known)) if _fits(rows, order, spec.class_count)]
    if not fitting:
        return None
    sure = len(fitting) == 1 or spec.metadata.end_to_end
    untold = () if sure else (ROW_ORDER,)
    return RowOrder(fitting[0], "", Message("the numbers of '{0}' fit the order {1}", output.name, fitting[0]), untold)


def _from_name(name: str) -> tuple[str, str]:
    """The order that a name spells out and how its boxes are meant; "" where it does not name all parts."""
    found, boxes = [], ""
    for match in _TOKEN.finditer(name.lower()):
        part = str(match.lastgroup)
        if part in found:
            continue
        found.append(part)
        if part == BOX:
            text = match.group().replace("_", "")
            boxes = _BOX_KINDS.get(text, text)
    if BOX not in found or len(found) < 3:
        return "", ""
    return ", ".join(found), boxes


def column_of(order: str) -> dict[str, int]:
    """Where each part of a row begins."""
    places, at = {}, 0
    for part in order.split(", "):
        places[part] = at
        at += 4 if part == BOX else 1
    return places


def _fits(rows: NDArray[np.float64], order: str, class_count: int | None) -> bool:
    at = column_of(order)
    label, score = rows[:, at[LABEL_PART]], rows[:, at[SCORE]]
    if PICTURE in at and np.any(rows[:, at[PICTURE]] != 0):
        return False
    if not _whole(label) or np.any(label < -1) or np.any(score < 0) or np.any(score > 1):
        return False
    if class_count is not None and np.any(label > class_count):
        return False
    # All scores 0 or 1 are labels of two classes more likely than scores.
    return not (len(rows) > 1 and np.all(score == np.round(score)) and not np.all(label == 0) and np.any(score))


def _whole(column: NDArray[np.floating]) -> bool:
    return bool(np.all(np.abs(column - np.round(column)) <= _SLACK))


def _listed(order: str) -> str:
    """The other orders of as many numbers."""
    return "; ".join(o for o in (SEVEN if PICTURE in order else SIX) if o != order)


def decode_rows(rows: NDArray[np.float32], card: DetectorCard, conf: float, usual: str) -> Candidates:
    """One picture's rows as the card's `order` means them. Raises ModelError when the numbers contradict it."""
    options: Mapping[str, Any] = card.options
    order = options.get("order", usual)
    at = column_of(order)
    rows = rows[np.isfinite(rows).all(axis=1)]
    label, score = rows[:, at[LABEL_PART]], rows[:, at[SCORE]]
    shown = rows[(score > 0) | (label > 0)]
    label_shown, score_shown = shown[:, at[LABEL_PART]], shown[:, at[SCORE]]
    whole = np.abs(label_shown - np.round(label_shown)) <= _SLACK
    if len(shown) and (whole.mean() <= 0.5 or (score_shown > 1 + _SLACK).mean() > 0.5):
        raise ModelError(
            "The rows of '{0}' are not in the order '{1}': labels are not whole or scores are "
            "above 1; say the right one with --option order=…, which is one of {2}.",
            options["output"],
            order,
            _listed(order),
        )
    boxes = to_input_pixels(rows[:, at[BOX] : at[BOX] + 4], options, card.input)
    return suppressed(boxes, score, np.round(label), conf, card.classes, options.get("first_label", 0))


def box_kind(told: RowOrder, default: str) -> dict[str, str]:
    """The option `boxes`, by the name or else `default`."""
    return {"boxes": told.boxes or default}
