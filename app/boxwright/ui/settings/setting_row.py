"""Row of one setting: its name, what it does, the control to change it, and a way back to its default."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.settings.table import Setting, When
from boxwright.ui.widgets.dialog import plain_label

CONTROL_WIDTH = 230


class SettingRow(QWidget):
    """Row of a setting. `changed` carries the new value when the person, not the program, changed it."""

    changed = Signal(object)

    def __init__(self, setting: Setting, value: Any) -> None:
        super().__init__()
        self.setting = setting
        self.control = _control(setting)
        self.control.setAccessibleName(tr(setting.text))
        self.control.setAccessibleDescription(tr(setting.help))
        self.back = QToolButton()
        self.back.setIcon(icon("undo"))
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tip = tr("Back to the default: {0}").format(setting.words(setting.default))
        self.back.setToolTip(tip)
        self.back.setAccessibleName(f"{tr(setting.text)}: {tip}")
        name = plain_label(tr(setting.text))
        when = "" if setting.when is When.AT_ONCE else f" {tr(setting.when.value)}."
        about = plain_label(f"{tr(setting.help)}{when}", quiet=True)
        own = (setting.text, setting.help, setting.group, *(words for _, words in setting.choices))
        # In both languages: people look for the word they know.
        self._words = " ".join([*own, *map(tr, own)]).lower()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        self.control.setFixedWidth(CONTROL_WIDTH)
        grid.addWidget(name, 0, 0)
        grid.addWidget(about, 1, 0)
        grid.addWidget(self.control, 0, 1, 2, 1)
        grid.addWidget(self.back, 0, 2, 2, 1)
        self.show_value(value)
        self._connect()

    def fits(self, words: list[str]) -> bool:
        return all(word in self._words for word in words)

    def show_value(self, value: Any) -> None:
        """Without telling that it changed."""
        self.blockSignals(True)
        control = self.control
        if isinstance(control, QCheckBox):
            control.setChecked(value)
            control.setText(tr("On") if value else tr("Off"))
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(value))
        elif isinstance(control, (QSpinBox, QDoubleSpinBox)):
            control.setValue(value)
        elif isinstance(control, QLineEdit) and control.text() != value:
            control.setText(value)
        self.back.setEnabled(value != self.setting.default)
        self.blockSignals(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel that scrolls the page must not change what it passes over."""
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self.control.installEventFilter(self)
        control = self.control
        if isinstance(control, QCheckBox):
            control.toggled.connect(lambda on: self.changed.emit(on))
        elif isinstance(control, QComboBox):
            control.currentIndexChanged.connect(lambda _: self.changed.emit(control.currentData()))
        elif isinstance(control, (QSpinBox, QDoubleSpinBox)):
            control.valueChanged.connect(lambda value: self.changed.emit(value))
        elif isinstance(control, QLineEdit):
            control.textEdited.connect(lambda text: self.changed.emit(text.strip()))
        self.back.clicked.connect(lambda: self.changed.emit(self.setting.default))


def _control(setting: Setting) -> QWidget:
    if isinstance(setting.default, bool):
        return QCheckBox()
    if setting.choices:
        combo = QComboBox()
        for value, words in setting.choices:
            combo.addItem(tr(words), value)
        return combo
    if setting.range is None:
        return QLineEdit()
    low, high = setting.range
    if isinstance(setting.default, float):
        decimal = QDoubleSpinBox()
        decimal.setRange(low, high)
        decimal.setSingleStep(0.05)
        return decimal
    number = QSpinBox()
    number.setRange(int(low), int(high))
    number.setSuffix(setting.suffix)
    return number
