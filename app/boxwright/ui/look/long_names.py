"""Shortening of long names in the middle, for they often differ at their ends alone."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QListView, QStyle, QStyleOptionComboBox

from boxwright.ui.look.tips import plain_tip

MOST_LETTERS = 28
_TIP = Qt.ItemDataRole.ToolTipRole


def shortened(name: str) -> str:
    """Where a name has no place of its own, such as beside a box on the image: `MOST_LETTERS` letters of it."""
    if len(name) <= MOST_LETTERS:
        return name
    half = MOST_LETTERS // 2
    return f"{name[:half]}…{name[1 - half :]}"


def shorten_names(view: QAbstractItemView) -> None:
    """In the rows of `view`."""
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)


def name_model(names: Iterable[tuple[str, object]], parent: QObject) -> QStandardItemModel:
    """(text, data) of each, for any number of combo boxes: what many of them hold is made once."""
    model = QStandardItemModel(parent)
    for text, data in names:
        item = QStandardItem(text)
        item.setData(data, Qt.ItemDataRole.UserRole)
        item.setData(plain_tip(text), _TIP)
        model.appendRow(item)
    return model


class NameCombo(QComboBox):
    """Combo box of names, each whole in the tip of its row."""

    def __init__(self) -> None:
        super().__init__()
        view = self.view()
        shorten_names(view)
        # Otherwise every name is measured, and in a table of these each name for each row.
        if isinstance(view, QListView):
            view.setUniformItemSizes(True)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.currentTextChanged.connect(lambda text: self.setToolTip(plain_tip(text)))

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width() - 4
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room)
