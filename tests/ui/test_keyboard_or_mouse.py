"""All work can be done with the keyboard alone, and all of it with the mouse alone: the table of actions, walked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.ui.actions.action import MENUS
from boxwright.ui.actions.palette import ID_ROLE, Palette
from boxwright.ui.actions.table import ACTIONS


@pytest.fixture
def told(opened, monkeypatch):
    """Which actions were triggered last; what they would do is tested where it is done."""
    names: list[str] = []
    for spec in ACTIONS:
        action = opened.window.live_actions[spec.id]
        if spec.id != "help.palette":
            action.triggered.disconnect()
        action.triggered.connect(lambda _=False, i=spec.id: names.append(i))
        action.setEnabled(True)
    # Nothing may put an action back to sleep while the table is walked.
    monkeypatch.setattr(opened.window, "update_actions", lambda: None)
    return names


def palette(opened) -> Palette:
    opened.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.dialog()
    assert isinstance(dialog, Palette)
    return dialog


def test_every_action_is_reached_by_typing_its_name(opened, told):
    for spec in ACTIONS:
        if spec.id == "help.palette":
            continue
        opened.window.live_actions[spec.id].setEnabled(True)
        dialog = palette(opened)
        # QTest types ASCII only.
        QTest.keyClicks(dialog.search, spec.text.encode("ascii", "ignore").decode())
        rows = [dialog.list.item(row).data(ID_ROLE) for row in range(dialog.list.count())]
        assert spec.id in rows
        for _ in range(rows.index(spec.id)):
            QTest.keyClick(dialog.search, Qt.Key.Key_Down)
        told.clear()
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
        assert told == [spec.id]
        opened.until(lambda: opened.window.isActiveWindow() and opened.canvas.hasFocus())


# The offscreen platform says so for every menu that is opened.
@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard", extend=True)
def test_every_action_is_reached_by_clicking(opened, told):
    """In a menu, or in the list of the palette; boxes are moved and classes given on the canvas besides."""
    bar = opened.window.menuBar()
    menus = dict(zip(MENUS, (a.menu() for a in bar.actions()), strict=True))
    for spec in ACTIONS:
        told.clear()
        action = opened.window.live_actions[spec.id]
        action.setEnabled(True)
        if spec.menu is None:
            dialog = palette(opened)
            row = next(r for r in range(dialog.list.count()) if dialog.list.item(r).data(ID_ROLE) == spec.id)
            dialog.list.scrollToItem(dialog.list.item(row))
            place = dialog.list.visualItemRect(dialog.list.item(row)).center()
            QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        else:
            menu = menus[spec.menu]
            QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(menu.menuAction()).center())
            opened.until(menu.isVisible)
            assert menu.rect().contains(menu.actionGeometry(action))
            # The offscreen platform loses some clicks into a menu, so its row is chosen by Return.
            menu.setActiveAction(action)
            QTest.keyClick(menu, Qt.Key.Key_Return)
        if spec.id == "help.palette":
            opened.dialog().reject()
        assert told[-1:] == [spec.id]
        opened.until(lambda: opened.window.isActiveWindow() and opened.canvas.hasFocus())


def test_every_menu_opens_with_alt_and_its_letter(opened):
    letters = []
    for action in opened.window.menuBar().actions():
        text = action.text()
        assert "&" in text, f"the menu {text} has no letter"
        letters.append(text[text.index("&") + 1].lower())
    assert len(letters) == len(set(letters))
