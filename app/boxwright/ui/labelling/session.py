"""Labelling session: labels, selection, classes, threshold and undo of the current image."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoGroup, QUndoStack

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import Box
from boxwright.domain.changes import Changes, changes_of
from boxwright.domain.classes import LabelClass
from boxwright.domain.edits import Edit
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.prediction import Prediction
from boxwright.services.project.label_edit import EditWriter, apply_edit
from boxwright.ui.labelling.box_keys import Key, annotation_key, item_of, prediction_key
from boxwright.ui.labelling.box_uncertainty import uncertainties
from boxwright.ui.labelling.class_use import ClassUsage
from boxwright.ui.labelling.undo import EditCommand, History
from boxwright.ui.language.translation import tr, translate

__all__ = ["DEFAULT_THRESHOLD", "Key", "SessionModel"]

DEFAULT_THRESHOLD = 0.25
GHOSTS_BELOW = 0.2
"""How far under the threshold a pre-label's score may lie to be shown as a ghost."""


class SessionModel(QObject):
    """State of labelling that every panel looks at. State flows one way: `push` changes it, `changed` tells everyone,
    nobody writes to it otherwise.

    `writer` None: the project is read-only, and `read_only_reason` says why.
    """

    changed = Signal(object)  # Changes
    edited = Signal(object, object)  # ImageLabels after an edit, Future of its transaction; told before `changed`
    selection_changed = Signal()
    message = Signal(str)  # a calm sentence for the status bar
    revisit_requested = Signal(int)  # image id: what undo would take back is on that image; show it first

    def __init__(
        self,
        writer: EditWriter | None,
        classes: Sequence[LabelClass] = (),
        read_only_reason: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._writer = writer
        self.read_only_reason = read_only_reason
        """Why no edit is taken now, one sentence; empty while edits are taken."""
        self.annotator = ""
        """Who works here; signs what `push` makes."""
        self._labels: ImageLabels | None = None
        self._previous: ImageLabels | None = None
        self._classes: list[LabelClass] = []
        self._current_class_id: int | None = None
        self._by_id: dict[int, LabelClass] = {}
        self.class_use = ClassUsage()
        self._class_map: Mapping[int, int] = {}
        self.detectors: Mapping[int, str] = {}
        """Prediction id -> name of its detector, of every pre-label of the image and those behind its annotations."""
        self._by_doubt = False
        self._threshold = DEFAULT_THRESHOLD
        self._selection: tuple[Key, ...] = ()
        self._gesture = 0
        self.redrawn: Key | None = None
        """The box that the next one drawn takes the place of; another selection forgets it."""
        self._locked: frozenset[str] = frozenset()
        self._ghosts_shown = False
        self._uncertainties: dict[int, float] | None = None
        self.doubt_cursor: tuple[float, int] | None = None
        """Where `next_doubtful` is in its order: uncertainty and prediction id of the last one shown."""
        self._history = History(self)
        self._history.enter(None)
        self.clipboard: tuple[Annotation, ...] = ()
        """Copied boxes; lives on from image to image."""
        self.clipboard_image_id: int | None = None
        self.classes = list(classes)

    @property
    def labels(self) -> ImageLabels | None:
        """The current image as it is after every edit so far; None while no image is shown."""
        return self._labels

    @property
    def previous_labels(self) -> ImageLabels | None:
        """The image that was shown before this one, as it was left."""
        return self._previous

    @property
    def read_only(self) -> bool:
        return self._writer is None or bool(self.read_only_reason)

    def show(self, labels: ImageLabels | None) -> None:
        """Make an image current; None shows none. `labels` have every edit of that image, also those on their way to
        the disk."""
        left, self._labels = self._labels, labels
        if left is not None:
            self._history.leave(left)
            if labels is None or labels.image_id != left.image_id:
                self._previous = left
        self._history.enter(labels)
        self._uncertainties = None
        self._selection, self.redrawn = (), None
        self.doubt_cursor = None
        self._tell(Changes.IMAGE)

    # Boxes

    def visible_predictions(self) -> list[Prediction]:
        """Open pre-labels with a score of at least `threshold`, best first."""
        labels = self.labels
        return labels.open_predictions(self._threshold) if labels else []

    def ghost_predictions(self) -> list[Prediction]:
        """Open pre-labels just below the threshold, best first, while ghosts are shown. They can be selected and taken;
        whatever is done to all boxes leaves them alone."""
        labels = self.labels
        if labels is None or not self._ghosts_shown:
            return []
        close = labels.open_predictions(self._threshold - GHOSTS_BELOW)
        return [p for p in close if p.score < self._threshold]

    @property
    def ghosts_shown(self) -> bool:
        return self._ghosts_shown

    @ghosts_shown.setter
    def ghosts_shown(self, shown: bool) -> None:
        if shown != self._ghosts_shown:
            self._ghosts_shown = shown
            self._tell(Changes.PREDICTIONS)

    def _selectable(self) -> set[Key]:
        keys = set(self.visible_keys())
        keys.update(prediction_key(p.id) for p in self.ghost_predictions())
        return keys

    def visible_keys(self) -> list[Key]:
        """Every box on screen but ghosts: annotations in the order they were made, then open pre-labels, best first."""
        labels = self.labels
        if labels is None:
            return []
        keys: list[Key] = [annotation_key(uid) for uid in labels.annotations]
        keys.extend(prediction_key(p.id) for p in self.visible_predictions())
        return keys

    def box_of(self, key: Key) -> Box:
        """Raises KeyError for a box that is not of this image."""
        return item_of(self.labels, key).box

    def class_of(self, key: Key) -> int:
        """The project's class id. Raises KeyError for a box that is not of this image."""
        return item_of(self.labels, key).class_id

    def uncertainty_of(self, prediction_id: int) -> float:
        """0..1, larger is more doubtful. Raises KeyError for a pre-label that is not of this image."""
        if self._uncertainties is None:
            self._uncertainties = uncertainties(self.labels.predictions.values()) if self.labels else {}
        return self._uncertainties[prediction_id]

    @property
    def by_doubt(self) -> bool:
        """Whether boxes are shown by how doubtful they are instead of by class and score."""
        return self._by_doubt

    @by_doubt.setter
    def by_doubt(self, on: bool) -> None:
        if on != self._by_doubt:
            self._by_doubt = on
            self._tell(Changes.PREDICTIONS)

    @property
    def threshold(self) -> float:
        """Open pre-labels with a lower score, 0..1, are not shown and not accepted by "accept all"."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        value = min(max(float(value), 0.0), 1.0)
        if value != self._threshold:
            self._threshold = value
            self._tell(Changes.PREDICTIONS)

    # Classes

    @property
    def classes(self) -> list[LabelClass]:
        """In display order; the first ten have the digit keys 1..9 and 0, all have a number."""
        return list(self._classes)

    @classes.setter
    def classes(self, classes: Sequence[LabelClass]) -> None:
        self._classes = sorted(classes, key=lambda c: c.position)
        self._by_id = {c.id: c for c in self._classes}
        if self._current_class_id not in self._by_id:
            self._current_class_id = self._classes[0].id if self._classes else None
        self.changed.emit(Changes.CLASSES)

    def class_named(self, class_id: int) -> LabelClass | None:
        """The class with this id, None when there is none."""
        return self._by_id.get(class_id)

    @property
    def current_class_id(self) -> int | None:
        """The class the next drawn box takes; None while the project has no class."""
        return self._current_class_id

    @current_class_id.setter
    def current_class_id(self, class_id: int) -> None:
        if self.class_named(class_id) and class_id != self._current_class_id:
            self._current_class_id = class_id
            self.changed.emit(Changes.CLASSES)

    @property
    def class_map(self) -> Mapping[int, int]:
        """Index into the active model's classes -> project class id; empty while no model is known."""
        return self._class_map

    @class_map.setter
    def class_map(self, class_map: Mapping[int, int]) -> None:
        self._class_map = dict(class_map)

    # Selection

    @property
    def selection(self) -> tuple[Key, ...]:
        return self._selection

    def select(self, keys: Iterable[Key]) -> None:
        """Select these boxes; those not on screen are left out."""
        visible = self._selectable()
        self._set_selection(tuple(key for key in dict.fromkeys(keys) if key in visible))

    def _set_selection(self, keys: tuple[Key, ...]) -> None:
        if keys != self._selection:
            self._selection, self.redrawn = keys, None
            self._gesture += 1
            self.changed.emit(Changes.SELECTION)
            self.selection_changed.emit()

    def _tell(self, changes: Changes) -> None:
        """Emit `changes` after the selection was made to fit them, so that no listener meets a box that is gone."""
        kept = self._surviving_selection()
        moved_on = kept != self._selection
        self._selection = kept
        self.changed.emit(changes | Changes.SELECTION if moved_on else changes)
        if moved_on:
            self.selection_changed.emit()

    def _surviving_selection(self) -> tuple[Key, ...]:
        """The selection without what is gone; a pre-label that became an annotation stays selected as that."""
        labels = self.labels
        if labels is None or not self._selection:
            return ()
        visible = self._selectable()
        if visible.issuperset(self._selection):
            return self._selection
        heirs = {id_: annotation_key(uid) for id_, uid in labels.disputed.items()}
        heirs |= {a.prediction_id: annotation_key(a.uid) for a in labels.annotations.values() if a.prediction_id}
        heir_or_same = (heirs.get(k[1], k) if k[0] == "prediction" and k not in visible else k for k in self._selection)
        return tuple(key for key in dict.fromkeys(heir_or_same) if key in visible)

    # Locks

    def is_locked(self, key: Key) -> bool:
        """Whether a person locked this box: for as long as the window is open no edit of its image touches it."""
        return key[0] == "annotation" and key[1] in self._locked

    def set_locked(self, uids: Iterable[str], locked: bool) -> None:
        self._locked = self._locked | set(uids) if locked else self._locked - set(uids)
        self._tell(Changes.BOXES)

    def may_touch(self, uids: Iterable[str]) -> bool:
        """False when one of these annotations is locked, which `message` then tells."""
        if self._locked.isdisjoint(uids):
            return True
        self.message.emit(tr("A locked box would change, so nothing was done. L unlocks the selected boxes."))
        return False

    # Edits

    @property
    def gesture(self) -> int:
        """Grows with each new selection, so that a merge key with it in ends where the selection changes."""
        return self._gesture

    @property
    def undo_stack(self) -> QUndoStack:
        """The history of the current image. It changes with the image; `undo_group` is what menus bind to."""
        return self._history.stack

    @property
    def undo_group(self) -> QUndoGroup:
        return self._history.group

    def push(self, edit: Edit, merge_key: Hashable | None = None) -> bool:
        """Apply `edit` as one undoable step. Consecutive pushes with an equal `merge_key` are one step. False when
        nothing was done: the edit is void, no image is shown, or (which `message` tells) the project is read-only or
        a box of the edit is locked."""
        labels = self.labels
        if labels is None or edit.is_void:
            return False
        if not self.may_edit():
            return False
        if not self.may_touch(change.uid for change in edit.boxes if change.before is not None):
            return False
        self.undo_stack.push(EditCommand(edit.signed(self.annotator), self._apply, merge_key))
        return True

    def start_of_step(self, uid: str, merge_key: Hashable) -> Box | None:
        """Where a box was before the step that a push with `merge_key` would join; None when it would join none."""
        stack = self.undo_stack
        last = stack.command(stack.index() - 1) if stack.index() else None
        return last.start_of(uid, merge_key) if isinstance(last, EditCommand) else None

    def may_edit(self) -> bool:
        """False while no edit is taken, for the reason that `message` then tells."""
        if self.read_only:
            self.message.emit(translate(self.read_only_reason))
        return not self.read_only

    def undo(self) -> None:
        """Take back the last step on this image. When there is none, ask to show the image edited last: nothing is
        ever undone out of sight."""
        if not self.may_edit():
            return
        if self.undo_stack.canUndo():
            self.undo_stack.undo()
            return
        other = self._history.last_edited(self.labels.image_id if self.labels else None)
        if other is not None:
            self.revisit_requested.emit(other)

    def redo(self) -> None:
        if self.may_edit():
            self.undo_stack.redo()

    def forget_histories(self) -> None:
        """Of every image: what could be undone is about a class that is gone."""
        self._history.clear()

    def _apply(self, edit: Edit, again: bool) -> None:
        """`again`: an undo or redo, which shows what it touched by selecting it."""
        assert self._labels is not None and self._writer is not None
        self._labels, written = apply_edit(self._labels, edit, self._writer)
        self.edited.emit(self._labels, written)
        self._tell(changes_of(edit))
        self._history.note_edit(self._labels.image_id)
        if again and edit.state is None:
            self.select(_touched(edit))


def _touched(edit: Edit) -> list[Key]:
    """The boxes that are there after `edit` and were not the same before."""
    keys: list[Key] = [annotation_key(change.uid) for change in edit.boxes if change.after is not None]
    keys.extend(prediction_key(s.prediction_id) for s in edit.standings if s.after is Standing.OPEN)
    return keys
