"""Reason why the image on screen was chosen, in one line."""

from __future__ import annotations

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.image import ImageState, Split
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import score_name
from boxwright.ui.project.workspace import ImageRecord


def why_this_image(record: ImageRecord, item: BatchItem | None, batch: Batch | None, model: SessionModel) -> str:
    """Plain text, one line; empty when there is nothing to say."""
    parts = []
    if item is not None:
        if batch is not None:
            parts.append(tr("{0:,} of {1:,} in the batch.").format(item.rank + 1, len(batch.items)))
        parts.append(_slot(record, item, batch, model))
    image = record.image
    if image.duplicate_of is not None:
        parts.append(tr("The same picture as another file; label that one."))
    if image.split is Split.VALIDATION:
        parts.append(tr("Validation image: it measures detectors and never trains one."))
    if record.labels.state is ImageState.SKIPPED:
        reason = record.labels.skip_reason
        parts.append(tr("Skipped: {0}.").format(tr(reason)) if reason else tr("Skipped."))
    return " ".join(parts)


def _slot(record: ImageRecord, item: BatchItem, batch: Batch | None, model: SessionModel) -> str:
    if item.slot is Slot.CHOSEN:
        return tr("Put into the batch by hand.")
    if item.slot is Slot.INITIAL:
        return tr("Chosen at random from the whole pool: a first batch to begin with.")
    if item.slot is Slot.TYPICAL:
        return tr("Typical of a group of images that look alike: a good one to begin with.")
    if item.slot is Slot.RANDOM or item.score is None:
        return tr("Chosen at random: a fair sample, so that the detector also learns what it does not doubt.")
    score = score_name(batch)
    deciding = record.labels.predictions.get(item.prediction_id) if item.prediction_id is not None else None
    if deciding is None:
        return tr("The detector is unsure here: {0} {1:.2f}.").format(score, item.score)
    named = model.class_named(deciding.class_id)
    name = named.name if named else tr("a box")
    words = (
        tr(
            "The detector is unsure here: {0} {1:.2f}, most of all about '{2}' with score {3:.2f}, which is below the "
            "scores shown."
        )
        if deciding.score < model.threshold
        else tr(
            "The detector is unsure here: {0} {1:.2f}, most of all about '{2}' with score {3:.2f}. Tab goes to the "
            "doubtful boxes."
        )
    )
    return words.format(score, item.score, name, deciding.score)
