"""Choice of what a detector is used for, each way out with a guess of what it saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.long_names import NameCombo, name_model
from boxwright.ui.widgets.dialog import plain_label

if TYPE_CHECKING:
    from boxwright.services.detectors.survey import DetectorSurvey

_WAYS = {
    UseKind.NAMES: N_("By name: classes that are yours, as mapped below"),
    UseKind.ONE_CLASS: N_("Without names: all its boxes are pre-labels of"),
    UseKind.GUESSES: N_("Without names: guesses while drawing, in the class you draw"),
    UseKind.BASE: N_("Only as a base to train from"),
}


class UseChoice(QWidget):
    """Radio buttons of the uses; what each is worth stands beside it once a survey has told."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._classes: list[LabelClass] = []
        self.buttons: dict[UseKind, QRadioButton] = {}
        self.worth = {kind: plain_label(quiet=True) for kind in _WAYS}
        self.one_class = NameCombo()
        self.one_class.setAccessibleName(tr("Class that all its boxes are of"))
        group, grid = QButtonGroup(self), QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        for row, (kind, words) in enumerate(_WAYS.items()):
            button = self.buttons[kind] = QRadioButton(tr(words))
            group.addButton(button)
            button.toggled.connect(self._toggled)
            left = QHBoxLayout()
            left.addWidget(button)
            if kind is UseKind.ONE_CLASS:
                left.addWidget(self.one_class)
            left.addStretch(1)
            grid.addLayout(left, 2 * row, 0)
            self.worth[kind].setContentsMargins(22, 0, 0, 2)
            grid.addWidget(self.worth[kind], 2 * row + 1, 0)
        self.one_class.currentIndexChanged.connect(self._class_chosen)
        self.buttons[UseKind.NAMES].setChecked(True)

    @property
    def use(self) -> DetectorUse:
        kind = next(kind for kind, button in self.buttons.items() if button.isChecked())
        return DetectorUse(kind, str(self.one_class.currentData() or "") if kind is UseKind.ONE_CLASS else "")

    def fill(self, classes: Sequence[LabelClass], use: DetectorUse) -> None:
        """The classes of the project, and what is chosen from the start."""
        self._classes = list(classes)
        self.one_class.blockSignals(True)
        self.one_class.setModel(name_model([(c.name, c.name) for c in classes], self))
        self.one_class.setCurrentIndex(max(0, self.one_class.findData(use.class_name)))
        self.one_class.blockSignals(False)
        for kind in (UseKind.ONE_CLASS, UseKind.GUESSES):
            self.buttons[kind].setEnabled(bool(classes))
        self.buttons[use.kind].setChecked(True)

    def tell(self, found: DetectorSurvey | None, class_map: Mapping[int, int]) -> None:
        """What each is worth by `found`; `class_map` as in `Model`."""
        from boxwright.services.detectors.survey import base_words, guesses_words, names_words, one_class_words

        place = self.one_class.currentIndex()
        class_id = self._classes[place].id if 0 <= place < len(self._classes) else None
        words = {UseKind.BASE: translate(base_words())}
        if found is not None:
            words[UseKind.NAMES] = translate(names_words(found, class_map))
            words[UseKind.ONE_CLASS] = translate(one_class_words(found, class_id))
            words[UseKind.GUESSES] = translate(guesses_words(found))
        for kind, label in self.worth.items():
            label.setText(words.get(kind, ""))
            label.setVisible(bool(label.text()))

    def _toggled(self, on: bool) -> None:
        if on:
            self.changed.emit()

    def _class_chosen(self, _index: int) -> None:
        if self.buttons[UseKind.ONE_CLASS].isChecked():
            self.changed.emit()
        else:
            self.buttons[UseKind.ONE_CLASS].setChecked(True)
