"""Commands on the current image: each function is one undoable step or a change of selection."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation, accepted, copied, drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import Edit, EditKind, StandingChange
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.prediction import Prediction
from boxwright.domain.review import settle, stand_in
from boxwright.ui.labelling.box_geometry import moved_together, near_moved, offset_copy, resized_inside
from boxwright.ui.labelling.box_keys import Key, annotation_key, item_of, prediction_key
from boxwright.ui.labelling.box_navigation import step_through_boxes
from boxwright.ui.labelling.class_distribution import class_distribution
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr

COPY_OFFSET = 10.0
"""Pixels a copy is moved right and down, so that it does not hide its original."""

_ROUNDING = 1e-6
"""Pixels."""


# Judging the whole image


def accept_all(model: SessionModel) -> bool:
    """Take every pre-label on screen and mark the image labelled. False when it has no box to stand behind: that would
    say that it is empty, which `confirm_empty` says."""
    labels = model.labels
    if labels is None:
        return False
    edit = edits.accept_all(labels, model.threshold)
    if not edit.boxes and not labels.annotations and not labels.confirmed_empty:
        return False
    model.push(edit)
    return True


def mark_labeled(model: SessionModel) -> None:
    """Mark the image labelled with the boxes a person has confirmed; pre-labels still on screen are rejected."""
    labels = model.labels
    if labels is None:
        return
    done = edits.set_state(labels, ImageState.LABELED, EditKind.MARK_LABELLED)
    model.push(edits.combined(EditKind.MARK_LABELLED, [edits.reject(model.visible_predictions()), done]))


def confirm_empty(model: SessionModel) -> bool:
    """Nothing is on this image: remove every box, reject every pre-label, mark it labelled. False when a locked box
    stands in the way."""
    labels = model.labels
    if labels is None or not model.may_touch(labels.annotations):
        return False
    removed = len(labels.annotations)
    edit = edits.combined(
        EditKind.CONFIRM_EMPTY, [edits.confirm_empty(labels), disowned(labels, labels.annotations.values())]
    )
    if model.push(edit) and removed:
        words = (
            tr("Confirmed empty: 1 box was removed. Undo brings it back.")
            if removed == 1
            else tr("Confirmed empty: {0:,} boxes were removed. Undo brings them back.")
        )
        model.message.emit(words.format(removed))
    return True


def skip(model: SessionModel, reason: str | None = None) -> None:
    """Set the image aside; `reason` is kept with it."""
    labels = model.labels
    if labels is not None:
        model.push(edits.set_state(labels, ImageState.SKIPPED, EditKind.SKIP_IMAGE, reason or None))


# Judging the selected boxes


def accept_selected(model: SessionModel) -> None:
    """Take the selected pre-labels as they are. One that disputes a box of the person corrects that."""
    labels = model.labels
    if labels is None:
        return
    chosen = [item for _, item in selected_items(model) if isinstance(item, Prediction)]
    steps = [settle(labels, p, stand_in(labels, p), EditKind.ACCEPT_BOX) for p in chosen]
    model.push(edits.combined(EditKind.ACCEPT_BOX, steps))


def reject_or_delete_selected(model: SessionModel) -> None:
    """Reject the selected pre-labels and delete the selected annotations."""
    labels = model.labels
    if labels is None:
        return
    items = [item for _, item in selected_items(model)]
    rejected = [item for item in items if isinstance(item, Prediction)]
    deleted = [item for item in items if isinstance(item, Annotation)]
    kind = EditKind.DELETE_BOX if deleted else EditKind.REJECT_BOX
    model.push(edits.combined(kind, [edits.delete(deleted), disowned(labels, deleted), edits.reject(rejected)]))


def set_class(model: SessionModel, class_id: int) -> None:
    """Give the selected boxes this class, and the next drawn box too. A pre-label becomes an annotation, also when it
    had this class already: naming it is confirming it."""
    if model.class_named(class_id) is None:
        model.message.emit(tr("There is no class for this key."))
        return
    model.class_use.note(class_id)
    model.current_class_id = class_id
    model.push(
        edits.combined(EditKind.CHANGE_CLASS, [_with_class(model, item, class_id) for _, item in selected_items(model)])
    )


def runner_up(model: SessionModel, rank: int = 1) -> None:
    """Give each selected box the detector's next best class: `rank` 1 is the second most likely one."""
    labels = model.labels
    if labels is None:
        return
    steps = []
    for _, item in selected_items(model):
        prediction = item if isinstance(item, Prediction) else labels.predictions.get(item.prediction_id or 0)
        class_id = _ranked_class(model, prediction, rank) if prediction else None
        if class_id is not None and class_id != item.class_id:
            steps.append(_with_class(model, item, class_id))
    if steps:
        model.push(edits.combined(EditKind.CHANGE_CLASS, steps))
    elif model.selection:
        model.message.emit(tr("The detector names no other class for this box."))


# Moving boxes


def nudge(model: SessionModel, dx: float, dy: float) -> None:
    """Move the selected boxes by whole pixels, as far as the image allows; a row of nudges is one undo step."""
    labels = model.labels
    if labels is not None:
        place(model, moved_together(_boxes(model), dx, dy, labels.width, labels.height), EditKind.MOVE_BOX, "nudge")


def resize(model: SessionModel, dw: float, dh: float) -> None:
    """Move the right and bottom edges of the selected boxes by pixels; a row of them is one undo step."""
    labels = model.labels
    if labels is None:
        return
    boxes = {key: resized_inside(box, dw, dh, labels.width, labels.height) for key, box in _boxes(model).items()}
    place(model, boxes, EditKind.RESIZE_BOX, "resize")


def resize_near(model: SessionModel, dx: float, dy: float) -> None:
    """Move the left and top edges of the selected boxes by pixels; a row of them is one undo step."""
    labels = model.labels
    if labels is not None:
        place(
            model, {key: near_moved(box, dx, dy) for key, box in _boxes(model).items()}, EditKind.RESIZE_BOX, "resize"
        )


def place(model: SessionModel, boxes: dict[Key, Box], kind: EditKind, gesture: str | None = None) -> None:
    """Put each box where `boxes` says. A pre-label becomes an annotation; what did not move is left as it is.
    Placements with the same `gesture` that follow one another without another selection between are one undo step."""
    moved: list[tuple[Annotation | Prediction, Annotation]] = []
    for key, box in boxes.items():
        item = item_of(model.labels, key)
        if box != item.box:
            moved.append((item, subject(model, item).with_box(box)))
    merge_key = (gesture, model.gesture, tuple(sorted(after.uid for _, after in moved))) if gesture else None
    steps = [turned(model, item, _settled(model, after, merge_key), kind) for item, after in moved]
    model.push(edits.combined(kind, steps), merge_key)


def _settled(model: SessionModel, annotation: Annotation, merge_key: Hashable | None) -> Annotation:
    """Back exactly where the gesture began when it is there but for rounding: there and back is no edit."""
    start = model.start_of_step(annotation.uid, merge_key) if merge_key else None
    if start is not None and np.abs(start.array() - annotation.box.array()).max() < _ROUNDING:
        return annotation.with_box(start)
    return annotation


# Making boxes


def draw(model: SessionModel, box: Box) -> None:
    """A new box of the current class, selected; or the one that is drawn anew, there. `box` must lie inside the image
    and have area."""
    anew, model.redrawn = model.redrawn, None
    if anew is not None and anew in model.selection:
        place(model, {anew: box}, EditKind.REDRAW_BOX)
        return
    if model.current_class_id is None:
        model.message.emit(tr("Add a class first: a box needs one."))
        return
    _add(model, [drawn(box, model.current_class_id)], EditKind.DRAW_BOX)


def take_guess(model: SessionModel, prediction: Prediction, box: Box) -> None:
    """An open pre-label, put where the person began it, as a box; selected."""
    annotation = accepted(prediction).with_box(box)
    if model.push(edits.take(prediction, annotation, EditKind.TAKE_GUESS)):
        model.select([annotation_key(annotation.uid)])


def copy(model: SessionModel) -> None:
    """Remember the selected boxes with their flags and attributes; they can be pasted on any image."""
    labels = model.labels
    if labels is not None and model.selection:
        model.clipboard = tuple(as_annotation(item) for _, item in selected_items(model))
        model.clipboard_image_id = labels.image_id


def paste(model: SessionModel) -> None:
    """Draw the copied boxes here: at the same place on another image, a little aside on their own."""
    labels = model.labels
    if labels is None or not model.clipboard:
        return
    aside = COPY_OFFSET if model.clipboard_image_id == labels.image_id else 0.0
    _add_copies(model, labels, model.clipboard, aside, EditKind.PASTE_BOX)


def duplicate(model: SessionModel) -> None:
    """Draw the selected boxes once more, a little aside."""
    labels = model.labels
    if labels is not None:
        sources = [as_annotation(item) for _, item in selected_items(model)]
        _add_copies(model, labels, sources, COPY_OFFSET, EditKind.DUPLICATE_BOX)


def paste_previous(model: SessionModel) -> None:
    """Draw the annotations of the image that was shown before this one, at the same places."""
    labels, before = model.labels, model.previous_labels
    if labels is not None and before is not None:
        _add_copies(model, labels, before.annotations.values(), 0.0, EditKind.COPY_FROM_PREVIOUS_IMAGE)


# Selecting


def select_all(model: SessionModel) -> None:
    """Select every box on screen that is not locked."""
    model.select([key for key in model.visible_keys() if not model.is_locked(key)])


def next_doubtful(model: SessionModel) -> None:
    """Select the next pre-label in order of doubt, the most uncertain first; after the last comes the first. When none
    is left to judge, the next box of any kind."""
    _step_in_doubt(model, forward=True)


def previous_doubtful(model: SessionModel) -> None:
    """Select the pre-label before this one in order of doubt."""
    _step_in_doubt(model, forward=False)


def _step_in_doubt(model: SessionModel, forward: bool) -> None:
    # The cursor outlives the box it stood on: after a box is accepted or rejected the next one follows, and one
    # that was stepped over does not come back before the round is done.
    order = sorted((-model.uncertainty_of(p.id), p.id) for p in model.visible_predictions())
    if not order:
        model.message.emit(tr("No pre-label is left to judge on this image."))
        step_through_boxes(model, 1 if forward else -1)
        return
    cursor = model.doubt_cursor
    if not forward:
        order.reverse()
    later = [entry for entry in order if cursor is None or (entry > cursor if forward else entry < cursor)]
    chosen = later[0] if later else order[0]
    model.doubt_cursor = chosen
    model.select([prediction_key(chosen[1])])


# Parts


def selected_items(model: SessionModel) -> list[tuple[Key, Annotation | Prediction]]:
    """The selected boxes with their keys."""
    return [(key, item_of(model.labels, key)) for key in model.selection]


def _boxes(model: SessionModel) -> dict[Key, Box]:
    return {key: item.box for key, item in selected_items(model)}


def as_annotation(item: Annotation | Prediction) -> Annotation:
    """A pre-label as the annotation that taking it would make."""
    return accepted(item) if isinstance(item, Prediction) else item


def subject(model: SessionModel, item: Annotation | Prediction) -> Annotation:
    """What a change of `item` begins from: itself, or for a pre-label what stands for it once it is taken, which is the
    person's own box where the two are about one thing."""
    labels = model.labels
    return stand_in(labels, item) if labels is not None and isinstance(item, Prediction) else as_annotation(item)


def turned(model: SessionModel, item: Annotation | Prediction, after: Annotation, kind: EditKind) -> Edit:
    """Change `item` into `after`, which is its `subject` changed."""
    labels = model.labels
    if labels is not None and isinstance(item, Prediction):
        return settle(labels, item, after, kind)
    return edits.change(as_annotation(item), after, kind)


def _with_class(model: SessionModel, item: Annotation | Prediction, class_id: int) -> Edit:
    return turned(model, item, subject(model, item).with_class(class_id), EditKind.CHANGE_CLASS)


def disowned(labels: ImageLabels, gone: Iterable[Annotation]) -> Edit:
    """A pre-label whose annotation is deleted counts as rejected: the person saw it and wants no box there."""
    taken = (a.prediction_id for a in gone if a.prediction_id is not None)
    return Edit(
        EditKind.DELETE_BOX,
        standings=tuple(
            StandingChange(prediction_id, Standing.TAKEN, Standing.REJECTED)
            for prediction_id in taken
            if labels.standing(prediction_id) is Standing.TAKEN
        ),
    )


def _add_copies(
    model: SessionModel, labels: ImageLabels, sources: Iterable[Annotation], aside: float, kind: EditKind
) -> None:
    known = {c.id for c in model.classes}
    places = [(source, offset_copy(source.box, aside, labels.width, labels.height)) for source in sources]
    fitting = [copied(source, box) for source, box in places if box is not None and source.class_id in known]
    if len(fitting) < len(places):
        words = tr("{0:,} of {1:,} boxes do not fit on this image.")
        model.message.emit(words.format(len(places) - len(fitting), len(places)))
    _add(model, fitting, kind)


def _add(model: SessionModel, new: Sequence[Annotation], kind: EditKind) -> None:
    if model.push(edits.combined(kind, [edits.add(a) for a in new])):
        model.select([annotation_key(a.uid) for a in new])


def _ranked_class(model: SessionModel, prediction: Prediction, rank: int) -> int | None:
    """The project class `rank` places below the best in the class vector; classes that map onto one are one."""
    ranked = class_distribution(prediction, model.class_map, {c.id for c in model.classes}).ranked
    return ranked[rank][0] if rank < len(ranked) else None
