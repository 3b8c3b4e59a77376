"""Going through the findings of an image and of the list to review: where one is, and what a key does with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from boxwright.domain import edits, review
from boxwright.domain.annotation import Annotation
from boxwright.domain.changes import Changes
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.labels import ImageLabels
from boxwright.ui import commands
from boxwright.ui.keys import Key, annotation_key, prediction_key
from boxwright.ui.queue import View
from boxwright.ui.workspace import Workspace

_SEEN = Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE


class Review(QObject):
    """Changes nothing but through `fix` and `keep`. `changed`: another finding is current, or none is left."""

    changed = Signal()
    went_to = Signal(object)  # the key of the box to look at

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._model = workspace, workspace.model
        self._current: int | None = None
        self._model.changed.connect(self._labels_changed)
        workspace.record_shown.connect(self._record_shown)

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
        """To the next or previous finding; beyond the last of an image to the next image that has any."""
        found, target = self.open, self.place + by if self.place >= 0 or by > 0 else 0
        if 0 <= target < len(found):
            self._go_to(found[target])
        elif not (self._workspace.step(by) if self._workspace.view is View.REVIEW else False):
            self._model.message.emit("There is no other finding in this list.")

    def fix(self) -> None:
        """Do what the detector says."""
        labels, finding = self._model.labels, self.current
        if labels is None or finding is None:
            return
        edit = review.fix(labels, finding)
        if finding.kind is Disagreement.EXTRA:
            edit = edits.combined("Delete box", [edit, commands.disowned(labels, _own(labels, finding))])
        self._decide(edit)

    def keep(self) -> None:
        """The person was right."""
        labels, finding = self._model.labels, self.current
        if labels is not None and finding is not None:
            self._decide(review.keep(labels, finding))

    def _decide(self, edit: edits.Edit) -> None:
        place = self.place
        if not self._model.push(edit):
            return
        found = self.open
        if found:
            self._go_to(found[min(place, len(found) - 1)])
        elif self._workspace.view is View.REVIEW and not self._workspace.go_on():
            self._model.message.emit("Every finding of this list is decided.")

    def _go_to(self, finding: Finding) -> None:
        labels = self._model.labels
        assert labels is not None
        self._current = finding.id
        prediction = labels.predictions.get(finding.prediction_id) if finding.prediction_id is not None else None
        if prediction is not None and prediction.score < self._model.threshold:
            self._model.threshold = int(prediction.score * 100) / 100
        self._model.select([key_of(finding)])
        self.went_to.emit(key_of(finding))
        self.changed.emit()

    def _labels_changed(self, changes: Changes) -> None:
        if Changes.IMAGE in changes:
            self._current = None
        if changes & _SEEN:
            self.changed.emit()

    def _record_shown(self) -> None:
        """Every panel knows the image by now, so that a box of it can be selected."""
        if self._workspace.view is View.REVIEW and self._current is None and (found := self.open):
            self._go_to(found[0])


def key_of(finding: Finding) -> Key:
    """The box to look at: the detector's, or the person's where it has none."""
    if finding.prediction_id is not None:
        return prediction_key(finding.prediction_id)
    return annotation_key(finding.uid or "")


def _own(labels: ImageLabels, finding: Finding) -> list[Annotation]:
    return [labels.annotations[finding.uid]] if finding.uid else []
