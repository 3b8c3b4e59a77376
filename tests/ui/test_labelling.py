"""A batch labelled with the keyboard through the real window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from tests.ui.conftest import stored

from boxwright.domain.annotation import Origin
from boxwright.domain.image import ImageState
from boxwright.ui.project.queue import Mark

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.quick
def test_space_accepts_every_pre_label_and_goes_on(opened, folder):
    first = opened.labels.image_id
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    assert opened.labels.image_id != first
    opened.saved()
    labels = stored(folder, first)
    assert labels.state is ImageState.LABELED
    assert [a.origin for a in labels.annotations.values()] == [Origin.ACCEPTED] * 2
    assert opened.workspace.queue.done == 1


def test_a_whole_batch_without_touching_the_mouse(opened, folder):
    ids = [int(i) for i in opened.workspace.queue.ids]
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_3)
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=2)
    opened.key(Qt.Key.Key_E)
    opened.shown(row=3)
    opened.key(Qt.Key.Key_S)
    dialog = opened.dialog()
    opened.qtbot.keyClick(dialog, Qt.Key.Key_1)
    opened.until(lambda: opened.workspace.queue.done == 4)
    opened.saved()

    assert len(stored(folder, ids[0]).annotations) == 2
    relabelled = stored(folder, ids[1])
    names = {c.id: c.name for c in opened.workspace.model.classes}
    assert sorted(names[a.class_id] for a in relabelled.annotations.values()) == ["nut", "washer"]
    assert Origin.RELABELED in {a.origin for a in relabelled.annotations.values()}
    assert stored(folder, ids[2]).confirmed_empty
    skipped = stored(folder, ids[3])
    assert (skipped.state, skipped.skip_reason) == (ImageState.SKIPPED, "blurred or dark")


def test_an_image_on_its_way_is_shown_although_others_are_saved_meanwhile(opened):
    ids = [int(i) for i in opened.workspace.queue.ids]
    busy = threading.Event()
    opened.until(lambda: not opened.workspace._asked)
    opened.workspace.reader.ask(lambda _: busy.wait(), lambda _: None)
    # As after a long jump: nothing was read ahead.
    opened.workspace._records.clear()
    opened.key(Qt.Key.Key_D)
    opened.workspace.saver.written.emit((ids[0], ids[1]))
    busy.set()
    opened.shown(row=1)
    assert opened.labels.image_id == ids[1]


def test_a_queue_that_is_read_anew_does_not_throw_back_who_has_just_gone_on(opened):
    ids = [int(i) for i in opened.workspace.queue.ids]
    busy = threading.Event()
    read: list[object] = []
    opened.until(lambda: not opened.workspace._asked)
    opened.workspace.reader.ask(lambda _: busy.wait(), lambda _: None)
    opened.workspace.refresh(hold=True)
    opened.workspace.reader.ask(lambda _: None, read.append)
    opened.workspace._records.clear()
    opened.key(Qt.Key.Key_D)
    opened.key(Qt.Key.Key_D)
    busy.set()
    opened.until(lambda: bool(read))
    opened.shown(row=2)
    assert opened.labels.image_id == ids[2]


def test_a_and_d_go_back_and_forth_and_stop_at_the_ends(opened):
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    opened.key(Qt.Key.Key_A)
    assert opened.workspace.row == 0


def test_undo_takes_back_accept_all_on_the_image_it_was_done_on(opened, folder):
    first = opened.labels.image_id
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_Z, CONTROL)
    opened.shown(row=0)
    assert opened.labels.state is ImageState.LABELED, "nothing is undone out of sight"
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert opened.labels.state is ImageState.UNLABELED
    opened.saved()
    assert not stored(folder, first).annotations
    opened.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    opened.saved()
    assert len(stored(folder, first).annotations) == 2


def test_an_edit_made_just_before_leaving_is_seen_on_coming_back(opened):
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_X)
    left = len(opened.workspace.model.visible_predictions())
    assert left == 1
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    assert len(opened.workspace.model.visible_predictions()) == left


def test_arrows_move_the_selected_box_and_digits_are_not_stolen_by_a_list(opened):
    opened.key(Qt.Key.Key_Tab)
    key = opened.workspace.model.selection[0]
    before = opened.workspace.model.box_of(key)
    opened.key(Qt.Key.Key_Right)
    opened.key(Qt.Key.Key_Down, SHIFT)
    after = opened.workspace.model.box_of(opened.workspace.model.selection[0])
    assert (after.x1 - before.x1, after.y1 - before.y1) == (1, 10)

    opened.window.opened.area.boxes_panel.boxes.setFocus()
    opened.key(Qt.Key.Key_2)
    selected = opened.workspace.model.selection[0]
    assert opened.workspace.model.class_of(selected) == opened.workspace.model.classes[1].id


def test_a_skip_is_not_decided_by_escape(opened):
    opened.key(Qt.Key.Key_S)
    dialog = opened.dialog()
    opened.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert opened.labels.state is ImageState.UNLABELED


def test_the_end_of_a_batch_is_told(opened):
    for row in range(4):
        opened.shown(row=row)
        opened.key(Qt.Key.Key_Space)
    opened.until(lambda: opened.workspace.queue.done == 4)
    assert "batch is done" in opened.window.status.currentMessage()
    opened.until(lambda: "done" in opened.window.opened.area.queue_panel.hint.text())
    assert set(opened.workspace.queue.marks) == {Mark.LABELED}
