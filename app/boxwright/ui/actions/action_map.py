"""QActions, menus and the toolbar, made from the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar, QWidget

from boxwright.ui.actions.action import MENUS, AppAction, Row, Situation, Where
from boxwright.ui.actions.bindings import key_text
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.actions.table import ACTIONS, BY_ID
from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.look.key_presses import KeyPresses
from boxwright.ui.project.context import AppContext


def menu_title(name: str) -> str:
    """With the letter that opens it together with Alt; set behind a title that has another script."""
    title, letter = tr(name), _letters()[name]
    place = title.find(letter)
    return f"{title[:place]}&{title[place:]}" if place >= 0 else f"{title}(&{letter.upper()})"


def _letters() -> dict[str, str]:
    """By menu the first letter of its name that no menu before it has."""
    letters: dict[str, str] = {}
    for name in MENUS:
        taken = {letter.lower() for letter in letters.values()}
        letters[name] = next(letter for letter in name if letter.lower() not in taken)
    return letters


class ActionMap(QObject):
    """QActions of the table in one window. `opened`: the open project, None while there is none. `keys`: action id
    -> its keys, of every action."""

    def __init__(
        self, app: AppContext, opened: Callable[[], ActionContext | None], keys: Mapping[str, tuple[str, ...]]
    ) -> None:
        window = app.dialog_parent
        super().__init__(window)
        self._app, self._opened = app, opened
        self.presses = KeyPresses(window)
        self._actions = {spec.id: self._made(spec) for spec in ACTIONS}
        self.set_keys(keys)
        self._build_menus(window)
        self.toolbar = self._built_toolbar(window)
        self.retranslate()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def update(self, situation: Situation) -> None:
        for spec in ACTIONS:
            self._actions[spec.id].setEnabled(spec.enabled_when(situation))

    def attach_canvas(self, canvas: QWidget) -> None:
        """Give `canvas` the actions whose keys work only in it."""
        canvas.addActions([self._actions[spec.id] for spec in ACTIONS if spec.where is Where.CANVAS])

    def retranslate(self) -> None:
        """Say everything in the language of now."""
        for spec in ACTIONS:
            action = self._actions[spec.id]
            action.setText(tr(spec.text))
            if spec.toolbar:
                action.setIconText(tr(spec.toolbar))
        for name, menu in self._menus.items():
            menu.setTitle(menu_title(name))
        self.toolbar.setWindowTitle(tr("Tools"))
        self.set_keys(self._keys)

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Change the keys of the living actions; menus and tool tips follow."""
        self._keys = dict(keys)
        for spec in ACTIONS:
            action, text = self._actions[spec.id], tr(spec.text)
            own = self._keys[spec.id]
            action.setShortcuts([QKeySequence(key) for key in own])
            action.setToolTip(f"{text} ({key_text(own[:1])})" if own else text)

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        return self._keys[action_id]

    def first_key(self, action_id: str) -> str:
        """As a person reads it; empty for an action without a key."""
        return key_text(self._keys[action_id][:1])

    def press(self, key: str) -> None:
        """Do what `key` means now, for a key that only its receiver can tell apart."""
        for action_id, own in self._keys.items():
            if key in own:
                self._actions[action_id].trigger()

    def rows(self) -> list[tuple[str, str, str]]:
        """(menu or "Keys", what it does, keys) of every action that has a key now."""
        return shortcut_rows(self._keys)

    def _made(self, spec: Row) -> QAction:
        action = QAction(icon(spec.icon), "", self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.triggered.connect(lambda _checked=False: self._run(spec))
        if not spec.repeats:
            self.presses.single(action)
        if spec.where is Where.CANVAS:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _run(self, spec: Row) -> None:
        if isinstance(spec, AppAction):
            spec.run(self._app)
        elif (context := self._opened()) is not None and (not spec.judges or self._counts(context)):
            spec.run(context)

    def _counts(self, context: ActionContext) -> bool:
        """Whether a decision is one: made anew, about an image that the person has had before the eyes; where another
        page stands in its place, about that."""
        seen = not context.canvas.isVisible() or context.canvas.seen
        return not self.presses.repeating and (not self.presses.by_hand or seen)

    def _build_menus(self, window: QMainWindow) -> None:
        self._menus = menus = {name: window.menuBar().addMenu(menu_title(name)) for name in MENUS}
        for spec in ACTIONS:
            action = self._actions[spec.id]
            if spec.menu is None:
                if spec.where is Where.WINDOW:
                    window.addAction(action)
                continue
            if spec.separated:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(action)

    def _built_toolbar(self, window: QMainWindow) -> QToolBar:
        toolbar = QToolBar(tr("Tools"), window)
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        previous: str | None = None
        for spec in (a for a in ACTIONS if a.toolbar):
            if previous is not None and spec.menu != previous:
                toolbar.addSeparator()
            previous = spec.menu
            toolbar.addAction(self._actions[spec.id])
            if spec.judges:
                self.presses.once(toolbar.widgetForAction(self._actions[spec.id]))
        window.addToolBar(toolbar)
        return toolbar


def shortcut_rows(keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """(menu or "Keys", what it does, keys) of every action of `keys` that has one, menu by menu."""
    rows = [(BY_ID[i].menu or "Keys", tr(BY_ID[i].text), key_text(own)) for i, own in keys.items() if own]
    return sorted(rows, key=lambda row: (*MENUS, "Keys").index(row[0]))
