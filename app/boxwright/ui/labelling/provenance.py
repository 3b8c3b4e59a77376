"""Provenance of a box in words: which detector, what it was then, and what a person did with it."""

from __future__ import annotations

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.box import Box
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr, translate


def provenance(item: Annotation | Prediction, model: SessionModel) -> str:
    """One or two plain sentences."""
    if isinstance(item, Prediction):
        words = tr("Pre-label of {0}, score {1:.2f}. Nobody has judged it yet.")
        return words.format(_detector(model, item.id), item.score)
    done = _done(item)
    if item.origin is Origin.IMPORTED or item.prediction_id is None or item.source_box is None:
        return done
    return f"{done} {_was(item, item.source_box, item.prediction_id, model)}"


def _done(item: Annotation) -> str:
    """What a person did, and who."""
    origin = Origin.DRAWN if item.prediction_id is None and item.origin is not Origin.IMPORTED else item.origin
    alone, by_name = {
        Origin.IMPORTED: (tr("Imported."), tr("Imported, then changed by {0}.")),
        Origin.DRAWN: (tr("Drawn."), tr("Drawn by {0}.")),
        Origin.ACCEPTED: (tr("Accepted."), tr("Accepted by {0}.")),
        Origin.RELABELED: (tr("Renamed."), tr("Renamed by {0}.")),
        Origin.ADJUSTED: (tr("Moved."), tr("Moved by {0}.")),
    }[origin]
    return by_name.format(item.annotator) if item.annotator else alone


def _was(item: Annotation, source: Box, prediction_id: int, model: SessionModel) -> str:
    """What the detector had said."""
    said = _name(model, item.source_class_id)
    figures = []
    if item.origin is not Origin.ACCEPTED and item.box != source:
        overlap = tr("{0} overlap").format(f"{item.box.iou(source):.0%}")
        figures += [f"{source.x1:.0f}, {source.y1:.0f} – {source.x2:.0f}, {source.y2:.0f}", overlap]
    known = model.labels.predictions.get(prediction_id) if model.labels else None
    if known is not None:
        figures.append(tr("score {0:.2f}").format(known.score))
    words = tr("{0} had “{1}” ({2}).") if figures else tr("{0} had “{1}”.")
    return words.format(_capital(_detector(model, prediction_id)), said, "; ".join(figures))


def _detector(model: SessionModel, prediction_id: int) -> str:
    name = model.detectors.get(prediction_id)
    return f"“{translate(name)}”" if name else tr("a detector")


def _name(model: SessionModel, class_id: int | None) -> str:
    found = model.class_named(class_id) if class_id is not None else None
    return found.name if found else tr("another class")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
