"""Removal of a class, or its merging into another, after a copy of what there is; and taking that back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation
from boxwright.domain.classes import ClassUse
from boxwright.domain.edits import Edit, EditKind
from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message, plural
from boxwright.services.project.backups import Why, before
from boxwright.services.project.project import Project
from boxwright.store.edit_log import LogSpan

_REMOVE, _MERGE, _UNDO = EditKind.REMOVE_CLASS, EditKind.MERGE_CLASSES, EditKind.UNDO_REMOVING_A_CLASS


@dataclass(frozen=True)
class ClassRemoval:
    """Removal that was done. `words`: what was done, a sentence."""

    name: str
    use: ClassUse
    words: str


def remove_class(project: Project, class_id: int, into: int | None = None, with_boxes: bool = False) -> ClassRemoval:
    """Take the class away. Its boxes and pre-labels become of the class `into`; or, without that, its pre-labels go
    with it, and its boxes if `with_boxes` says so.

    Raises ProjectError, with the count, while boxes have it and nobody said what becomes of them; ReadOnlyProject.
    """
    project.require_writable()
    gone, use = project.classes.get(class_id), project.removed_classes.use(class_id)
    if into == class_id:
        raise ProjectError("The class '{0}' cannot be merged into itself: choose another one.", gone.name)
    target = None if into is None else project.classes.get(into)
    if use.boxes and target is None and not with_boxes:
        raise ProjectError(
            "{0:,} boxes have the class '{1}': merge it into another class, or remove them with it.",
            use.boxes,
            gone.name,
        )
    before(project.folder, Why.CLASSES, project.tell)
    with project.transaction():
        first = project.edit_log.end() + 1
        for image in project.images.many(project.removed_classes.images(class_id)):
            own = [a for a in project.labels.annotations([image.id])[image.id] if a.class_id == class_id]
            edit = _merged(own, into) if into is not None else replace(edits.delete(own), kind=_REMOVE)
            project.labels.apply(image.id, replace(edit, annotator=image.annotator))
        project.removed_classes.take(gone, into, LogSpan(first, project.edit_log.end()))
    boxes, pre_labels = _boxes(use.boxes), _pre_labels(use.pre_labels)
    if target is not None:
        words = Message(
            "'{0}' is merged into '{1}', with what had it: {2}, {3}.",
            gone.name,
            target.name,
            Message(boxes),
            Message(pre_labels),
        )
    else:
        words = Message("'{0}' is removed, with what had it: {1}, {2}.", gone.name, Message(boxes), Message(pre_labels))
    return ClassRemoval(gone.name, use, words)


def undo_removal(project: Project) -> str:
    """Take back the newest removal or merging: the class is there again, under its number, with the boxes and
    pre-labels that it had, as far as nobody has changed the images since. Returns a sentence. Raises ProjectError when
    there is none or its name is taken, and ReadOnlyProject."""
    project.require_writable()
    removed = project.removed_classes.newest()
    if removed is None:
        raise ProjectError("No removal of a class can be taken back: none was made, or all of them were.")
    before(project.folder, Why.CLASSES, project.tell)
    log = project.edit_log
    with project.transaction():
        begin = log.end() + 1
        project.removed_classes.put_back(removed)
        ids = log.images(removed.span) if removed.span else []
        changed = log.changed_after(ids, removed.span, project.settings.cancelled_spans)
        for image in project.images.many([i for i in ids if i not in changed]):
            for edit in log.of_image(image.id, removed.span):
                if edit is not None:
                    project.labels.apply(image.id, edit.undone(_UNDO, image.annotator))
        # For whoever takes back an import, these images are as they were.
        cancelled = project.settings.cancelled_spans
        project.settings.cancelled_spans = [*cancelled, removed.span, LogSpan(begin, log.end())]
    use = project.removed_classes.use(removed.label_class.id)
    boxes, pre_labels = _boxes(use.boxes), _pre_labels(use.pre_labels)
    words = Message(
        "'{0}' is back, with what has it: {1}, {2}.", removed.label_class.name, Message(boxes), Message(pre_labels)
    )
    if not changed:
        return words
    images = plural("1 image", "{0:,} images", len(changed))
    return Message("{0}\nChanged since and left as they are: {1}.", words, images)


def _merged(own: list[Annotation], into: int) -> Edit:
    """No correction of a person: where the boxes came from stays."""
    return edits.combined(_MERGE, [edits.change(a, replace(a, class_id=into), _MERGE) for a in own])


def _boxes(count: int) -> str:
    return plural("1 box", "{0:,} boxes", count)


def _pre_labels(count: int) -> str:
    return plural("1 pre-label", "{0:,} pre-labels", count)
