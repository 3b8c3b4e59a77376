"""Opening, closing and everything a person must be told."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QMessageBox, QPushButton
from tests.presence import present
from tests.ui.conftest import make_pictures, show, stored, wait_until

from boxwright.config.settings import load_settings
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.domain.image import ImageState
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.store.errors import StorageError
from boxwright.ui.panels.class_dialogs import remove_class
from boxwright.ui.project.queue import Mark, View
from boxwright.ui.recovery.problem import ProblemDialog


@pytest.mark.quick
def test_a_folder_without_a_project_is_told_in_a_sentence_and_the_start_page_stays(driver, tmp_path):
    driver.window.open_project(tmp_path)
    dialog = driver.dialog()
    assert isinstance(dialog, ProblemDialog)
    assert str(tmp_path) in dialog.words.text()
    dialog.reject()
    assert driver.window.opened is None
    assert driver.window.start_page.isVisible()


def test_a_second_window_reads_only_and_says_so(opened, folder, qtbot):
    from boxwright.ui.shell.main_window import MainWindow

    second = MainWindow()
    qtbot.addWidget(second)
    show(second)
    second.open_project(folder)
    wait_until(lambda: present(second.opened).workspace.model.labels is not None)
    assert second.banner.isVisible()
    assert "only be read" in second.banner.words
    QTest.keyClick(present(second.opened).area.canvas, Qt.Key.Key_Space)
    assert present(present(second.opened).workspace.model.labels).state is ImageState.UNLABELED
    assert not second.live_actions["label.skip"].isEnabled()
    assert second.live_actions["go.next"].isEnabled()
    second.close()


def test_closing_the_window_waits_for_the_last_edit(opened, folder):
    image_id = opened.labels.image_id
    class_id = opened.workspace.model.classes[0].id
    for step in range(20):
        opened.workspace.model.push(add(drawn(Box(step, 5, step + 20, 30), class_id)))
    opened.window.close()
    with Project.open(folder) as project:
        assert not project.read_only, "the closed window still holds the project"
        assert len(project.labels.load(image_id).annotations) == 20


def fill_disk(driver) -> threading.Event:
    """What is written fails until the event is cleared."""
    full = threading.Event()
    full.set()

    def on_a_full_disk(_project: Project) -> None:
        if full.is_set():
            raise StorageError("The disk is full.")

    driver.workspace.writer.submit(on_a_full_disk)
    return full


def test_edits_that_cannot_be_saved_are_told_and_saved_when_the_disk_allows(opened, folder):
    full = fill_disk(opened)
    image_id, class_id = opened.labels.image_id, opened.workspace.model.classes[0].id
    opened.workspace.model.push(add(drawn(Box(5, 5, 25, 30), class_id)))
    opened.until(lambda: "not saved" in opened.window.banner.words)
    assert opened.window.status.saving.text() == "Not saved"
    assert not opened.workspace.saved

    asked = []

    def stay() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, QMessageBox)
        asked.append(question.text())
        question.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(200, opened.window, stay)
    opened.window.close()
    assert asked and opened.window.isVisible(), "leaving would lose the edits, so a person is asked"

    full.clear()
    opened.saved()
    opened.until(lambda: not opened.window.banner.isVisible())
    assert len(stored(folder, image_id).annotations) == 1


def test_a_refused_change_that_is_no_edit_is_told_and_taken_back_too(opened):
    full = fill_disk(opened)
    opened.until(lambda: opened.window.status.saving.text() == "Not saved")
    full.clear()
    opened.until(lambda: opened.window.status.saving.text() == "All changes saved")
    assert not opened.window.banner.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Plus, Qt.Key.Key_Minus])
def test_plus_and_minus_zoom_around_the_pointer(opened, key):
    canvas = opened.canvas
    at = QPoint(canvas.viewport().width() // 4, canvas.viewport().height() // 3)
    QCursor.setPos(canvas.viewport().mapToGlobal(at))
    opened.until(canvas.viewport().underMouse)
    before, zoom = canvas.mapToScene(at), canvas.zoom
    opened.key(key)
    after = canvas.mapToScene(at)
    assert canvas.zoom != zoom
    assert abs(after.x() - before.x()) < 1 and abs(after.y() - before.y()) < 1


def test_an_unreadable_image_has_a_page_that_says_why_and_offers_the_next(driver, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a broken.jpg").write_bytes(b"\xff\xd8\xff no picture at all")
    make_pictures(pictures, 2)
    with Project.create(tmp_path / "p", ["nut"]) as project:
        add_folders(project, [pictures])
    driver.window.open_project(tmp_path / "p")
    driver.until(lambda: driver.window.opened.workspace.queue_loaded)
    assert list(driver.workspace.queue.marks).count(Mark.UNREADABLE) == 1
    row = list(driver.workspace.queue.marks).index(Mark.UNREADABLE)
    driver.workspace.show_row(row)
    area = driver.window.opened.area.image_area
    driver.until(lambda: area.problem.isVisible())
    assert area.problem.words.text()
    driver.key(Qt.Key.Key_D)
    driver.until(lambda: driver.canvas.isVisible() and driver.workspace.row == row + 1)


def test_an_image_that_vanished_after_the_scan_does_not_stop_the_batch(opened, tmp_path):
    (tmp_path / "pictures" / "part 05.jpg").unlink()
    opened.workspace.load(View.ALL)
    opened.until(lambda: len(opened.workspace.queue) == 6)
    opened.workspace.show_row(5)
    area = opened.window.opened.area.image_area
    opened.until(lambda: area.problem.isVisible())
    assert "part 05.jpg" in area.problem.words.text()
    words = area.problem.words
    assert words.height() >= words.heightForWidth(words.width()), "the sentence is cut off"


def test_an_image_that_nobody_can_see_is_skipped_and_never_accepted(opened, tmp_path):
    gone = int(opened.workspace.queue.ids[1])
    (tmp_path / "pictures" / "part 01.jpg").unlink()
    opened.workspace.pictures.forget()
    opened.workspace.step(1)
    area = opened.window.opened.area.image_area
    opened.until(lambda: area.problem.isVisible())
    assert not opened.window.live_actions["label.accept_all"].isEnabled()
    assert not opened.window.live_actions["label.empty"].isEnabled()
    skip = next(b for b in area.problem.findChildren(QPushButton) if "Skip" in b.text())
    QTest.mouseClick(skip, Qt.MouseButton.LeftButton)
    dialog = opened.dialog()
    opened.key(Qt.Key.Key_Return)
    opened.until(lambda: not dialog.isVisible())
    opened.shown(row=2)
    opened.saved()
    with Project.open(tmp_path / "project", read_only=True) as project:
        image = project.images.get(gone)
        assert image.state is ImageState.SKIPPED


def test_names_of_files_are_never_markup_in_a_tooltip(driver, tmp_path):
    make_pictures(tmp_path / "a <b>bold", 1)
    with Project.create(tmp_path / "p", ["<i>nut"]) as project:
        add_folders(project, [tmp_path / "a <b>bold"])
    driver.open(tmp_path / "p")
    tip = driver.window.opened.area.image_area.name.toolTip()
    assert "&lt;b&gt;bold" in tip and "<b>" not in tip
    assert "&lt;i&gt;nut" in driver.window.opened.area.boxes_panel.classes.list.topLevelItem(0).toolTip(1)


def test_an_unused_class_goes_and_a_new_one_comes_by_its_button(opened, folder):
    washer = opened.workspace.model.classes[2]
    remove_class(opened.window.opened, washer.id)
    opened.until(lambda: opened.window.opened is not None and len(opened.workspace.model.classes) == 2)
    opened.shown()
    opened.window.opened.area.boxes_panel.classes.add_wanted.emit()
    dialog = opened.dialog()
    assert isinstance(dialog, QInputDialog)
    QTest.keyClicks(dialog.focusWidget(), "<b>spring</b>")
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    opened.until(lambda: len(opened.workspace.model.classes) == 3)
    assert opened.workspace.model.classes[-1].name == "<b>spring</b>"
    assert opened.workspace.model.classes[-1].id > washer.id, "an id is never used twice"


def test_a_click_in_the_queue_shows_the_image_and_gives_the_keys_back_to_the_canvas(opened):
    view = opened.window.opened.area.queue_panel.view
    rect = view.visualRect(view.model().index(2))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center())
    opened.shown(row=2)
    assert opened.canvas.hasFocus()


def test_a_click_on_a_class_gives_it_to_the_selected_box(opened):
    opened.key(Qt.Key.Key_Tab)
    tree = opened.window.opened.area.boxes_panel.classes.list
    place = tree.visualItemRect(tree.topLevelItem(2)).center() + QPoint(20, 0)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    model = opened.workspace.model
    assert model.class_of(model.selection[0]) == model.classes[2].id


def test_the_box_list_and_the_canvas_share_one_selection(opened):
    boxes = opened.window.opened.area.boxes_panel.boxes
    boxes.setCurrentIndex(boxes.model().index(1, 0))
    assert opened.workspace.model.selection == (boxes.table.keys[1],)
    opened.workspace.model.select([boxes.table.keys[0]])
    assert [i.row() for i in boxes.selectionModel().selectedRows()] == [0]


def test_the_threshold_hides_pre_labels_and_is_remembered(opened):
    opened.window.opened.area.boxes_panel.threshold.setValue(60)
    assert len(opened.workspace.model.visible_predictions()) == 1
    opened.window.close_project()
    assert load_settings()[0].threshold == pytest.approx(0.6)


def test_opening_another_project_lets_go_of_the_first(opened, folder, tmp_path):
    with Project.create(tmp_path / "other", ["cog"]):
        pass
    opened.window.open_project(tmp_path / "other")
    opened.until(lambda: opened.window.opened is not None and opened.workspace.queue_loaded)
    assert "other" in opened.window.windowTitle()
    with Project.open(folder) as project:
        assert not project.read_only
    assert load_settings()[0].recent_projects[0] == str(tmp_path / "other")


def test_damaged_settings_do_not_block_the_start(qtbot, tmp_path):
    from boxwright.config.settings import settings_file
    from boxwright.ui.shell.main_window import MainWindow

    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('{"theme": 7, "window_geometry": "%%%", "threshold": "x"')
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    assert window.start_page.isVisible()
    window.close()


def test_every_menu_opens(opened):
    for menu in opened.window.menuBar().findChildren(QMenu):
        assert menu.actions()


def test_zooming_into_a_large_image_brings_every_pixel_and_keeps_the_place(driver, tmp_path):
    make_pictures(tmp_path / "large", 1, (4000, 3000))
    with Project.create(tmp_path / "p", ["nut"]) as project:
        add_folders(project, [tmp_path / "large"])
    driver.open(tmp_path / "p")
    assert driver.workspace.shown_scale < 1, "at first a picture as large as the screen is enough"
    driver.canvas.actual_size()
    before = driver.canvas.mapToScene(driver.canvas.viewport().rect().center())
    driver.until(lambda: driver.workspace.shown_scale == 1)
    after = driver.canvas.mapToScene(driver.canvas.viewport().rect().center())
    assert (after - before).manhattanLength() < 2


def test_the_pool_counts_on_while_a_batch_is_labelled(opened):
    words = opened.window.opened.area.queue_panel.pool
    assert words.text() == "Pool: 0 of 6 done"
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.until(lambda: words.text() == "Pool: 1 of 6 done")
