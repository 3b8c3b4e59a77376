"""QActions, menus and the toolbar, made from the table."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar, QWidget

from boxwright.ui.actions import ACTIONS, MENUS, Action, Situation, Where, key_words
from boxwright.ui.desk import Desk
from boxwright.ui.icons import icon


def translated(text: str) -> str:
    return QCoreApplication.translate("actions", text)


class ActionMap(QObject):
    """The table's actions alive in one window. `shortcuts`: action id -> key sequence a person chose instead."""

    def __init__(self, desk: Desk, window: QMainWindow, shortcuts: Mapping[str, str]) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._on_canvas: list[QAction] = []
        for spec in ACTIONS:
            self._actions[spec.id] = self._made(spec, desk, shortcuts.get(spec.id))
        self._build_menus(window)
        self.toolbar = self._built_toolbar(window)

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def update(self, situation: Situation) -> None:
        for spec in ACTIONS:
            self._actions[spec.id].setEnabled(spec.enabled_when(situation))

    def attach_canvas(self, canvas: QWidget) -> None:
        """Give `canvas` the actions whose keys work only in it."""
        canvas.addActions(self._on_canvas)

    def _made(self, spec: Action, desk: Desk, chosen: str | None) -> QAction:
        action = QAction(icon(spec.icon), translated(spec.text), self)
        action.setObjectName(spec.id)
        if spec.toolbar:
            action.setIconText(translated(spec.toolbar))
        action.setCheckable(spec.checkable)
        keys = (chosen,) if chosen else spec.keys
        action.setToolTip(f"{translated(spec.text)} ({keys[0]})" if keys else translated(spec.text))
        action.triggered.connect(lambda _checked=False: spec.run(desk))
        if spec.where is Where.CANVAS_EVENT:
            return action
        action.setShortcuts([QKeySequence(key) for key in keys])
        if spec.where is Where.CANVAS:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._on_canvas.append(action)
        return action

    def _build_menus(self, window: QMainWindow) -> None:
        menus = {name: window.menuBar().addMenu(translated(name)) for name in MENUS}
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
        toolbar = QToolBar(translated("Tools"), window)
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
        window.addToolBar(toolbar)
        return toolbar


def shortcut_rows() -> list[tuple[str, str, str]]:
    """(menu or "Keys", what it does, keys) of every action that has a key, for the overlay and the guide."""
    return [(spec.menu or "Keys", translated(spec.text), key_words(spec)) for spec in ACTIONS if spec.keys]
