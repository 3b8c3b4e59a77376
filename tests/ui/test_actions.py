"""The table of actions and what is made from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from boxwright.ui.actions.action import MENUS, Situation
from boxwright.ui.actions.shortcuts import shortcuts_page
from boxwright.ui.actions.table import ACTIONS, BY_ID

ROOT = Path(__file__).resolve().parents[2]

AGREED = {
    "go.previous": {"A"}, "go.next": {"D"}, "tool.draw": {"W", "R"}, "tool.select": {"V", "Esc"},
    "label.accept_all": {"Space"}, "label.reject": {"X", "Del"}, "go.doubtful": {"Tab"},
    "go.doubtful_back": {"Shift+Tab"}, "label.empty": {"E"}, "label.skip": {"S"}, "view.fit": {"F"},
    "view.actual": {"Ctrl+0"}, "view.hide": {"H"}, "edit.copy": {"Ctrl+C"}, "edit.paste": {"Ctrl+V"},
    "edit.duplicate": {"Ctrl+D"}, "edit.from_previous": {"Ctrl+P"}, "edit.undo": {"Ctrl+Z"},
    "edit.redo": {"Ctrl+Shift+Z", "Ctrl+Y"}, "help.palette": {"Ctrl+K"}, "help.shortcuts": {"?"},
    "class.1": {"1"}, "class.9": {"9"}, "class.10": {"0"}, "runner_up.1": {"Shift+1"},
    "nudge.left": {"Left"}, "nudge10.up": {"Shift+Up"}, "resize.down": {"Ctrl+Down"},
}  # fmt: skip


@pytest.mark.parametrize("action_id", AGREED)
def test_the_agreed_keys(action_id):
    assert AGREED[action_id] <= set(BY_ID[action_id].keys)


def test_no_key_and_no_name_is_given_twice():
    keys = Counter(QKeySequence(key).toString() for action in ACTIONS for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []
    assert "" not in keys, "a key that Qt does not know"
    assert len(BY_ID) == len(ACTIONS)


def test_every_menu_has_actions_and_every_icon_a_file():
    assert {a.menu for a in ACTIONS if a.menu} == set(MENUS)
    missing = [a.icon for a in ACTIONS if a.icon and not (ROOT / "resources/icons" / f"{a.icon}.svg").is_file()]
    assert missing == []


def test_nothing_that_changes_labels_is_offered_without_an_image_or_read_only():
    reading = Situation(project=True, writable=False, image=True, selection=True)
    for action_id in ("label.accept_all", "label.reject", "label.empty", "label.skip", "edit.undo", "tool.draw"):
        assert not BY_ID[action_id].enabled_when(Situation(project=True, writable=True))
        assert not BY_ID[action_id].enabled_when(reading)


def test_the_page_of_the_guide_is_current():
    page = ROOT / "docs" / "guide" / "shortcuts.md"
    assert page.read_text(encoding="utf-8") == shortcuts_page(), (
        "write it anew: python -m boxwright.ui.actions.shortcuts > docs/guide/shortcuts.md"
    )


def test_the_question_mark_shows_every_key(opened):
    QTest.keyClicks(opened.canvas, "?")
    dialog = opened.dialog()
    from PySide6.QtWidgets import QLabel

    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Draw tool", "W or R", "Accept all and go on", "Space"} <= shown
    dialog.reject()


def test_the_palette_finds_an_action_and_runs_it(opened):
    opened.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.dialog()
    QTest.keyClicks(dialog.search, "next image")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    opened.shown(row=1)
