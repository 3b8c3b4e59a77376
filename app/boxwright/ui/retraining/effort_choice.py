"""Choice of effort: quick, thorough or full, each with the time it will take here, or the time that a person has."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QSpinBox, QWidget

from boxwright.training.protocol import Effort
from boxwright.ui.language.translation import tr
from boxwright.ui.retraining.words import EFFORTS, MEASURING, estimate_words
from boxwright.ui.widgets.dialog import plain_label

# Minutes that a person may have: the first that is offered, and the most.
_MINUTES, _MOST_MINUTES = 15, 24 * 60


class EffortChoice(QWidget):
    """Choice of effort or of a time."""

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
        self.timed = QRadioButton(tr("For a time"))
        self.minutes = QSpinBox()
        self.minutes.setRange(1, _MOST_MINUTES)
        self.minutes.setValue(_MINUTES)
        self.minutes.setSuffix(tr(" min"))
        self.minutes.setAccessibleName(tr("Minutes"))
        self._group.addButton(self.timed)
        row = 2 * len(Effort)
        grid.addWidget(self.timed, row, 0)
        grid.addWidget(self.minutes, row, 1, Qt.AlignmentFlag.AlignRight)
        self._about_time = plain_label(tr("Planned for this machine, and done in time."), quiet=True)
        self._about_time.setContentsMargins(22, 0, 0, 6)
        grid.addWidget(self._about_time, row + 1, 0, 1, 2)
        # Whoever sets a time means it.
        self.minutes.valueChanged.connect(lambda _: self.timed.setChecked(True))
        self.buttons[Effort.QUICK].setChecked(True)
        self._group.buttonToggled.connect(lambda _, on: self.changed.emit() if on else None)
        self.forget_times()

    @property
    def effort(self) -> Effort:
        """The one that is chosen; the first where a time is."""
        return next((effort for effort, button in self.buttons.items() if button.isChecked()), Effort.QUICK)

    @effort.setter
    def effort(self, effort: Effort) -> None:
        self.buttons[effort].setChecked(True)

    @property
    def seconds(self) -> float | None:
        """The time that a person has; None where an effort is chosen."""
        return self.minutes.value() * 60.0 if self.timed.isChecked() else None

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self.minutes.setValue(round(seconds / 60))
        self.timed.setChecked(True)

    def offer_time(self, offered: bool) -> None:
        """Whether the trainer can plan for one."""
        for widget in (self.timed, self.minutes, self._about_time):
            widget.setVisible(offered)
        if not offered and self.timed.isChecked():
            self.buttons[Effort.QUICK].setChecked(True)

    def forget_times(self, words: str = MEASURING) -> None:
        for label in self.times.values():
            label.setText(tr(words))
            label.setObjectName("quiet")

    def tell(self, effort: Effort, seconds: float | None) -> None:
        self.times[effort].setText(estimate_words(seconds))
