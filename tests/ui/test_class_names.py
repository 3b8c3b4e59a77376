"""Detectors that do not name their classes, in the window: a list is offered, looked at, and only then taken."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from tests.foreign_detectors import write_foreign
from tests.presence import present
from tests.ui.conftest import make_pictures

from boxwright.domain.class_lists import CLASS_LISTS
from boxwright.services.project.project import Project
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.detectors.class_names import ClassListDialog
from boxwright.ui.new_project.wizard import NewProjectDialog

FOUND = [((20.0, 12.0, 60.0, 52.0), 0, 0.9), ((70.0, 40.0, 110.0, 80.0), 33, 0.6)]


def _click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def adding(opened):
    opened.window.live_actions["detector.add"].trigger()
    dialog = opened.dialog()
    yield dialog
    if isValid(dialog):
        dialog.reject()


def _shown_list(driver) -> ClassListDialog:
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), ClassListDialog))
    return driver.dialog()


def test_a_list_is_looked_at_before_it_names_the_classes(opened, adding, tmp_path, folder):
    adding.file.path = write_foreign(tmp_path / "plain.onnx", 80, FOUND)
    opened.until(lambda: bool(adding.problem.text()))
    assert "does not name its 80 classes" in adding.problem.text()
    assert [key for key, button in adding.lists.buttons.items() if button.isVisible()] == ["coco80"]
    assert not adding.go.isEnabled()
    _click(adding.lists.buttons["coco80"])
    shown = _shown_list(opened)
    assert shown.list.count() == 80
    assert shown.list.item(33).text().endswith("kite")
    shown.reject()
    opened.until(lambda: opened.dialog() is adding)
    assert adding.classes.text() == "", "to look is not to take"
    _click(adding.lists.buttons["coco80"])
    _click(_shown_list(opened).go)
    opened.until(adding.go.isEnabled)
    assert adding.classes.text() == "coco80"
    assert not adding.lists.isVisible()
    _click(adding.go)
    opened.until(lambda: opened.workspace.detector is not None and opened.workspace.detector.name == "plain")
    opened.dialog().reject()
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).card.classes[33] == "kite"


def test_names_come_from_a_file_and_one_that_cannot_be_read_is_told(opened, adding, tmp_path):
    adding.file.path = write_foreign(tmp_path / "plain.onnx", 3, [])
    opened.until(lambda: bool(adding.problem.text()))
    assert not adding.lists.isVisible(), "no list has three names"
    adding.classes.say(str(tmp_path))
    opened.until(lambda: "is not there" in adding.problem.text())
    names = tmp_path / "names.txt"
    names.write_text("nut\nbolt\nspring\n")
    adding.classes.say(str(names))
    opened.until(adding.go.isEnabled)
    assert [adding.table.item(row, 0).text() for row in range(3)] == ["nut", "bolt", "spring"]


def test_the_wizard_offers_the_lists_too(driver, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    driver.window.live_actions["project.new"].trigger()
    dialog = driver.dialog()
    assert isinstance(dialog, NewProjectDialog)
    dialog.images.images.path = tmp_path / "reef"
    for _ in range(3):
        _click(dialog.next)
    dialog.detector.path.path = write_foreign(tmp_path / "ids.onnx", 91, FOUND)
    driver.until(lambda: dialog.detector.lists.isVisible())
    _click(dialog.next)
    assert "does not name its 91 classes" in dialog.problem.text()
    _click(dialog.detector.lists.buttons["coco91"])
    shown = _shown_list(driver)
    assert not shown.list.item(0).flags(), "a number without a class"
    _click(shown.go)
    driver.until(lambda: not dialog.detector.looking and not dialog.detector.trouble)
    assert dialog.detector.names[1] == "person"
    dialog.reject()


def test_a_detector_of_other_classes_is_asked_about_once_the_images_are_there(driver, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    driver.window.live_actions["project.new"].trigger()
    dialog = driver.dialog()
    dialog.images.images.path = tmp_path / "reef"
    _click(dialog.next)
    dialog.classes.names.setPlainText("ray, fish")
    for _ in range(2):
        _click(dialog.next)
    dialog.detector.path.path = write_foreign(tmp_path / "coco.onnx", 80, FOUND, CLASS_LISTS[0].names)
    driver.until(lambda: "0 of its 80 classes are yours." in dialog.detector.found.text())
    _click(dialog.go)
    driver.until(lambda: isinstance(driver.window.findChild(AddDetectorDialog), AddDetectorDialog))
    adding = driver.dialog()
    driver.until(lambda: adding.panel.found is not None)
    assert "2 images looked at" in adding.panel.looked.text()
    adding.reject()
