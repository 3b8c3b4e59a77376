"""Where a box came from: which detector, what it was then, and what a person did with it."""

from __future__ import annotations

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.box import Box
from boxwright.domain.prediction import Prediction
from boxwright.ui.session import SessionModel


def provenance(item: Annotation | Prediction, model: SessionModel) -> str:
    """One or two plain sentences."""
    if isinstance(item, Prediction):
        return f"Pre-label of {_detector(model, item.id)}, score {item.score:.2f}. Nobody has judged it yet."
    by = f" by {item.annotator}" if item.annotator else ""
    if item.origin is Origin.IMPORTED:
        return f"Imported{', then changed' + by if item.annotator else ''}."
    if item.prediction_id is None or item.source_box is None:
        return f"Drawn{by}."
    detector = _detector(model, item.prediction_id)
    if item.origin is Origin.ACCEPTED:
        return f"Accepted{by} as {detector} had it{_score(item, model)}."
    said = _name(model, item.source_class_id)
    where = _corners(item.source_box)
    if item.origin is Origin.RELABELED:
        moved = "" if item.box == item.source_box else f" at {where}, {_overlap(item)}"
        return f"Renamed{by}. {_capital(detector)} had “{said}”{moved}{_score(item, model)}."
    return f"Moved{by}. {_capital(detector)} had it at {where}, {_overlap(item)}{_score(item, model)}."


def _detector(model: SessionModel, prediction_id: int) -> str:
    name = model.detectors.get(prediction_id)
    return f"“{name}”" if name else "a detector"


def _score(item: Annotation, model: SessionModel) -> str:
    known = model.labels.predictions.get(item.prediction_id or 0) if model.labels else None
    return f" with score {known.score:.2f}" if known else ""


def _overlap(item: Annotation) -> str:
    assert item.source_box is not None
    return f"{item.box.iou(item.source_box):.0%} overlap"


def _corners(box: Box) -> str:
    return f"{box.x1:.0f}, {box.y1:.0f} – {box.x2:.0f}, {box.y2:.0f}"


def _name(model: SessionModel, class_id: int | None) -> str:
    found = model.class_named(class_id) if class_id is not None else None
    return found.name if found else "another class"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
