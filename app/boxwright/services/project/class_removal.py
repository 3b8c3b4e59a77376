"""Taking a class away, or merging it into another, after a copy of what there is; and taking that back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation
from boxwright.domain.classes import ClassUse
from boxwright.domain.edits import Edit
from boxwright.domain.errors import ProjectError
from boxwright.services.importing.undo import CANCELLED
from boxwright.services.project.backups import Why, before
from boxwright.services.project.project import Project
from boxwright.store.edit_log import LogSpan

_REMOVE, _MERGE, _UNDO = "Remove class", "Merge classes", "Undo removing a class"


@dataclass(frozen=True)
class Removal:
    """`words`: what was done, a sentence."""

    name: str
    use: ClassUse
    words: str


def remove_class(project: Project, class_id: int, into: int | None = None, with_boxes: bool = False) -> Removal:
    """Take the class away. Its boxes and pre-labels become of the class `into`; or, without that, its pre-labels go
    with it, and its boxes if `with_boxes` says so.

    Raises ProjectError, with the count, while boxes have it and nobody said what becomes of them; ReadOnlyProject.
    """
    project.require_writable()
    gone, use = project.classes.get(class_id), project.removed_classes.use(class_id)
    if into == class_id:
        raise ProjectError(f"The class '{gone.name}' cannot be merged into itself: choose another one.")
    target = None if into is None else project.classes.get(into)
    if use.boxes and target is None and not with_boxes:
        raise ProjectError(
            f"{use.boxes:,} boxes have the class '{gone.name}': merge it into another class, or remove them with it."
        )
    before(project.folder, Why.CLASSES, project.tell)
    with project.transaction():
        first = project.edit_log.end() + 1
        for image in project.images.many(project.removed_classes.images(class_id)):
            own = [a for a in project.labels.annotations([image.id])[image.id] if a.class_id == class_id]
            edit = _merged(own, into) if into is not None else replace(edits.delete(own), name=_REMOVE)
            project.labels.apply(image.id, replace(edit, annotator=image.annotator))
        project.removed_classes.take(gone, into, LogSpan(first, project.edit_log.end()))
    boxes, pre_labels = _boxes(use.boxes), _pre_labels(use.pre_labels)
    if target is not None:
        words = f"'{gone.name}' is merged into '{target.name}', with what had it: {boxes}, {pre_labels}."
    else:
        words = f"'{gone.name}' is removed, with what had it: {boxes}, {pre_labels}."
    return Removal(gone.name, use, words)


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
        changed = log.changed_after(ids, removed.span, _cancelled(project))
        for image in project.images.many([i for i in ids if i not in changed]):
            for edit in log.of_image(image.id, removed.span):
                if edit is not None:
                    project.labels.apply(image.id, edit.undone(_UNDO, image.annotator))
        # For whoever takes back an import, these images are as they were.
        spans = [*_cancelled(project), removed.span, LogSpan(begin, log.end())]
        project.settings[CANCELLED] = [[span.first, span.last] for span in spans if span]
    use = project.removed_classes.use(removed.label_class.id)
    boxes, pre_labels = _boxes(use.boxes), _pre_labels(use.pre_labels)
    words = f"'{removed.label_class.name}' is back, with what has it: {boxes}, {pre_labels}."
    if not changed:
        return words
    images = "1 image" if len(changed) == 1 else f"{len(changed):,} images"
    return f"{words}\nChanged since and left as they are: {images}."


def _cancelled(project: Project) -> list[LogSpan]:
    return [LogSpan(*pair) for pair in project.settings.get(CANCELLED, [])]


def _merged(own: list[Annotation], into: int) -> Edit:
    """No correction of a person: where the boxes came from stays."""
    return edits.combined(_MERGE, [edits.change(a, replace(a, class_id=into), _MERGE) for a in own])


def _boxes(count: int) -> str:
    return "1 box" if count == 1 else f"{count:,} boxes"


def _pre_labels(count: int) -> str:
    return "1 pre-label" if count == 1 else f"{count:,} pre-labels"
