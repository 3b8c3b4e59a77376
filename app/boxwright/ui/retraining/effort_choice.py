"""Choice of effort: quick, thorough or full, each with the time it will take here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QWidget

from boxwright.training.protocol import Effort
from boxwright.ui.language.translation import tr
from boxwright.ui.retraining.words import EFFORTS, MEASURING, estimate_words
from boxwright.ui.widgets.dialog import plain_label


class EffortChoice(QWidget):
    """Choice of effort."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[Effort, QRadioButton] = {}
        self.times: dict[Effort, QLabel] = {}
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for place, effort in enumerate(Effort):
            title, words = EFFORTS[effort.value]
            button, time = QRadioButton(tr(title)), QLabel()
            time.setTextFormat(Qt.TextFormat.PlainText)
            self.buttons[effort], self.times[effort] = button, time
            self._group.addButton(button)
            hint = plain_label(tr(words), quiet=True)
            hint.setContentsMargins(22, 0, 0, 6)
            grid.addWidget(button, 2 * place, 0)
            grid.addWidget(time, 2 * place, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(hint, 2 * place + 1, 0, 1, 2)
        self.buttons[Effort.QUICK].setChecked(True)
        self._group.buttonToggled.connect(lambda _, on: self.changed.emit() if on else None)
        self.forget_times()

    @property
    def effort(self) -> Effort:
        return next(effort for effort, button in self.buttons.items() if button.isChecked())

    @effort.setter
    def effort(self, effort: Effort) -> None:
        self.buttons[effort].setChecked(True)

    def forget_times(self, words: str = MEASURING) -> None:
        for label in self.times.values():
            label.setText(tr(words))
            label.setObjectName("quiet")

    def tell(self, effort: Effort, seconds: float | None) -> None:
        self.times[effort].setText(estimate_words(seconds))
