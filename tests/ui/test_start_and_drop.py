"""The start page, and what happens to things that are dropped on the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.colours import write_detector
from tests.presence import present
from tests.ui.conftest import make_pictures

from boxwright.config.settings import load_settings, update_settings
from boxwright.services.project.project import Project
from boxwright.ui.actions.action import Situation
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.exchange.import_dialog import ImportDialog
from boxwright.ui.new_project.wizard import NewProjectDialog
from boxwright.ui.shell.application import project_folder
from boxwright.ui.shell.drop import DropAction, what_drops

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
OPEN = Situation(project=True, writable=True, image=True)


def drag(window, *paths: Path) -> QMimeData:
    """Hold `paths` over the middle of the window; returns what is held, which Qt does not keep alive."""
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, held, LEFT, NONE)
    QApplication.sendEvent(window, event)
    return held


def drop(window, *paths: Path) -> QDropEvent:
    held = drag(window, *paths)
    event = QDropEvent(QPoint(300, 300), Qt.DropAction.CopyAction, held, LEFT, NONE)
    QApplication.sendEvent(window, event)
    return event


def test_what_will_happen_is_shown_while_a_folder_is_held_and_goes_with_it(driver, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    held = drag(driver.window, tmp_path / "reef")
    words = driver.window.drop_zone.words
    assert words.isVisible()
    assert words.text() == "Begins a new project with the images of “reef”."
    QApplication.sendEvent(driver.window, QDragLeaveEvent())
    assert not words.isVisible()
    assert held.hasUrls()


def test_a_dropped_project_is_opened(driver, folder):
    drop(driver.window, folder)
    driver.until(lambda: driver.window.opened is not None and driver.workspace.queue_loaded)
    driver.shown()


def test_a_dropped_folder_of_images_is_added_to_the_open_project(opened, tmp_path):
    make_pictures(tmp_path / "more", 2, (96, 64))
    drop(opened.window, tmp_path / "more")
    opened.until(lambda: "images added" in opened.window.status.currentMessage())


def test_a_dropped_detector_is_looked_into(opened, tmp_path):
    drop(opened.window, write_detector(tmp_path / "seen.onnx"))
    dialog = opened.dialog()
    assert isinstance(dialog, AddDetectorDialog)
    opened.until(dialog.go.isEnabled)
    dialog.reject()


def test_dropped_labels_are_looked_at_before_anything_is_written(opened, tmp_path):
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "part 00.xml").write_text("<annotation/>")
    drop(opened.window, labels)
    dialog = opened.dialog()
    assert isinstance(dialog, ImportDialog)
    assert dialog.path.path == labels
    dialog.reject()


@pytest.mark.parametrize(
    ("name", "now", "words"),
    [
        ("a.jpg", OPEN, "the folder that the images are in"),
        ("a.exe", OPEN, "Nothing can be done with “a.exe”"),
        ("a.onnx", Situation(project=True), "can only be read"),
        ("a.onnx", Situation(project=True, writable=True, task=True), "Wait until the work"),
    ],
)
def test_what_cannot_be_taken_says_why(tmp_path, name, now, words):
    (tmp_path / name).touch()
    found = present(what_drops([tmp_path / name], now))
    assert found.act is DropAction.NOTHING
    assert words in found.words


def test_a_detector_dropped_on_the_start_page_begins_a_project_with_it(driver, tmp_path):
    drop(driver.window, write_detector(tmp_path / "seen.onnx"))
    dialog = driver.dialog()
    assert isinstance(dialog, NewProjectDialog)
    assert dialog.detector.chosen == tmp_path / "seen.onnx"
    driver.until(lambda: dialog.detector.found.text() != "" and not dialog.detector.problem())
    assert dialog.images.first.hasFocus(), "the images are what is missing"
    dialog.reject()


def test_labels_dropped_on_the_start_page_begin_a_project_with_them_and_the_images_beside_them(driver, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    labels = tmp_path / "reef" / "part 00.xml"
    labels.write_text(
        "<annotation><filename>part 00.jpg</filename><size><width>160</width><height>120</height></size>"
        "<object><name>nut</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"
        "</annotation>"
    )
    held = drag(driver.window, labels)
    assert driver.window.drop_zone.words.text() == "Begins a new project with “reef”, “part 00.xml”."
    drop(driver.window, labels)
    dialog = driver.dialog()
    assert isinstance(dialog, NewProjectDialog) and held.hasUrls()
    assert (dialog.images.images.path, dialog.labels.chosen) == (tmp_path / "reef", labels)
    dialog.reject()


def test_everything_dropped_together_fills_the_wizard(tmp_path):
    make_pictures(tmp_path / "reef", 1)
    for name in ("a.onnx", "a.json"):
        (tmp_path / name).touch()
    found = present(what_drops([tmp_path / "a.onnx", tmp_path / "reef", tmp_path / "a.json"], Situation()))
    assert (found.act, found.path, found.labels, found.detector) == (
        DropAction.NEW, tmp_path / "reef", tmp_path / "a.json", tmp_path / "a.onnx",
    )  # fmt: skip


def test_a_folder_with_images_and_labels_is_a_dataset(tmp_path):
    make_pictures(tmp_path / "set" / "images", 1)
    (tmp_path / "set" / "labels").mkdir()
    (tmp_path / "set" / "labels" / "part 00.txt").touch()
    assert present(what_drops([tmp_path / "set"], OPEN)).act is DropAction.IMPORT
    assert present(what_drops([tmp_path / "set"], Situation())).act is DropAction.NEW
    assert "only the first" in present(what_drops([tmp_path / "set", tmp_path], OPEN)).words
    assert what_drops([], OPEN) is None


def test_what_is_refused_is_not_done(opened, tmp_path):
    (tmp_path / "notes.exe").touch()
    assert not drop(opened.window, tmp_path / "notes.exe").isAccepted()
    assert QApplication.activeModalWidget() is None


@pytest.fixture
def start(driver, tmp_path):
    """The start page with a project that is there and one that is gone."""
    with Project.create(tmp_path / "here", ["nut"]):
        pass
    recent = (str(tmp_path / "here"), str(tmp_path / "gone"))
    driver.window.settings = update_settings(recent_projects=recent)
    driver.window.start_page.show_recent(recent)
    return driver.window.start_page


def test_a_project_that_is_gone_says_so_and_is_taken_off_with_a_key(driver, start):
    assert "not there any more" in start.recent.item(1).text()
    assert "not there any more" not in start.recent.item(0).text()
    start.recent.setFocus()
    start.recent.setCurrentRow(1)
    QTest.keyClick(start.recent, Qt.Key.Key_Delete)
    assert start.recent.count() == 1
    assert [Path(p).name for p in load_settings()[0].recent_projects] == ["here"]


def test_a_project_that_is_gone_is_taken_off_with_the_mouse(driver, start):
    place = start.recent.visualItemRect(start.recent.item(1)).center()
    QTest.mouseClick(start.recent.viewport(), LEFT, NONE, place)
    assert driver.window.opened is None and QApplication.activeModalWidget() is None
    QTest.mouseClick(start.forget, LEFT)
    assert start.recent.count() == 1


def test_a_click_opens_a_recent_project(driver, start):
    place = start.recent.visualItemRect(start.recent.item(0)).center()
    QTest.mouseClick(start.recent.viewport(), LEFT, NONE, place)
    driver.until(lambda: driver.window.opened is not None)


def test_dropping_a_folder_of_images_begins_a_project(driver, tmp_path):
    make_pictures(tmp_path / "holiday", 3)
    drop(driver.window, tmp_path / "holiday")
    dialog = driver.dialog()
    QTest.keyClicks(dialog.classes.names, "cat, dog")
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.window.opened is not None and len(driver.workspace.queue) == 3)
    driver.shown()
    assert [c.name for c in driver.workspace.model.classes] == ["cat", "dog"]
    assert (tmp_path / "holiday-boxwright" / "project.db").is_file()
    assert sorted(p.name for p in (tmp_path / "holiday").iterdir()) == ["part 00.jpg", "part 01.jpg", "part 02.jpg"]


def test_the_file_that_a_file_manager_shows_stands_for_its_project(tmp_path: Path) -> None:
    (tmp_path / "project.db").touch()
    (tmp_path / "other.db").touch()
    assert project_folder(tmp_path / "project.db") == project_folder(tmp_path) == tmp_path
    assert project_folder(tmp_path / "other.db") == tmp_path / "other.db"
    assert project_folder(tmp_path / "gone" / "project.db") == tmp_path / "gone" / "project.db"
