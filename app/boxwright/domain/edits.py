"""Edits: before and after of everything that one gesture touched. An edit applies, inverts and merges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from boxwright.domain.annotation import Annotation, accepted
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.marks import ImageMarks
from boxwright.domain.prediction import Prediction


class EditKind(StrEnum):
    """Kind of an edit.

    What a person, or an import, did to an image. The values stand in the log of edits; the window names them.
    """

    DRAW_BOX = "Draw box"
    DELETE_BOX = "Delete box"
    ACCEPT_BOX = "Accept box"
    ACCEPT_BOXES = "Accept boxes"
    ACCEPT_ALL = "Accept all"
    REJECT_BOX = "Reject box"
    REJECT_ALL = "Reject all"
    CONFIRM_EMPTY = "Confirm empty"
    MARK_LABELLED = "Mark labelled"
    SKIP_IMAGE = "Skip image"
    CHANGE_TAGS = "Change tags"
    CHANGE_TAGS_AND_NOTE = "Change tags and note"
    MARK_BOX = "Mark box"
    UNMARK_BOX = "Unmark box"
    CHANGE_ATTRIBUTES = "Change attributes"
    CHANGE_CLASS = "Change class"
    MOVE_BOX = "Move box"
    RESIZE_BOX = "Resize box"
    REDRAW_BOX = "Redraw box"
    KEEP_BOX = "Keep box"
    TAKE_GUESS = "Take guess"
    TAKE_GHOST = "Take ghost"
    PASTE_BOX = "Paste box"
    DUPLICATE_BOX = "Duplicate box"
    COPY_FROM_PREVIOUS_IMAGE = "Copy from previous image"
    IMPORT_LABELS = "Import labels"
    IMPORT_TAGS = "Import tags"
    TAKE_IMPORTED_LABELS = "Take imported labels"
    UNDO_IMPORT = "Undo import"
    REMOVE_CLASS = "Remove class"
    MERGE_CLASSES = "Merge classes"
    UNDO_REMOVING_A_CLASS = "Undo removing a class"
    TAKE_IN_A_RESCUE_COPY = "Take in a rescue copy"
    OTHER = "Change"

    @classmethod
    def _missing_(cls, value: object) -> EditKind:
        # Of another version of the program.
        return cls.OTHER


JUDGED = (EditKind.ACCEPT_ALL, EditKind.MARK_LABELLED, EditKind.CONFIRM_EMPTY, EditKind.SKIP_IMAGE)
"""With one of these a person is done with an image."""


@dataclass(frozen=True, slots=True)
class BoxChange:
    """Change of one annotation.

    `before` None: the annotation is new. `after` None: it is deleted. Both carry the same uid otherwise.
    """

    before: Annotation | None
    after: Annotation | None

    @property
    def uid(self) -> str:
        annotation = self.after or self.before
        assert annotation is not None
        return annotation.uid


@dataclass(frozen=True, slots=True)
class StandingChange:
    """Change of what a person did with one pre-label."""

    prediction_id: int
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class StateChange:
    """Change of an image's state and skip reason."""

    before: ImageState
    after: ImageState
    before_reason: str | None = None
    after_reason: str | None = None


@dataclass(frozen=True, slots=True)
class MarksChange:
    """Change of an image's tags and note."""

    before: ImageMarks
    after: ImageMarks


@dataclass(frozen=True, slots=True)
class KeptChange:
    """Change of whether a person stands by a box that a detector does not see."""

    finding_id: int
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """Undoable change of one image's labels.

    `kind` is the gesture. `annotator`: who made it, empty when nobody knows.
    """

    kind: EditKind
    boxes: tuple[BoxChange, ...] = ()
    standings: tuple[StandingChange, ...] = ()
    state: StateChange | None = None
    marks: MarksChange | None = None
    annotator: str = ""
    kept: tuple[KeptChange, ...] = ()

    def signed(self, annotator: str) -> Edit:
        """This edit as made by `annotator`, who then stands behind every box it makes or changes."""
        boxes = tuple(_signed(change, annotator) for change in self.boxes)
        return replace(self, boxes=boxes, annotator=annotator)

    def invert(self) -> Edit:
        state = self.state and StateChange(
            self.state.after, self.state.before, self.state.after_reason, self.state.before_reason
        )
        return Edit(
            self.kind,
            tuple(BoxChange(c.after, c.before) for c in reversed(self.boxes)),
            tuple(StandingChange(c.prediction_id, c.after, c.before) for c in reversed(self.standings)),
            state,
            self.marks and MarksChange(self.marks.after, self.marks.before),
            self.annotator,
            tuple(KeptChange(c.finding_id, c.after, c.before) for c in self.kept),
        )

    def undone(self, kind: EditKind, annotator: str) -> Edit:
        """Its inverse as a step of its own, after which `annotator` stands behind the image again. Boxes come back in
        the order that they had."""
        inverse = self.invert()
        return replace(inverse, kind=kind, annotator=annotator, boxes=inverse.boxes[::-1])

    @property
    def is_void(self) -> bool:
        """True when it changes nothing: a drag that ended where it began."""
        return (
            all(_same(c.before, c.after) for c in self.boxes)
            and all(c.before is c.after for c in self.standings)
            and (
                self.state is None
                or (self.state.before, self.state.before_reason) == (self.state.after, self.state.after_reason)
            )
            and (self.marks is None or self.marks.before == self.marks.after)
            and all(c.before == c.after for c in self.kept)
        )

    def then(self, later: Edit) -> Edit:
        """The single edit with the effect of this one followed by `later`; keeps this one's kind."""
        boxes = {c.uid: c for c in self.boxes}
        for change in later.boxes:
            first = boxes.get(change.uid)
            boxes[change.uid] = BoxChange(first.before if first else change.before, change.after)
        standings = {c.prediction_id: c for c in self.standings}
        for step in later.standings:
            earlier = standings.get(step.prediction_id)
            standings[step.prediction_id] = StandingChange(
                step.prediction_id, earlier.before if earlier else step.before, step.after
            )
        state = later.state or self.state
        if self.state and later.state:
            state = replace(later.state, before=self.state.before, before_reason=self.state.before_reason)
        marks = later.marks or self.marks
        if self.marks and later.marks:
            marks = MarksChange(self.marks.before, later.marks.after)
        real = tuple(c for c in boxes.values() if c.before is not None or c.after is not None)
        annotator, kept = later.annotator or self.annotator, (*self.kept, *later.kept)
        return Edit(self.kind, real, tuple(standings.values()), state, marks, annotator, kept)

    def apply(self, labels: ImageLabels) -> ImageLabels:
        """`labels` after this edit. An annotation brought back by undo goes to the end of the order."""
        annotations = dict(labels.annotations)
        for change in self.boxes:
            if change.after is None:
                annotations.pop(change.uid, None)
            else:
                annotations[change.uid] = change.after
        standings = dict(labels.standings)
        for step in self.standings:
            if step.after is Standing.OPEN:
                standings.pop(step.prediction_id, None)
            else:
                standings[step.prediction_id] = step.after
        state, reason = (
            (self.state.after, self.state.after_reason) if self.state else (labels.state, labels.skip_reason)
        )
        marks = self.marks.after if self.marks else labels.marks
        kept = labels.kept.union(c.finding_id for c in self.kept if c.after)
        return replace(
            labels,
            annotations=annotations,
            standings=standings,
            state=state,
            skip_reason=reason,
            marks=marks,
            kept=kept.difference(c.finding_id for c in self.kept if not c.after),
        )


def _same(before: Annotation | None, after: Annotation | None) -> bool:
    """Equal but for who touched it last: a drag that ended where it began is nobody's work."""
    if before is None or after is None or before.annotator == after.annotator:
        return before == after
    return replace(before, annotator=after.annotator) == after


def _signed(change: BoxChange, annotator: str) -> BoxChange:
    if change.after is None or _same(change.before, change.after):
        return change
    return BoxChange(change.before, replace(change.after, annotator=annotator))


def add(annotation: Annotation, kind: EditKind = EditKind.DRAW_BOX) -> Edit:
    return Edit(kind, (BoxChange(None, annotation),))


def delete(annotations: Iterable[Annotation]) -> Edit:
    return Edit(EditKind.DELETE_BOX, tuple(BoxChange(a, None) for a in annotations))


def change(before: Annotation, after: Annotation, kind: EditKind) -> Edit:
    return Edit(kind, (BoxChange(before, after),))


def take(prediction: Prediction, annotation: Annotation | None = None, kind: EditKind = EditKind.ACCEPT_BOX) -> Edit:
    """Turn an open pre-label into an annotation: as it is, or as the person changed it."""
    return Edit(
        kind,
        (BoxChange(None, annotation or accepted(prediction)),),
        (StandingChange(prediction.id, Standing.OPEN, Standing.TAKEN),),
    )


def reject(predictions: Iterable[Prediction]) -> Edit:
    return Edit(
        EditKind.REJECT_BOX, (), tuple(StandingChange(p.id, Standing.OPEN, Standing.REJECTED) for p in predictions)
    )


def set_state(labels: ImageLabels, state: ImageState, kind: EditKind, reason: str | None = None) -> Edit:
    return Edit(kind, state=StateChange(labels.state, state, labels.skip_reason, reason))


def set_marks(labels: ImageLabels, marks: ImageMarks, kind: EditKind = EditKind.CHANGE_TAGS) -> Edit:
    """Other tags or another note for the image."""
    return Edit(kind, marks=MarksChange(labels.marks, marks))


def combined(kind: EditKind, edits: Iterable[Edit]) -> Edit:
    """One undoable step out of several, in time linear in their size: accepting all may be thousands."""
    boxes: list[BoxChange] = []
    standings: list[StandingChange] = []
    kept: list[KeptChange] = []
    states = Edit(kind)
    for edit in edits:
        boxes.extend(edit.boxes)
        standings.extend(edit.standings)
        kept.extend(edit.kept)
        if edit.state is not None or edit.marks is not None or edit.annotator:
            states = states.then(Edit(kind, state=edit.state, marks=edit.marks, annotator=edit.annotator))
    return states.then(Edit(kind, tuple(boxes), tuple(standings), kept=tuple(kept)))


def accept_all(labels: ImageLabels, min_score: float) -> Edit:
    """Take every open pre-label with a score of at least `min_score` and mark the image labelled. Those that dispute an
    annotation are left for the person to decide."""
    disputed = labels.disputed
    taken = [take(p) for p in labels.open_predictions(min_score) if p.id not in disputed]
    return combined(EditKind.ACCEPT_ALL, [*taken, set_state(labels, ImageState.LABELED, EditKind.ACCEPT_ALL)])


def confirm_empty(labels: ImageLabels) -> Edit:
    """Remove every box, reject every open pre-label and mark the image labelled: nothing is here."""
    parts = [
        delete(labels.annotations.values()),
        reject(labels.open_predictions()),
        set_state(labels, ImageState.LABELED, EditKind.CONFIRM_EMPTY),
    ]
    return combined(EditKind.CONFIRM_EMPTY, parts)
