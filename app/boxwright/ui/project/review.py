"""Review of findings: where one is in an image and in the list, and what a key does with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from boxwright.domain import edits, review
from boxwright.domain.annotation import Annotation
from boxwright.domain.changes import Changes
from boxwright.domain.edits import EditKind
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.labels import ImageLabels
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_keys import Key, annotation_key, prediction_key
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import View
from boxwright.ui.project.workspace import AHEAD, Workspace

_SEEN = Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE


class Review(QObject):
    """Review under way. Changes nothing but through `fix` and `keep`. `changed`: another finding is current, or none
    is left."""

    changed = Signal()
    went_to = Signal(object)  # the key of the box to look at

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._model = workspace, workspace.model
        self._current: int | None = None
        self._row = -1
        # What the list asked for, until its image is on screen.
        self._wanted: int | None = None
        self._model.changed.connect(self._labels_changed)
        workspace.record_shown.connect(self._record_shown)
        workspace.queue_changed.connect(self._queue_changed)
        workspace.coming = self._coming
        self._model.selection_changed.connect(self._selected)

    @property
    def open(self) -> list[Finding]:
        """Of the image on screen, the largest disagreement first."""
        return review.open_findings(self._model.labels) if self._model.labels else []

    @property
    def current(self) -> Finding | None:
        return next((f for f in self.open if f.id == self._current), None)

    @property
    def place(self) -> int:
        """Of the current one among the open ones, from 0; -1 for none."""
        return next((n for n, f in enumerate(self.open) if f.id == self._current), -1)

    def step(self, by: int) -> None:
        """To the next or previous finding: in the list to review the next open one of the pool, elsewhere of the
        image."""
        listed, found = self._workspace.queue.findings, self.open
        if listed is not None:
            row = listed.next_open(self._row, by)
            if row is not None:
                self.visit(row)
                return
        else:
            target = self.place + by if self.place >= 0 or by > 0 else 0
            if 0 <= target < len(found):
                self._go_to(found[target])
                return
        self._model.message.emit(tr("There is no other finding in this list."))

    def visit(self, row: int) -> None:
        """Show a finding of the list to review, by its row."""
        listed = self._workspace.queue.findings
        if listed is None or not 0 <= row < len(listed):
            return
        image_id, self._wanted = int(listed.images[row]), int(listed.ids[row])
        if self._model.labels is not None and self._model.labels.image_id == image_id:
            self._go_to_wanted()
        else:
            self._row = row
            self._workspace.show_image(image_id)

    @property
    def row(self) -> int:
        """Of the current finding in the list to review; -1 for none."""
        return self._row

    def fix(self) -> None:
        """Do what the detector says."""
        labels, finding = self._model.labels, self.current
        if labels is None or finding is None:
            return
        edit = review.fix(labels, finding)
        if finding.kind is Disagreement.EXTRA:
            edit = edits.combined(EditKind.DELETE_BOX, [edit, commands.disowned(labels, _own(labels, finding))])
        self._decide(edit)

    def fix_selected(self) -> bool:
        """`fix` when the box of the current finding alone is selected; False when it is not."""
        finding = self.current
        selected = finding is not None and self._model.selection == (key_of(finding),)
        if selected:
            self.fix()
        return selected

    def keep(self) -> None:
        """The person was right."""
        labels, finding = self._model.labels, self.current
        if labels is not None and finding is not None:
            self._decide(review.keep(labels, finding))

    def _decide(self, edit: edits.Edit) -> None:
        place, row, listed = self.place, self._row, self._workspace.queue.findings
        if not self._model.push(edit):
            return
        if listed is not None:
            following = listed.next_open(row, 1)
            following = listed.next_open(-1, 1) if following is None else following
            if following is not None:
                self.visit(following)
            else:
                self._model.message.emit(tr("Every finding of this list is decided."))
        elif found := self.open:
            self._go_to(found[min(place, len(found) - 1)])

    def _go_to_wanted(self) -> None:
        """What the list asked for, or where that is settled meanwhile the largest of the image."""
        found, wanted = self.open, self._wanted
        self._wanted = None
        if found:
            self._go_to(next((f for f in found if f.id == wanted), found[0]))

    def _go_to(self, finding: Finding) -> None:
        labels = self._model.labels
        assert labels is not None
        self._make_current(finding)
        prediction = labels.predictions.get(finding.prediction_id) if finding.prediction_id is not None else None
        if prediction is not None and prediction.score < self._model.threshold:
            self._model.threshold = int(prediction.score * 100) / 100
        self._model.select([key_of(finding)])
        self.went_to.emit(key_of(finding))
        self.changed.emit()

    def _selected(self) -> None:
        """The finding of a box that the person selected, or that undo has brought back, is the current one."""
        if len(self._model.selection) != 1:
            return
        found = next((f for f in self.open if key_of(f) == self._model.selection[0]), None)
        if found is not None and found.id != self._current:
            self._make_current(found)
            self.changed.emit()

    def _make_current(self, finding: Finding) -> None:
        labels, listed = self._model.labels, self._workspace.queue.findings
        self._current = finding.id
        row = listed.row_of(labels.image_id, finding.id) if listed is not None and labels is not None else None
        self._row = self._row if row is None else row

    def _coming(self) -> Sequence[int]:
        listed = self._workspace.queue.findings
        return listed.coming(self._row, AHEAD) if listed is not None else ()

    def _queue_changed(self) -> None:
        """Another list, or another part of it: the current finding keeps its place where it is in it."""
        listed, labels = self._workspace.queue.findings, self._model.labels
        row = None
        if listed is not None and labels is not None and self._current is not None:
            row = listed.row_of(labels.image_id, self._current)
        self._row = -1 if row is None else row
        if listed is None:
            self._wanted = None

    def _labels_changed(self, changes: Changes) -> None:
        if Changes.IMAGE in changes:
            self._current = None
        if changes & _SEEN:
            self.changed.emit()

    def _record_shown(self) -> None:
        """Every panel knows the image by now, so that a box of it can be selected."""
        if self._workspace.view is View.REVIEW and self._current is None:
            self._go_to_wanted()


def key_of(finding: Finding) -> Key:
    """The box to look at: the detector's, or the person's where it has none."""
    if finding.prediction_id is not None:
        return prediction_key(finding.prediction_id)
    return annotation_key(finding.uid or "")


def _own(labels: ImageLabels, finding: Finding) -> list[Annotation]:
    return [labels.annotations[finding.uid]] if finding.uid else []
