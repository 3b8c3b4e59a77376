"""Navigation to boxes that are hard to hit: the next one of any kind, and the ghosts."""

from __future__ import annotations

from collections.abc import Iterable

from boxwright.domain import edits
from boxwright.domain.edits import EditKind
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.box_keys import Key, annotation_key, prediction_key
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr


def step_through_boxes(model: SessionModel, by: int) -> None:
    """Select the next (`by` 1) or previous (-1) box of any kind, the smallest first; after the last comes the first.
    Every box can be reached so, however deep it lies under others."""
    order = sorted(model.visible_keys(), key=lambda key: model.box_of(key).area)
    if order:
        chosen = model.selection[-1] if model.selection else None
        here = order.index(chosen) if chosen in order else (-1 if by > 0 else 0)
        model.select([order[(here + by) % len(order)]])


def take_ghost(model: SessionModel, hovered: Key | None = None) -> None:
    """Turn one ghost into a box: the one under the pointer, else the selected ones. With neither the likeliest is
    selected, so that a person sees what the next press takes."""
    model.ghosts_shown = True
    ghosts = {prediction_key(p.id): p for p in model.ghost_predictions()}
    chosen = [key for key in ([hovered] if hovered in ghosts else model.selection) if key in ghosts]
    taken = [ghosts[key] for key in chosen if key is not None and key[0] == "prediction"]
    if taken:
        if model.push(edits.combined(EditKind.TAKE_GHOST, [edits.take(p) for p in taken])):
            model.select(_made_from(model, taken))
    elif ghosts:
        model.select([next(iter(ghosts))])
    else:
        model.message.emit(tr("No pre-label lies just below the score on this image."))


def _made_from(model: SessionModel, taken: Iterable[Prediction]) -> list[Key]:
    ids = {p.id for p in taken}
    annotations = model.labels.annotations.values() if model.labels else ()
    return [annotation_key(a.uid) for a in annotations if a.prediction_id in ids]
