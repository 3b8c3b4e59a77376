"""Why the image on screen was chosen, in one line."""

from __future__ import annotations

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.image import ImageState, Split
from boxwright.ui.session import SessionModel
from boxwright.ui.workspace import Record


def why_this_image(record: Record, item: BatchItem | None, batch: Batch | None, model: SessionModel) -> str:
    """Plain text, one line; empty when there is nothing to say."""
    parts = []
    if item is not None:
        place = f"{item.rank + 1:,} of {len(batch.items):,} in the batch. " if batch else ""
        parts.append(place + _slot(record, item, batch, model))
    image = record.image
    if image.duplicate_of is not None:
        parts.append("The same picture as another file; label that one.")
    if image.split is Split.VALIDATION:
        parts.append("Validation image: it measures detectors and never trains one.")
    if record.labels.state is ImageState.SKIPPED:
        reason = record.labels.skip_reason
        parts.append(f"Skipped: {reason}." if reason else "Skipped.")
    return "  ".join(parts)


def _slot(record: Record, item: BatchItem, batch: Batch | None, model: SessionModel) -> str:
    if item.slot is Slot.CHOSEN:
        return "Put into the batch by hand."
    if item.slot is Slot.INITIAL:
        return "Chosen at random: a first batch, before any detector has scored the pool."
    if item.slot is Slot.TYPICAL:
        return "Typical of a group of images that look alike: a good one to begin with."
    if item.slot is Slot.RANDOM or item.score is None:
        return "Chosen at random: a fair sample, so that the detector also learns what it does not doubt."
    score = str(batch.settings.get("score", "uncertainty")).replace("_", " ") if batch else "uncertainty"
    words = f"The detector is unsure here: {score} {item.score:.2f}"
    deciding = record.labels.predictions.get(item.prediction_id) if item.prediction_id is not None else None
    if deciding is None:
        return words + "."
    named = model.class_named(deciding.class_id)
    name = named.name if named else "a box"
    about = f"{words}, most of all about '{name}' with score {deciding.score:.2f}"
    if deciding.score < model.threshold:
        return f"{about}, which is below the scores shown."
    return f"{about}. Tab goes to the doubtful boxes."
