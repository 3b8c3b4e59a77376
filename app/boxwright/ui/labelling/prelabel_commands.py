"""Commands on an image as a whole, or on its pre-labels together: each function is one undoable step."""

from __future__ import annotations

from boxwright.domain import edits
from boxwright.domain.edits import EditKind
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.box_keys import item_of
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr


def accept_shown(model: SessionModel) -> None:
    """Take every pre-label on screen; the image stays as it is, labelled or not."""
    _take(model, model.visible_predictions())


def accept_surer(model: SessionModel) -> None:
    """Take the selected pre-labels, and all on screen with a score at least as high as the lowest of them."""
    chosen = [item_of(model.labels, key) for key in model.selection]
    scores = [item.score for item in chosen if isinstance(item, Prediction)]
    if not scores:
        model.message.emit(tr("Select a pre-label first: it is taken with all those that have a higher score."))
        return
    _take(model, [p for p in model.visible_predictions() if p.score >= min(scores)])


def reject_shown(model: SessionModel) -> None:
    """Reject every pre-label on screen; those below the lowest score shown stay as they are."""
    shown = model.visible_predictions()
    if shown:
        model.push(edits.combined(EditKind.REJECT_ALL, [edits.reject(shown)]))
    else:
        model.message.emit(tr("No pre-label is left to judge on this image."))


def shift_threshold(model: SessionModel, by: float) -> None:
    """Show more or fewer pre-labels: `by` is added to the lowest score shown, in steps of a hundredth."""
    model.threshold = round(model.threshold + by, 2)
    shown = len(model.visible_predictions())
    words = (
        tr("Scores from {0:.2f}: 1 pre-label shown.")
        if shown == 1
        else tr("Scores from {0:.2f}: {1} pre-labels shown.")
    )
    model.message.emit(words.format(model.threshold, shown))


def _take(model: SessionModel, predictions: list[Prediction]) -> None:
    disputed = model.labels.disputed if model.labels else {}
    chosen = [p for p in predictions if p.id not in disputed]
    if chosen:
        model.push(edits.combined(EditKind.ACCEPT_BOXES, [edits.take(p) for p in chosen]))
    else:
        model.message.emit(tr("No pre-label is left to judge on this image."))
