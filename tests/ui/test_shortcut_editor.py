"""Keys of a person's own: given, taken, put back, and the ready key maps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from boxwright.config.settings import Settings, load_settings
from boxwright.domain.image import ImageState
from boxwright.ui.actions.bindings import FIXED, bindings, same_key, with_keys, without
from boxwright.ui.actions.shortcut_editor import ShortcutEditor
from boxwright.ui.actions.table import ACTIONS, BY_ID
from boxwright.ui.settings.key_maps import KEY_MAPS

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)

# Harmless there, by the documentation and source of each program: moving on, changing the view, saving, drawing.
HARMLESS = {
    "labelimg": ["A", "D", "W", "Space", "Ctrl+S", "Ctrl+R", "Ctrl+U", "Ctrl+O", "Ctrl+E", "Ctrl+H", "Ctrl+A",
                 "Ctrl+F", "Ctrl+Shift+F", "Ctrl+=", "Ctrl+J", "Ctrl+L", "Ctrl+Y", "Ctrl++", "Ctrl+-", "Ctrl+W"],
    "cvat": ["D", "F", "C", "V", "Left", "Right", "N", "M", "G", "Shift+G", "H", "L", "Q", "K", "O", "R", "E", "Tab",
             "Shift+Tab", "Ctrl+S", "Ctrl+R", "Ctrl+Shift+R", "Ctrl+B", "F1", "F2", "+", "-", "=", "`"],
    "vott": ["W", "S", "A", "D", "Q", "E", "R", "P", "L", "V", "B", "Up", "Down", "Ctrl+W", "Ctrl+S", "Ctrl+E",
             "Ctrl+D", "Ctrl+1", "Ctrl+A"],
}  # fmt: skip
DESTRUCTIVE = {"label.reject", "label.reject_shown", "label.empty", "label.skip", "project.close", "window.quit"}
MAY_CLOSE = {"labelimg": {"project.close"}}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_key_of_another_program_takes_nothing_away_here(name):
    keys = bindings(Settings(key_map=name))
    for key in HARMLESS[name]:
        owner = next((i for i, own in keys.items() if key in own), None)
        assert owner not in DESTRUCTIVE - MAY_CLOSE.get(name, set()), f"{key} does {owner}"


def test_the_key_with_which_labelimg_deletes_an_image_does_nothing():
    assert not any("Ctrl+Shift+D" in own for own in bindings(Settings(key_map="labelimg")).values())


@pytest.mark.parametrize("name", KEY_MAPS)
def test_in_a_key_map_every_key_means_one_thing_and_no_action_loses_its_last(name):
    keys = bindings(Settings(key_map=name))
    every = [key for own in keys.values() for key in own]
    assert len(every) == len(set(every))
    assert [a.id for a in ACTIONS if a.keys and not keys[a.id]] == []
    assert [i for i in KEY_MAPS[name] if i not in BY_ID] == []
    assert [k for own in KEY_MAPS[name].values() for k in own if same_key(k) != k] == []


some_keys = st.lists(st.sampled_from(["A", "D", "X", "J", "Ctrl+J", "Shift+1", "Space", "Esc", "?"]), max_size=3)
some_actions = st.sampled_from(["go.next", "label.reject", "label.accept_all", "tool.select", "help.about"])


@examples(max_examples=40, deadline=None)
@given(st.lists(st.tuples(some_actions, some_keys), max_size=8), st.sampled_from(sorted(KEY_MAPS)))
def test_whatever_a_person_gives_every_key_means_one_thing(steps, name):
    settings = Settings(key_map=name)
    for action_id, keys in steps:
        settings = Settings(key_map=name, shortcuts=with_keys(settings, action_id, keys))
        now = bindings(settings)
        every = [key for own in now.values() for key in own]
        assert len(every) == len(set(every))
        assert set(now[action_id]) - FIXED == set(keys) - FIXED
        assert "Esc" in now["tool.select"]
    for action_id, _ in steps:
        settings = Settings(key_map=name, shortcuts=without(settings, action_id))
    assert bindings(settings) == bindings(Settings(key_map=name))


def edit(driver) -> ShortcutEditor:
    driver.window.live_actions["help.keys"].trigger()
    dialog = driver.dialog()
    assert isinstance(dialog, ShortcutEditor)
    return dialog


def leave(driver, dialog) -> None:
    dialog.reject()
    driver.until(lambda: driver.canvas.hasFocus() and driver.window.isActiveWindow())


def record(dialog, key, modifier=NONE):
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog.add, key, modifier)


def test_a_free_key_is_given_with_the_keyboard_alone_and_holds_at_once(opened):
    dialog = edit(opened)
    QTest.keyClicks(dialog.search, "next image")
    dialog.list.setFocus()
    opened.key(Qt.Key.Key_Return)
    opened.key(Qt.Key.Key_F12)
    assert load_settings()[0].shortcuts == {"go.next": ("F12", "D", "PgDown")}
    assert opened.window.live_actions["go.next"].toolTip() == "Next image (F12)"
    leave(opened, dialog)
    opened.key(Qt.Key.Key_F12)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_D)
    opened.shown(row=2)


def test_a_key_of_another_action_is_named_and_taken_only_on_demand(opened):
    dialog = edit(opened)
    dialog.choose("label.skip")
    record(dialog, Qt.Key.Key_D, CTRL)
    assert "Ctrl+D belongs to “Duplicate box”" in dialog.words.text()
    assert load_settings()[0].shortcuts == {}
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    actions = opened.window.live_actions
    assert actions.keys_of("label.skip") == ("Ctrl+D", "S")
    assert actions.keys_of("edit.duplicate") == ()
    QTest.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    assert actions.keys_of("label.skip") == ("S",)
    assert actions.keys_of("edit.duplicate") == ("Ctrl+D",)


@pytest.mark.parametrize(
    ("key", "modifier", "text"),
    [
        (Qt.Key.Key_Backtab, SHIFT, "Shift+Tab"),
        (Qt.Key.Key_Question, SHIFT, "?"),
        (Qt.Key.Key_4, SHIFT, "Shift+4"),
        (Qt.Key.Key_J, SHIFT, "Shift+J"),
        (Qt.Key.Key_F7, CTRL | SHIFT, "Ctrl+Shift+F7"),
    ],
)
def test_what_is_pressed_is_what_is_shown(opened, key, modifier, text):
    dialog = edit(opened)
    dialog.choose("help.about")
    record(dialog, key, modifier)
    if dialog.take.isVisible():
        QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert opened.window.live_actions.keys_of("help.about") == (text,)


def test_escape_leaves_the_recording_and_not_the_dialog(opened):
    dialog = edit(opened)
    dialog.choose("help.about")
    record(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and not dialog.add.recording
    assert opened.window.live_actions.keys_of("help.about") == ()


def test_space_given_to_another_action_no_longer_accepts(opened):
    dialog = edit(opened)
    dialog.choose("go.next")
    record(dialog, Qt.Key.Key_Space)
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    leave(opened, dialog)
    before = opened.workspace.model.labels
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    assert before.state is ImageState.UNLABELED
    assert opened.workspace.queue.marks[0] == 0


def test_a_key_map_is_chosen_and_all_keys_go_back(opened):
    dialog = edit(opened)
    dialog.choose("go.next")
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert opened.window.live_actions.keys_of("go.next") == ()
    dialog.key_map.setCurrentIndex(dialog.key_map.findData("vott"))
    dialog.key_map.activated.emit(dialog.key_map.currentIndex())
    assert opened.window.live_actions.keys_of("go.previous")[0] == "W"
    assert opened.window.live_actions.keys_of("go.next") == ()
    QTest.mouseClick(dialog.all_back, Qt.MouseButton.LeftButton)
    assert opened.window.live_actions.keys_of("go.next")[0] == "S"
    assert load_settings()[0].key_map == "vott"
    leave(opened, dialog)
    opened.key(Qt.Key.Key_S)
    opened.shown(row=1)


def test_the_overlay_and_the_palette_show_the_keys_of_now(opened):
    opened.window.change_setting(shortcuts={"tool.draw": ("F12",)})
    QTest.keyClicks(opened.canvas, "?")
    overlay = opened.dialog()
    assert "F12" in {label.text() for label in overlay.findChildren(QLabel)}
    leave(opened, overlay)
    opened.key(Qt.Key.Key_K, CTRL)
    palette = opened.dialog()
    QTest.keyClicks(palette.search, "draw tool")
    assert palette.list.item(0).text().endswith("F12")
    palette.reject()


def test_a_search_finds_a_key(opened):
    dialog = edit(opened)
    dialog.search.setText("ctrl+d")
    assert dialog.chosen == "edit.duplicate"


def test_settings_that_cannot_be_written_are_told_and_the_keys_hold(opened):
    dialog = edit(opened)
    from boxwright.config.settings import settings_file

    settings_file().unlink(missing_ok=True)
    settings_file().mkdir(parents=True)
    dialog.choose("help.about")
    record(dialog, Qt.Key.Key_F12)
    assert "cannot be stored" in dialog.problem.text()
    assert opened.window.live_actions.keys_of("help.about") == ("F12",)


def test_ctrl_s_saves_what_waits_and_says_that_nobody_has_to(opened):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_Return)
    opened.key(Qt.Key.Key_S, CTRL)
    assert "saves by itself" in opened.window.status.currentMessage()
