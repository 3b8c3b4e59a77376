"""Commands on marks of a box or an image: flags, attributes, tags, note, lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation
from boxwright.domain.edits import EditKind
from boxwright.domain.marks import AttributeValue, ImageMarks
from boxwright.ui.labelling.commands import selected_items, subject, turned
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr


def toggle_flag(model: SessionModel, flag: str) -> None:
    """Set `flag` on all selected boxes, or take it away when all have it. A pre-label becomes an annotation."""
    boxes = [subject(model, item) for _, item in selected_items(model)]
    on = not all(flag in box.flags for box in boxes)
    _change_selected(model, EditKind.MARK_BOX if on else EditKind.UNMARK_BOX, lambda box: box.with_flag(flag, on))


def set_attributes(model: SessionModel, changes: Mapping[str, AttributeValue | None]) -> None:
    """Give all selected boxes these attributes; None takes one away. A pre-label becomes an annotation."""

    def changed(box: Annotation) -> Annotation:
        for name, value in changes.items():
            box = box.with_attribute(name, value)
        return box

    _change_selected(model, EditKind.CHANGE_ATTRIBUTES, changed)


def set_image_marks(model: SessionModel, tags: Iterable[str], note: str) -> None:
    """Other tags and another note for the image; empty tags and blanks around them are dropped."""
    labels = model.labels
    if labels is not None:
        kept = frozenset(tag.strip() for tag in tags if tag.strip())
        model.push(edits.set_marks(labels, ImageMarks(kept, note.strip()), EditKind.CHANGE_TAGS_AND_NOTE))


def toggle_lock(model: SessionModel) -> None:
    """Lock the selected boxes, or unlock them when all are locked."""
    uids = [key[1] for key in model.selection if key[0] == "annotation"]
    if not uids:
        model.message.emit(tr("A pre-label cannot be locked: accept it first."))
        return
    locked = not all(model.is_locked(key) for key in model.selection if key[0] == "annotation")
    model.set_locked(uids, locked)
    model.message.emit(
        tr("Locked: clicks go past it and nothing changes it. L unlocks.") if locked else tr("Unlocked.")
    )


def unlock_all(model: SessionModel) -> None:
    """Unlock every box of this image."""
    if model.labels is not None:
        model.set_locked(list(model.labels.annotations), False)


def _change_selected(model: SessionModel, kind: EditKind, change: Callable[[Annotation], Annotation]) -> None:
    steps = [
        turned(model, item, after, kind)
        for _, item in selected_items(model)
        if (after := change(subject(model, item))) != item
    ]
    model.push(edits.combined(kind, steps))
