"""Flags, attributes, tags and note through the window, and what copies keep of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.ui.conftest import stored

from boxwright.domain.annotation import Origin
from boxwright.domain.marks import ImageMarks
from boxwright.ui.labelling.mark_words import value_of, value_text

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def annotations_of(driver):
    return list(driver.labels.annotations.values())


def confirm(driver, dialog):
    dialog.go.click()
    driver.until(lambda: QApplication.activeModalWidget() is None and driver.canvas.hasFocus())


def column(driver, number=0):
    table = driver.window.opened.area.boxes_panel.boxes.table
    return [table.data(table.index(row, number)) for row in range(table.rowCount())]


@pytest.mark.quick
def test_a_key_marks_the_selected_box_and_marks_are_seen_in_the_list(opened, folder):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_2, CONTROL)
    opened.key(Qt.Key.Key_3, CONTROL)
    (box,) = annotations_of(opened)
    assert (box.flags, box.origin) == ({"occluded", "truncated"}, Origin.ACCEPTED)
    assert any("occluded, truncated" in text for text in column(opened))
    opened.key(Qt.Key.Key_2, CONTROL)
    opened.saved()
    (kept,) = stored(folder, opened.labels.image_id).annotations.values()
    assert kept.flags == {"truncated"}
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert annotations_of(opened)[0].flags == {"occluded", "truncated"}


def test_a_flag_that_only_some_boxes_have_is_given_to_all_in_one_step(opened):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_1, CONTROL)
    opened.key(Qt.Key.Key_A, CONTROL)
    opened.key(Qt.Key.Key_1, CONTROL)
    assert [box.flags for box in annotations_of(opened)] == [{"difficult"}, {"difficult"}]
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert [box.flags for box in annotations_of(opened)] == [{"difficult"}]


def test_attributes_are_edited_in_a_dialog_with_the_keyboard(opened, folder):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_J)
    dialog = opened.dialog()
    dialog.table.item(0, 0).setText("colour")
    dialog.table.item(0, 1).setText("red")
    dialog._another()
    dialog.table.item(1, 0).setText("legs")
    dialog.table.item(1, 1).setText("4")
    confirm(opened, dialog)
    opened.saved()
    (kept,) = stored(folder, opened.labels.image_id).annotations.values()
    assert dict(kept.attributes) == {"colour": "red", "legs": 4}
    assert opened.workspace.model.undo_stack.count() == 1
    opened.key(Qt.Key.Key_J)
    dialog = opened.dialog()
    dialog.table.item(0, 1).setText("")
    confirm(opened, dialog)
    assert dict(annotations_of(opened)[0].attributes) == {"legs": 4}


def test_boxes_with_different_values_keep_theirs(opened):
    for value in ("red", "blue"):
        opened.key(Qt.Key.Key_Tab)
        opened.key(Qt.Key.Key_J)
        dialog = opened.dialog()
        dialog.table.item(0, 0).setText("colour")
        dialog.table.item(0, 1).setText(value)
        confirm(opened, dialog)
    opened.key(Qt.Key.Key_A, CONTROL)
    opened.key(Qt.Key.Key_J)
    dialog = opened.dialog()
    assert dialog.table.item(0, 1).text() == "(different)"
    confirm(opened, dialog)
    assert [box.attributes["colour"] for box in annotations_of(opened)] == ["red", "blue"]


def test_a_value_without_a_name_is_told_and_nothing_is_lost(opened):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_J)
    dialog = opened.dialog()
    dialog.table.item(0, 1).setText("red")
    dialog.go.click()
    assert dialog.isVisible()
    assert "no name" in dialog.problem.text()
    dialog.reject()
    assert annotations_of(opened) == []


@given(st.one_of(st.booleans(), st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_value_that_is_shown_is_read_back(value):
    assert value_of(value_text(value)) == value


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1_000", "9" * 40, "0x1f", "red"])
def test_what_is_no_number_of_a_person_stays_text(text):
    assert value_of(text) == text or value_of(text) == float(text)
    assert isinstance(value_of(text), str) or text == "9" * 40


def test_tags_and_a_note_of_the_image_are_kept_shown_and_undone(opened, folder):
    first = opened.labels.image_id
    opened.key(Qt.Key.Key_M)
    dialog = opened.dialog()
    QTest.keyClicks(dialog.tags, "night, rain ,")
    QTest.keyClicks(dialog.note, "ask Kim")
    confirm(opened, dialog)
    assert opened.labels.marks == ImageMarks(frozenset({"night", "rain"}), "ask Kim")
    area = opened.window.opened.area.image_area
    assert area.marks.isVisible()
    assert area.marks.text() == "night, rain  ·  ask Kim"
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    assert not area.marks.isVisible()
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    assert area.marks.isVisible(), "seen on coming back, written or not"
    opened.saved()
    assert stored(folder, first).marks.tags == {"night", "rain"}
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert not opened.labels.marks


@pytest.mark.parametrize("how", ["duplicate", "paste", "previous"])
def test_a_copy_keeps_flags_and_attributes(opened, how):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_4, CONTROL)
    opened.key(Qt.Key.Key_J)
    dialog = opened.dialog()
    dialog.table.item(0, 0).setText("colour")
    dialog.table.item(0, 1).setText("red")
    confirm(opened, dialog)
    opened.key(Qt.Key.Key_C, CONTROL)
    if how == "duplicate":
        opened.key(Qt.Key.Key_D, CONTROL)
    else:
        opened.key(Qt.Key.Key_D)
        opened.shown(row=1)
        opened.key(Qt.Key.Key_V if how == "paste" else Qt.Key.Key_P, CONTROL)
    copy = annotations_of(opened)[-1]
    assert (copy.flags, dict(copy.attributes)) == ({"crowd"}, {"colour": "red"})
    assert (copy.origin, copy.prediction_id) == (Origin.DRAWN, None)


def test_alt_and_an_arrow_move_the_near_edge(opened):
    alt = Qt.KeyboardModifier.AltModifier
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_2)
    before = annotations_of(opened)[0].box
    opened.key(Qt.Key.Key_Left, alt)
    opened.key(Qt.Key.Key_Up, alt | SHIFT)
    opened.key(Qt.Key.Key_Right, CONTROL | SHIFT)
    after = annotations_of(opened)[0].box
    assert (after.x1, after.y1) == (before.x1 - 1, before.y1 - 10)
    assert (after.x2, after.y2) == (before.x2 + 10, before.y2)


def test_the_way_to_draw_is_chosen_by_key_remembered_and_checked_in_the_menu(opened):
    opened.key(Qt.Key.Key_W, SHIFT)
    assert (opened.canvas.draw_by, opened.canvas.tool) == ("clicks", "draw")
    assert opened.window.settings.draw_by == "clicks"
    actions = opened.window.live_actions
    assert [actions[f"draw.{way}"].isChecked() for way in ("drag", "clicks", "points")] == [False, True, False]
    actions["draw.clicks"].trigger()
    assert actions["draw.clicks"].isChecked(), "choosing it again does not unchoose it"


def test_keys_of_the_canvas_reach_it(opened):
    opened.key(Qt.Key.Key_O)
    assert opened.window.live_actions["view.only_selected"].isChecked()
    opened.key(Qt.Key.Key_Q)
    assert opened.canvas.box_painter.alone == frozenset(opened.workspace.model.selection) != frozenset()
    opened.key(Qt.Key.Key_G)
    assert opened.workspace.model.ghosts_shown
    opened.key(Qt.Key.Key_BracketRight, CONTROL)
    assert (opened.canvas.box_painter.line, opened.window.settings.line_width) == (3, 3)
