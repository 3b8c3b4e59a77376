"""Command palette: every action by name; type a few letters, press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from boxwright.ui.actions.table import ACTIONS
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet
from boxwright.ui.widgets.list_steps import ListSteps

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext

ID_ROLE = Qt.ItemDataRole.UserRole


class Palette(Sheet):
    """Dialog to run an action by name."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("Find an action"))
        self._app = app
        self.buttons.hide()
        self.resize(460, 380)
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Search actions"))
        self.search.setPlaceholderText(tr("What do you want to do?"))
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._run)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Actions found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_KeysAtTheRight(self.list))
        ListSteps(self.search, self.list)
        self.list.itemClicked.connect(lambda _: self._run())
        self.body.addWidget(self.search)
        self.body.addWidget(self.list, 1)
        self._fill("")

    def _fill(self, text: str) -> None:
        self.list.clear()
        wanted = text.lower().split()
        for spec in ACTIONS:
            words = tr(spec.text)
            if spec.id == "help.palette" or not self._app.live_actions[spec.id].isEnabled():
                continue
            if all(w in words.lower() for w in wanted):
                item = QListWidgetItem(f"{words}\t{self._app.live_actions.first_key(spec.id)}")
                item.setData(ID_ROLE, spec.id)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action = self._app.live_actions[item.data(ID_ROLE)]
            self.accept()
            action.trigger()


class _KeysAtTheRight(QStyledItemDelegate):
    """What follows the tab of a row stands in a column of its own."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        keys = str(index.data()).partition("\t")[2]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.PlaceholderText
        painter.save()
        painter.setPen(option.palette.color(role))
        place = option.rect.adjusted(0, 0, -8, 0)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), keys)
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = option.text.partition("\t")[0]
