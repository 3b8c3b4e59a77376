"""Panel at the right: boxes above, with the score below which pre-labels are hidden; classes below."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSplitter, QToolButton, QVBoxLayout, QWidget

from boxwright.domain.changes import Changes
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.box_details import BoxDetails
from boxwright.ui.panels.box_list import BoxList
from boxwright.ui.panels.class_panel import ClassPanel
from boxwright.ui.widgets.elided import ElidedLabel


class BoxesPanel(QWidget):
    """Panel of boxes and classes."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self._title = ElidedLabel()
        self._title.setObjectName("panelTitle")
        self.boxes = BoxList(model)
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setRange(0, 100)
        self.threshold.setPageStep(5)
        self.threshold.setValue(round(model.threshold * 100))
        self.threshold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._threshold_words = QLabel()
        self.details = BoxDetails(model)
        self.classes = ClassPanel(model)
        self._buttons = QHBoxLayout()
        self._lay_out()
        self.threshold.valueChanged.connect(self._threshold_moved)
        model.changed.connect(self._changed)
        self.retranslate()

    def retranslate(self) -> None:
        self.threshold.setAccessibleName(tr("Lowest score of a pre-label that is shown"))
        for part in (self.boxes, self.details, self.classes):
            part.retranslate()
        self._changed(Changes.IMAGE)

    def _lay_out(self) -> None:
        upper = QWidget()
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 4)
        head.setSpacing(0)
        head.addWidget(self._title, 1)
        head.addLayout(self._buttons)
        layout.addLayout(head)
        score = QHBoxLayout()
        score.setContentsMargins(8, 0, 8, 6)
        score.setSpacing(8)
        score.addWidget(self._threshold_words)
        score.addWidget(self.threshold, 1)
        layout.addLayout(score)
        layout.addWidget(self.boxes, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(upper)
        splitter.addWidget(self.details)
        splitter.addWidget(self.classes)
        for place, stretch in enumerate((3, 0, 2)):
            splitter.setStretchFactor(place, stretch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def offer(self, actions: Iterable[QAction]) -> None:
        """Put small buttons for `actions` beside the title."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(QSize(16, 16))
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            self._buttons.addWidget(button)

    def _threshold_moved(self, value: int) -> None:
        self._model.threshold = value / 100

    def _changed(self, changes: Changes) -> None:
        if not changes & (Changes.BOXES | Changes.PREDICTIONS | Changes.STATE | Changes.IMAGE):
            return
        labels = self._model.labels
        confirmed = len(labels.annotations) if labels else 0
        offered = len(self._model.visible_predictions())
        words = tr("{0} yours, {1} open").format(confirmed, offered) if offered else tr("{0} yours").format(confirmed)
        self._title.setText(f"{words} · {tr('begun')}" if labels is not None and labels.begun else words)
        with QSignalBlocker(self.threshold):
            self.threshold.setValue(round(self._model.threshold * 100))
        self._threshold_words.setText(tr("Score ≥ {0}").format(f"{self._model.threshold:.2f}"))
