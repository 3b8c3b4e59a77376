"""Button that tells what is chosen of a list, and opens it to choose."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QPushButton, QWidgetAction

from boxwright.ui.language.translation import tr
from boxwright.ui.look.long_names import shorten_names
from boxwright.ui.look.tips import plain_tip

_NAMED = 3
_ROWS = 10


class ChoiceButton(QPushButton):
    """Button of choices. Nothing checked means that everything fits, which the button says with `everything`.
    `changed` on each check."""

    changed = Signal()

    def __init__(self, title: str, everything: str) -> None:
        super().__init__(everything)
        self._everything = everything
        self.setAutoDefault(False)
        self.setStyleSheet("QPushButton { text-align: left; padding: 3px 4px; }")
        self.setAccessibleName(title)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setSpacing(1)
        shorten_names(self.list)
        # As the check boxes of the theme, which are seen on dark.
        self.list.setStyleSheet(
            "QListWidget::indicator:unchecked { width: 13px; height: 13px; border-radius: 3px; "
            "border: 1px solid palette(placeholder-text); background: palette(base); }"
        )
        self.list.itemChanged.connect(self._tell)
        # A list, not entries of the menu: a menu closes at each click, and a hundred classes need a scroll bar.
        action = QWidgetAction(self)
        action.setDefaultWidget(self.list)
        menu = QMenu(self)
        menu.addAction(action)
        menu.aboutToShow.connect(self.list.setFocus)
        self.setMenu(menu)

    def fill(self, items: Iterable[tuple[str, object]]) -> None:
        """(text, data) of each, in order; what was checked is forgotten."""
        self.list.blockSignals(True)
        self.list.clear()
        for text, data in items:
            item = QListWidgetItem(text)
            item.setToolTip(plain_tip(text))
            item.setData(Qt.ItemDataRole.UserRole, data)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        row = self.list.sizeHintForRow(0) if self.list.count() else 20
        self.list.setFixedHeight(min(self.list.count(), _ROWS) * (row + 2) + 8)
        self.list.setMinimumWidth(max(220, self.list.sizeHintForColumn(0) + 40))
        self._show()

    @property
    def chosen(self) -> tuple[object, ...]:
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._checked())

    def _checked(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item.checkState() is Qt.CheckState.Checked]

    def _tell(self, _item: QListWidgetItem) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        names = [item.text() for item in self._checked()]
        shown = ", ".join(names[:_NAMED])
        if len(names) > _NAMED:
            shown = tr("{0} and {1} more").format(shown, len(names) - _NAMED)
        # An ampersand would underline the letter after it.
        self.setText(shown.replace("&", "&&") or self._everything)
