"""Shortcut editor: every action with its keys, and a way to give it others.

A change holds, and is stored, as soon as it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from boxwright.domain.messages import N_
from boxwright.ui.actions.bindings import FIXED, bindings, key_text, owner_of, with_keys, without
from boxwright.ui.actions.key_recorder import KeyRecorder
from boxwright.ui.actions.table import ACTIONS, BY_ID
from boxwright.ui.language.translation import tr
from boxwright.ui.settings.key_maps import TITLES
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext

ID_ROLE = Qt.ItemDataRole.UserRole


class ShortcutEditor(Sheet):
    """Dialog of actions and their keys."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("Change shortcuts"))
        self._app = app
        self._wanted = ""
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[str, QTreeWidgetItem] = {}
        self.resize(720, 560)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("An action, or a key such as Ctrl+D"))
        self.search.setAccessibleName(tr("Search actions and keys"))
        self.search.setClearButtonEnabled(True)
        self.key_map = QComboBox()
        self.key_map.setAccessibleName(tr("Key map"))
        for name, title in TITLES.items():
            self.key_map.addItem(tr("Keys of {0}").format(title), name)
        self.key_map.setCurrentIndex(self.key_map.findData(app.settings.key_map))
        self.list = _built_list()
        self.words = plain_label(quiet=True)
        self.add = KeyRecorder(tr("Press a key…"), tr("Now press the key (Esc: none)"))
        self.take, self.remove, self.back, self.all_back = (
            QPushButton(text) for text in (tr("Take the key"), tr("No key"), tr("Back to its key"), tr("All back"))
        )
        self._lay_out()
        self._connect()
        self._fill()
        self.begin_at(self.search)

    @property
    def chosen(self) -> str | None:
        """The action the buttons are about."""
        item = self.list.currentItem()
        return item.data(0, ID_ROLE) if item is not None else None

    def choose(self, action_id: str) -> None:
        self.list.setCurrentItem(self._items[action_id])

    def _lay_out(self) -> None:
        top, row = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.key_map)
        for button in (self.add, self.take, self.remove, self.back):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.all_back.setAutoDefault(False)
        row.addWidget(self.all_back)
        self.take.hide()
        self.body.addLayout(top)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.words)
        self.body.addLayout(row)

    def _connect(self) -> None:
        # Return in the list begins the recording, and must not end the dialog.
        self.buttons.button(self.buttons.StandardButton.Close).setAutoDefault(False)
        self.search.textChanged.connect(lambda _: self._filter())
        self.key_map.activated.connect(lambda _: self._change(key_map=self.key_map.currentData()))
        self.list.currentItemChanged.connect(lambda *_: self._look_at_another())
        self.list.itemActivated.connect(lambda *_: self.add.start() if self.chosen else None)
        self.add.recorded.connect(self._recorded)
        self.take.clicked.connect(self._give_wanted)
        self.remove.clicked.connect(lambda: self._give(()))
        self.back.clicked.connect(self._put_back)
        self.all_back.clicked.connect(lambda: self._change(shortcuts={}))

    # --- what a person does ------------------------------------------------------------------------------------------

    def _recorded(self, key: str) -> None:
        """A key of nobody is given at once; one of another action only when the person says so."""
        action_id = self.chosen
        if action_id is None or not key:
            return
        loser = owner_of(key, bindings(self._app.settings), besides=action_id)
        self._wanted = key
        if loser is None:
            self._give_wanted()
            return
        other, here = tr(BY_ID[loser].text), tr(BY_ID[action_id].text)
        fixed = key in FIXED
        self.words.setText(
            tr("{0} always ends what is going on and cannot be given away.").format(key_text([key]))
            if fixed
            else tr("{0} belongs to “{1}”. Take it for “{2}”?").format(key_text([key]), other, here)
        )
        self.take.setVisible(not fixed)
        if not fixed:
            self.take.setFocus()

    def _give_wanted(self) -> None:
        action_id = self.chosen
        if action_id is not None:
            own = (self._wanted, *(k for k in self._app.live_actions.keys_of(action_id) if k != self._wanted))
            self._give(own)

    def _give(self, keys: tuple[str, ...]) -> None:
        action_id = self.chosen
        if action_id is not None:
            self._change(shortcuts=with_keys(self._app.settings, action_id, keys))

    def _put_back(self) -> None:
        action_id = self.chosen
        if action_id is not None:
            self._change(shortcuts=without(self._app.settings, action_id))

    def _change(self, **changes: object) -> None:
        if self._app.change_setting(**changes):
            self.complain("")
        else:
            self.complain(tr("It cannot be stored, so it holds only until the window closes."))
        keep = self.chosen
        self._fill()
        if keep:
            self.choose(keep)
        self.list.setFocus()

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        keys, changed = bindings(self._app.settings), self._app.settings.shortcuts
        self.list.clear()
        self._items, self._groups = {}, {}
        for spec in ACTIONS:
            title = tr(spec.menu or N_("Keys"))
            if title not in self._groups:
                self._groups[title] = QTreeWidgetItem(self.list, [title])
                self._groups[title].setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = self._groups[title].font(0)
                font.setBold(True)
                self._groups[title].setFont(0, font)
            yours = tr("yours") if spec.id in changed else ""
            item = QTreeWidgetItem(self._groups[title], [tr(spec.text), key_text(keys[spec.id]), yours])
            item.setData(0, ID_ROLE, spec.id)
            self._items[spec.id] = item
        self.list.expandAll()
        self._filter()

    def _filter(self) -> None:
        wanted = self.search.text().strip().lower()
        for item in self._items.values():
            keys = item.text(1).lower().split(tr(" or "))
            item.setHidden(wanted not in item.text(0).lower() and not any(k.startswith(wanted) for k in keys))
        shown = [item for item in self._items.values() if not item.isHidden()]
        for group in self._groups.values():
            group.setHidden(not any(item.parent() is group for item in shown))
        if shown and self.list.currentItem() not in shown:
            self.list.setCurrentItem(shown[0])
        self._look_at_another()

    def _look_at_another(self) -> None:
        self._wanted = ""
        self.take.hide()
        action_id = self.chosen
        for button in (self.add, self.remove, self.back):
            button.setEnabled(action_id is not None)
        if action_id is None:
            self.words.setText("")
            return
        own = [k for k in self._app.live_actions.keys_of(action_id) if k not in FIXED]
        self.remove.setEnabled(bool(own))
        self.back.setEnabled(action_id in self._app.settings.shortcuts)
        self.all_back.setEnabled(bool(self._app.settings.shortcuts))
        name = tr(BY_ID[action_id].text)
        words = tr("“{0}”: {1}. A key that you press is added, and shown first.")
        self.words.setText(words.format(name, key_text(own) or tr("no key")))


def _built_list() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setHeaderLabels([tr("Action"), tr("Keys"), ""])
    tree.setAccessibleName(tr("Actions and their keys"))
    tree.setUniformRowHeights(True)
    tree.setRootIsDecorated(False)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return tree
