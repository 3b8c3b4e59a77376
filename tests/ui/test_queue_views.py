"""What the queue's chooser shows: the batch, what is to do, the validation split, everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.presence import present
from tests.ui.conftest import BOXES

from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.image import Split
from boxwright.domain.marks import ImageMarks
from boxwright.services.project.project import Project
from boxwright.services.project.split import freeze_validation
from boxwright.ui.project.queue import Mark, Queue, Show, View


def _pick(box, value) -> None:
    """As a person does: down the list with the keyboard."""
    # What was just done is counted a moment later.
    QApplication.processEvents()
    row = box.findData(value)
    assert row >= 0, f"{value} is not offered"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Down)


def _choose(driver, view: View) -> None:
    source = driver.window.opened.area.queue_panel.source
    _pick(source, view)
    if source.currentData() is not driver.workspace.queue.view:
        driver.until(lambda: driver.workspace.queue.view is view)


def _show(driver, show: Show) -> None:
    _pick(driver.window.opened.area.queue_panel.show_only, show)
    assert driver.workspace.queue.show is show


def _names(driver) -> list[str]:
    model = driver.window.opened.area.queue_panel.model
    driver.until(lambda: all(model.card(place).name for place in range(model.rowCount())))
    return [model.card(place).name for place in range(model.rowCount())]


def test_the_validation_images_are_shown_and_labelled(driver, folder):
    with Project.open(folder) as project:
        freeze_validation(project, 0.4, 1)
        frozen = project.images.ids(split=Split.VALIDATION).tolist()
    assert frozen
    driver.open(folder)
    assert driver.workspace.queue.view is View.BATCH
    _choose(driver, View.VALIDATION)
    driver.shown()
    assert driver.workspace.queue.ids.tolist() == frozen
    assert driver.canvas.hasFocus(), "the keys label again"
    assert "measure" in driver.window.opened.area.queue_panel.hint.text()
    for _ in frozen:
        driver.shown()
        driver.key(Qt.Key.Key_Space)
    assert "validation split" in driver.window.status.currentMessage()
    driver.saved()
    with Project.open(folder, read_only=True) as project:
        assert project.images.counts()["validation_labeled"] == len(frozen)


@pytest.mark.quick
def test_what_is_to_do_leaves_out_what_is_done(opened):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.saved()
    done = int(opened.workspace.queue.ids[0])
    _choose(opened, View.TO_DO)
    assert done not in opened.workspace.queue.ids.tolist()
    assert len(opened.workspace.queue) == 5
    source = opened.window.opened.area.queue_panel.source
    assert "To do · 5 images" in [source.itemText(i) for i in range(source.count())]
    assert source.findData(View.VALIDATION) < 0, "there is no validation split"


def test_an_empty_list_shows_no_image_of_another_list(opened):
    _choose(opened, View.ALL)
    for _ in range(6):
        opened.shown()
        opened.key(Qt.Key.Key_E)
    opened.saved()
    _choose(opened, View.TO_DO)
    opened.until(lambda: opened.workspace.model.labels is None)
    area = opened.window.opened.area.image_area
    assert area.name.text() == ""
    assert area.empty.isVisible()
    assert area.empty.title.text() == "Every image is labelled or skipped"
    assert not opened.window.live_actions["label.accept_all"].isEnabled()


def test_the_filter_shows_what_is_to_do_done_skipped_or_empty(opened):
    for key in (Qt.Key.Key_Space, Qt.Key.Key_E):
        row = opened.workspace.row
        opened.key(key)
        opened.shown(row=row + 1)
    opened.key(Qt.Key.Key_S)
    opened.qtbot.keyClick(opened.dialog(), Qt.Key.Key_1)
    opened.shown(row=3)
    assert opened.workspace.queue.marks.tolist() == [Mark.LABELED, Mark.EMPTY, Mark.SKIPPED, Mark.UNLABELED]
    expected = {
        Show.TO_DO: ["part 03.jpg"],
        Show.DONE: ["part 00.jpg", "part 01.jpg"],
        Show.EMPTY: ["part 01.jpg"],
        Show.SKIPPED: ["part 02.jpg"],
        Show.ALL: [f"part 0{n}.jpg" for n in range(4)],
    }
    for show, names in expected.items():
        _show(opened, show)
        assert _names(opened) == names
        assert "3 of 4" in opened.window.opened.area.queue_panel.progress.text(), "progress is of the whole batch"


def test_keys_and_clicks_stay_within_the_filter(opened):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_D)
    opened.shown(row=2)
    opened.key(Qt.Key.Key_E)
    opened.shown(row=3)
    _show(opened, Show.DONE)
    assert opened.workspace.row == 3, "the image on screen stays"
    opened.canvas.setFocus()
    opened.key(Qt.Key.Key_A)
    opened.shown(row=2)
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    opened.key(Qt.Key.Key_A)
    assert opened.workspace.row == 0
    view = opened.window.opened.area.queue_panel.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, view.rowHeight(0) + 20))
    opened.shown(row=2)


def test_flagged_images_are_those_with_a_tag_a_note_or_a_flag(driver, folder):
    with Project.open(folder) as project:
        ids = project.images.ids().tolist()
        project.labels.import_marks([(ids[1], ImageMarks(frozenset({"night"}))), (ids[2], ImageMarks(note="?"))])
    driver.open(folder)
    _show(driver, Show.FLAGGED)
    assert _names(driver) == ["part 01.jpg", "part 02.jpg"]
    _choose(driver, View.TO_DO)
    assert driver.workspace.queue.show is Show.ALL, "another list begins unfiltered"


@given(st.lists(st.integers(0, 5), max_size=12), st.sampled_from(list(Show)), st.integers(-1, 12))
def test_stepping_through_a_filter_meets_each_of_its_rows_once(marks, show, start):
    queue = Queue(np.arange(len(marks)) + 100, np.array(marks, np.int8), flagged=np.array(marks, np.int64) % 2 == 1)
    queue.filter(show)
    assert queue.count(show) == len(queue.rows)
    row, later = start, []
    while (row := queue.neighbour(row, 1)) is not None:
        later.append(row)
    row, earlier = start, []
    while (row := queue.neighbour(row, -1)) is not None:
        earlier.append(row)
    assert [*reversed(earlier), *([start] if start in queue.rows else []), *later] == queue.rows.tolist()
    assert all(queue.place_of(r) == place for place, r in enumerate(queue.rows.tolist()))


def test_the_queue_and_the_image_tell_why_it_is_there(driver, folder):
    with Project.open(folder) as project:
        ids = project.images.ids().tolist()
        doubtful = project.labels.load(ids[0]).open_predictions()[1]
        items = [BatchItem(ids[4], 0, Slot.RANDOM), BatchItem(ids[0], 1, Slot.UNCERTAIN, 0.93, doubtful.id)]
        project.batches.add(None, {"score": "entropy"}, items)
    driver.open(folder)
    panel = driver.window.opened.area.queue_panel
    assert len(_names(driver)) == 2
    assert panel.model.card(0).reason == "1 · random"
    assert panel.model.card(1).reason == "2 · uncertain 0.93 · nut 0.45"
    tip = panel.model.data(panel.model.index(1), Qt.ItemDataRole.ToolTipRole)
    assert "2 · uncertain · entropy 0.93 · nut 0.45" in tip
    driver.key(Qt.Key.Key_D)
    driver.shown(row=1)
    why = driver.window.opened.area.image_area.why.text()
    assert why.startswith("2 of 2 in the batch. The detector is unsure here: entropy 0.93, most of all about 'nut'")
    assert len(BOXES) == 2


def test_progress_of_batch_round_and_pool(opened):
    panel = opened.window.opened.area.queue_panel
    assert [panel.round.text(), panel.pool.text()] == ["Round 1: 0 of 1 labelled", "Pool: 0 of 6 done"]
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.until(lambda: [panel.round.text(), panel.pool.text()] == ["Round 1: 1 of 1 labelled", "Pool: 1 of 6 done"])
    assert "1 of 4" in panel.progress.text()


@pytest.mark.parametrize(("typed", "name"), [("3", "part 02.jpg"), ("T 05", "part 05.jpg")])
def test_jumping_by_number_or_name(opened, typed, name):
    opened.key(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.dialog()
    opened.until(lambda: dialog.list.count() > 0)
    QTest.keyClicks(dialog.search, typed)
    opened.until(lambda: dialog.list.count() > 0 and ("Number" in dialog.list.item(0).text()) == typed.isdecimal())
    opened.until(lambda: typed.isdecimal() or dialog.list.count() == 1)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    opened.until(lambda: opened.window.opened.area.image_area.name.text() == name)


def test_a_name_that_is_nowhere_is_told(opened):
    opened.key(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.dialog()
    QTest.keyClicks(dialog.search, "p%t_0")
    opened.until(lambda: "No image" in dialog.words.text())
    assert not dialog.go.isEnabled()


def test_no_detector_is_named_for_a_batch_that_was_drawn_at_random(driver, folder):
    with Project.open(folder) as project:
        items = [BatchItem(int(i), rank, Slot.INITIAL, None) for rank, i in enumerate(project.images.ids()[:3])]
        project.batches.add(present(project.models.active()).id, {"sampler": "random", "seed": 1}, items)
    driver.open(folder)
    assert driver.workspace.queue.origin.words == "3 drawn at random."


def test_the_next_to_do_is_never_the_image_that_is_left():
    queue = Queue(np.array([7, 8, 9]), np.zeros(3, np.int8))
    assert [queue.next_open(row) for row in (0, 1, 2)] == [1, 2, 0]
    assert [queue.previous_open(row) for row in (0, 1, 2)] == [2, 0, 1]


def test_n_leaves_an_image_that_is_still_to_do(opened):
    opened.key(Qt.Key.Key_N)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    opened.shown(row=0)


@given(st.lists(st.integers(1, 30), min_size=1, unique=True), st.sets(st.integers(1, 30)), st.data())
def test_an_image_that_left_the_list_keeps_its_place_between_its_neighbours(ids, gone, data):
    before = Queue(np.array(ids), np.zeros(len(ids), np.int8))
    row = data.draw(st.integers(0, len(ids) - 1))
    rest = [i for i in ids if i not in gone | {ids[row]}]
    after = Queue(np.array(rest, np.int64), np.zeros(len(rest), np.int8))
    assert after.take_over(before, row, ids[row], True) == -1
    following = [i for i in ids[row + 1 :] if i in rest]
    earlier = [i for i in ids[:row] if i in rest]
    steps = [after.neighbour(-1, 1), after.neighbour(-1, -1), after.next_open(-1), after.previous_open(-1)]
    found = [rest[step] if step is not None else None for step in steps]
    first = (following or rest or [None])[0]
    last = (earlier or rest or [None])[-1]
    assert found == [(following or [None])[0], (earlier or [None])[-1], first, last]


def test_a_list_read_anew_does_not_throw_the_person_to_its_start(opened):
    """In what is to do, after the image on screen has been labelled."""
    _choose(opened, View.TO_DO)
    for row in range(1, 3):
        opened.key(Qt.Key.Key_D)
        opened.shown(row=row)
    ids = opened.workspace.queue.ids.tolist()
    opened.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=3)
    opened.key(Qt.Key.Key_A)
    opened.shown(row=2)
    opened.saved()
    told = opened.qtbot.waitSignal(opened.workspace.queue_changed)
    with told:
        opened.workspace.refresh()
    assert opened.labels.image_id == ids[2]
    assert ids[2] not in opened.workspace.queue.ids
    opened.key(Qt.Key.Key_D)
    opened.shown(row=2)
    assert opened.labels.image_id == ids[3]
