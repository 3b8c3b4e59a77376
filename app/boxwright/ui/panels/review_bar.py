"""Bar above the image: what the detector and the person disagree about, and the two ways to decide it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.messages import N_
from boxwright.ui.labelling.box_keys import item_of
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.panels.box_list import class_look
from boxwright.ui.project.queue import View
from boxwright.ui.project.review import Review, key_of
from boxwright.ui.project.workspace import Workspace
from boxwright.ui.widgets.elided import ElidedLabel

FIXES = {
    Disagreement.MISSING: N_("Take its box"),
    Disagreement.EXTRA: N_("Delete mine"),
    Disagreement.MISPLACED: N_("Take its place"),
    Disagreement.NAMED: N_("Take its class"),
    Disagreement.IMPORTED: N_("Take its box"),
}


class ReviewBar(QWidget):
    """Bar of a finding. Hidden where there is nothing to decide, except in the list to review, where it says so."""

    def __init__(self, workspace: Workspace, review: Review) -> None:
        super().__init__()
        self._workspace, self._review = workspace, review
        self.place = QLabel()
        self.place.setObjectName("panelTitle")
        self.words = ElidedLabel()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 6, 3)
        layout.setSpacing(10)
        layout.addWidget(self.place)
        layout.addWidget(self.words, 1)
        layout.addLayout(self._buttons)
        self._fix: QAction | None = None
        review.changed.connect(self._show)
        workspace.queue_changed.connect(self._show)
        self.hide()

    def offer(self, fix: QAction, others: Iterable[QAction]) -> None:
        """`fix` is named after what it would do; of the `others` the first has its name beside it."""
        self._fix = fix
        for place, action in enumerate((fix, *others)):
            button = QToolButton()
            button.setDefaultAction(action)
            named = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if place < 2 else Qt.ToolButtonStyle.ToolButtonIconOnly
            button.setToolButtonStyle(named)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.addWidget(button)

    def retranslate(self) -> None:
        self._show()

    def _show(self) -> None:
        found, current = self._review.open, self._review.current
        reviewing = self._workspace.view is View.REVIEW
        self.setVisible(bool(found) or (reviewing and self._workspace.model.labels is not None))
        if not found:
            self.place.setText("")
            self.words.setText(tr("Nothing is left to decide on this image."))
            return
        if current is None:
            self.place.setText(tr("{0} findings").format(len(found)))
            self.words.setText(tr("A detector looked again and disagrees; the full stop goes to the first finding."))
            return
        self.place.setText(tr("{0} of {1}").format(self._review.place + 1, len(found)))
        words = finding_words(current, self._workspace.model)
        self.words.setText(words)
        self.words.setToolTip(plain_tip(words))
        if self._fix is not None:
            self._fix.setIconText(tr(FIXES[current.kind]))


def finding_words(finding: Finding, model: SessionModel) -> str:
    """One sentence; the finding must be an open one of the image on screen."""
    labels = model.labels
    assert labels is not None
    name = class_look(model, item_of(labels, key_of(finding)).class_id)[0]
    if finding.kind is Disagreement.EXTRA:
        return tr("You have a box “{0}” here; the detector sees no such thing.").format(name)
    assert finding.prediction_id is not None
    prediction = labels.predictions[finding.prediction_id]
    if finding.kind is Disagreement.IMPORTED:
        return tr("The imported dataset has “{0}” here; you have no box.").format(name)
    if finding.uid is None:
        words = tr("The detector sees “{0}” here (score {1:.2f}); you have no box.")
        return words.format(name, prediction.score)
    own = labels.annotations[finding.uid]
    if finding.kind is Disagreement.NAMED:
        said = class_look(model, own.class_id)[0]
        words = tr("You say “{0}”, the detector says “{1}” (score {2:.2f}).")
        return words.format(said, name, prediction.score)
    words = tr("The detector places this “{0}” elsewhere: {1:.0%} overlap.")
    return words.format(name, own.box.iou(prediction.box))
