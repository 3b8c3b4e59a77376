"""Alternative readings of a point that a file does not tell, each with what a card would say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import (
    ANCHORS,
    BOX_ORDER,
    BOX_UNITS,
    CELL_OFFSET,
    CHANNEL_ORDER,
    DISTANCE_UNITS,
    NORMALISATION,
    RESIZE_RULE,
    ROW_ORDER,
)
from boxwright.inference.decoders.kept import FIRST_CLASS
from boxwright.inference.decoders.rows import SEVEN, SIX
from boxwright.inference.inspect import LAYOUT, Inspection

_PLAIN = {"mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}
_IMAGENET = {"scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
_MOST_LAYOUTS = 4


@dataclass(frozen=True)
class CardOption:
    """One reading of a point.

    `words`: for a person. `said`: the points of a card.
    """

    words: str
    said: Mapping[str, Any]


def ways(point: str, inspection: Inspection) -> tuple[CardOption, ...]:
    """The one that is taken where nobody says it among them; none for a point that no picture shows."""
    if point == LAYOUT:
        return tuple(CardOption(g.layout, {"layout": g.layout}) for g in inspection.guesses[:_MOST_LAYOUTS])
    card = inspection.card
    if card is None:
        return ()
    if point == ROW_ORDER:
        orders = SEVEN if card.options["order"] in SEVEN else SIX
        return tuple(CardOption(order, {"options": {"order": order}}) for order in orders)
    return _option_ways(point, card) or tuple(CardOption(words, {"input": said}) for words, said in _inputs(point))


def _option_ways(point: str, card: DetectorCard) -> tuple[CardOption, ...]:
    corners = card.options.get("boxes") in ("xyxy", "yxyx")
    known: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
        BOX_ORDER: ((Message("corners, x first"), {"boxes": "xyxy"}), (Message("corners, y first"), {"boxes": "yxyx"}))
        if corners
        else (
            (Message("middle and size, x first"), {"boxes": "cxcywh"}),
            (Message("middle and size, y first"), {"boxes": "cycxhw"}),
        ),
        BOX_UNITS: (
            (Message("boxes in pixels"), {"normalised": False}),
            (Message("boxes in shares of the picture"), {"normalised": True}),
        ),
        CELL_OFFSET: (
            (Message("measured from the middle of a cell"), {"offset": 0.5}),
            (Message("measured from the corner of a cell"), {"offset": 0.0}),
        ),
        DISTANCE_UNITS: (
            (Message("distances in strides"), {"distances": "strides"}),
            (Message("distances in pixels"), {"distances": "pixels"}),
        ),
        FIRST_CLASS: ((Message("classes from 0"), {"first_label": 0}), (Message("classes from 1"), {"first_label": 1})),
        ANCHORS: _anchors(card),
    }
    return tuple(CardOption(words, {"options": options}) for words, options in known.get(point, ()))


def _anchors(card: DetectorCard) -> tuple[tuple[str, dict[str, Any]], ...]:
    strides = card.options.get("strides", ())
    if len(strides) != 3:
        return ()
    return (
        (Message("anchors of YOLOv5"), {"anchors": "yolov5", "form": "yolov5"}),
        (Message("anchors of YOLOv7"), {"anchors": "yolov7", "form": "yolov5"}),
        (Message("anchors of YOLOv3"), {"anchors": "yolov3", "form": "yolov3"}),
        (Message("anchors of YOLOv4"), {"anchors": "yolov4", "form": "yolov3"}),
    )


def _inputs(point: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    if point == CHANNEL_ORDER:
        return (("RGB", {"channels": "rgb"}), ("BGR", {"channels": "bgr"}))
    if point == NORMALISATION:
        return (
            (Message("pixel values from 0 to 1"), {"scale": 1 / 255, **_PLAIN}),
            (Message("pixel values from 0 to 255"), {"scale": 1.0, **_PLAIN}),
            (Message("mean and deviation of ImageNet"), _IMAGENET),
        )
    if point == RESIZE_RULE:
        return (
            (Message("centred, with its aspect"), {"resize": "letterbox"}),
            (Message("at the top left, with its aspect"), {"resize": "pad"}),
            ("stretched", {"resize": "stretch"}),
        )
    return ()


POINTS = (
    LAYOUT,
    ROW_ORDER,
    BOX_ORDER,
    BOX_UNITS,
    ANCHORS,
    CELL_OFFSET,
    DISTANCE_UNITS,
    FIRST_CLASS,
    NORMALISATION,
    CHANNEL_ORDER,
    RESIZE_RULE,
)
"""Those that a picture can show, the gravest first."""
