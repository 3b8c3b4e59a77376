"""Undo, one history per image, kept for as long as the window is open."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

from boxwright.domain.box import Box
from boxwright.domain.edits import Edit
from boxwright.domain.labels import ImageLabels
from boxwright.ui.labelling.edit_names import EDIT_NAMES
from boxwright.ui.language.translation import tr

_MERGEABLE, _ALONE = 1, -1


class EditCommand(QUndoCommand):
    """Undo command of one edit. Commands with an equal `merge_key` that follow one another are one undoable step; a
    step that ends where it began takes itself off the stack."""

    def __init__(self, edit: Edit, apply: Callable[[Edit, bool], None], merge_key: Hashable | None = None) -> None:
        super().__init__(tr(EDIT_NAMES[edit.kind]))
        self._edit = edit
        self._apply = apply
        self._merge_key = merge_key
        self._done_before = False
        # Asked for each box of a gesture, which may be thousands.
        self._starts: dict[str, Box] | None = None

    def redo(self) -> None:
        self._apply(self._edit, self._done_before)
        self._done_before = True

    def undo(self) -> None:
        self._apply(self._edit.invert(), True)

    def start_of(self, uid: str, merge_key: Hashable) -> Box | None:
        """Where this step found a box; None when it made the box, left it alone, or has another `merge_key`."""
        if merge_key != self._merge_key:
            return None
        if self._starts is None:
            self._starts = {c.uid: c.before.box for c in self._edit.boxes if c.before is not None}
        return self._starts.get(uid)

    @property
    def judged(self) -> set[int]:
        """The pre-labels that it is about."""
        return {step.prediction_id for step in self._edit.standings}

    def id(self) -> int:
        return _ALONE if self._merge_key is None else _MERGEABLE

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditCommand) or other._merge_key != self._merge_key:
            return False
        self._edit, self._starts = self._edit.then(other._edit), None
        self.setObsolete(self._edit.is_void)
        return True


class History(QObject):
    """Undo stacks of the current image and of every image visited before it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.group = QUndoGroup(self)
        self._stacks: dict[int, QUndoStack] = {}
        self._left: dict[int, ImageLabels] = {}
        self._edited: list[int] = []
        self._nothing = QUndoStack(self)

    @property
    def stack(self) -> QUndoStack:
        return self.group.activeStack() or self._nothing

    def enter(self, labels: ImageLabels | None) -> None:
        """Make the history of this image the active one. A history that no longer fits what is on disk, because
        something else changed the image meanwhile, is dropped: undoing it would undo another's work."""
        if labels is None:
            self.group.setActiveStack(self._nothing)
            return
        stack = self._stacks.get(labels.image_id)
        if stack is None:
            stack = self._stacks[labels.image_id] = QUndoStack(self.group)
        before = self._left.pop(labels.image_id, None)
        if before is not None and (_judged(before) != _judged(labels) or _judges_others(stack, labels)):
            stack.clear()
        self.group.setActiveStack(stack)

    def clear(self) -> None:
        """Nothing that was done before can be undone any more: it is about something that is gone."""
        for stack in self._stacks.values():
            stack.clear()
        self._left.clear()
        self._edited.clear()

    def leave(self, labels: ImageLabels) -> None:
        """Remember what an image was like when it was left."""
        self._left[labels.image_id] = replace(labels, predictions={})

    def note_edit(self, image_id: int) -> None:
        """`image_id` is now the image that was edited last."""
        if image_id in self._edited:
            self._edited.remove(image_id)
        self._edited.append(image_id)

    def last_edited(self, other_than: int | None) -> int | None:
        """The image edited last, of those that still have something to undo."""
        for image_id in reversed(self._edited):
            if image_id != other_than and self._stacks[image_id].canUndo():
                return image_id
        return None


def _judges_others(stack: QUndoStack, labels: ImageLabels) -> bool:
    """Everything was undone, and a detector has said something new since: what could be redone is about pre-labels that
    are gone."""
    commands = [stack.command(place) for place in range(stack.count())] if not stack.index() else []
    return any(isinstance(c, EditCommand) and not labels.predictions.keys() >= c.judged for c in commands)


def _judged(labels: ImageLabels) -> tuple[object, ...]:
    """What a person decided: all that an undo step relies on."""
    return labels.annotations, labels.state, labels.skip_reason, labels.standings, labels.marks
