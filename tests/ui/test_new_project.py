"""A new project, page by page."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from tests.colours import write_detector
from tests.onnx_cases import CASES
from tests.presence import present
from tests.ui.conftest import make_pictures

from boxwright.domain.image import Split
from boxwright.services.batches.schedule import schedule_of
from boxwright.services.guide.pages import COCO_DETECTOR, NO_DETECTOR
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import WayOfWorking
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.detectors.prelabel import PrelabelDialog
from boxwright.ui.exchange.import_dialog import ImportDialog
from boxwright.ui.new_project.wizard import NewProjectDialog


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def dialog(driver) -> NewProjectDialog:
    driver.window.live_actions["project.new"].trigger()
    found = driver.dialog()
    assert isinstance(found, NewProjectDialog)
    return found


def yolo(folder, count: int) -> None:
    """Pictures with a YOLO label each."""
    make_pictures(folder / "images", count, (96, 96))
    (folder / "labels").mkdir()
    for picture in (folder / "images").iterdir():
        (folder / "labels" / f"{picture.stem}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (folder / "data.yaml").write_text("path: .\ntrain: images\nnames: [red, green, blue]\n")


def test_each_page_says_what_comes_next_and_back_keeps_what_was_said(dialog, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    press(dialog.next)
    assert "no folder of images" in dialog.problem.text()
    assert dialog.place == 0
    dialog.images.images.path = tmp_path / "reef"
    said = [dialog.next_words.text()]
    for _ in range(4):
        press(dialog.next)
        said.append(dialog.next_words.text())
    assert said[0] == "Next: classes."
    assert "reef-boxwright" in said[-1] and "adds the images" in said[-1]
    assert "You draw the boxes of the first images by hand" in said[-1], "there are neither labels nor a detector"
    assert not dialog.next.isVisible()
    for _ in range(4):
        press(dialog.back)
    assert not dialog.back.isEnabled()
    assert dialog.images.images.path == tmp_path / "reef"
    dialog.reject()


def test_whoever_has_no_detector_is_led_to_the_guide(driver, dialog):
    dialog._show(3)
    buttons = {button.text(): button for button in dialog.detector.findChildren(QPushButton)}
    for name, place in (("help.no_detector", NO_DETECTOR), ("help.coco", COCO_DETECTOR)):
        press(buttons[driver.window.live_actions[name].text()])
        assert driver.window.guide.browser.place == place
    dialog.reject()


def test_return_goes_on_and_makes_the_project_at_the_end(driver, dialog, tmp_path):
    make_pictures(tmp_path / "reef", 3)
    dialog.images.images.path = tmp_path / "reef"
    QTest.keyClick(dialog.images.images.edit, Qt.Key.Key_Return)
    assert dialog.place == 1
    QTest.keyClicks(dialog.classes.names, "shark, ray")
    press(dialog.next)
    for field in (dialog.labels.path.edit, dialog.detector.path.edit):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.place == 4
    dialog.way.ways["once"].click()
    QTest.keyClick(dialog.way.validation, Qt.Key.Key_Return)
    driver.until(lambda: driver.window.opened is not None and len(driver.workspace.queue) == 3)
    with Project.open(tmp_path / "reef-boxwright", read_only=True) as project:
        assert [c.name for c in project.classes.all()] == ["shark", "ray"]
        assert schedule_of(project).way is WayOfWorking.ONCE


def test_labels_beside_the_images_are_found_and_a_detector_is_looked_into(driver, dialog, tmp_path):
    yolo(tmp_path / "set", 10)
    dialog.images.images.path = tmp_path / "set"
    press(dialog.next)
    press(dialog.next)
    driver.until(lambda: "YOLO" in dialog.labels.found.text())
    assert dialog.labels.chosen == tmp_path / "set"
    press(dialog.next)
    dialog.detector.path.path = write_detector(tmp_path / "seen.onnx")
    driver.until(lambda: "Recognised as" in dialog.detector.found.text())
    dialog.detector.classes.edit.setText("red, green, blue")
    press(dialog.next)
    driver.until(lambda: not dialog.detector.looking)
    if dialog.place == 3:
        press(dialog.next)
    dialog.way.validation.setValue(20)
    press(dialog.go)
    driver.until(lambda: isinstance(driver.dialog(), ImportDialog))
    importing = driver.dialog()
    # A child process reads the dataset.
    driver.until(lambda: importing.go.isEnabled() or bool(importing.problem.text()))
    assert importing.problem.text() == ""
    press(importing.go)
    driver.until(lambda: importing.outcome is not None)
    importing.reject()
    driver.until(lambda: isinstance(driver.dialog(), PrelabelDialog))
    driver.dialog().reject()
    with Project.open(tmp_path / "set-boxwright", read_only=True) as project:
        assert project.images.counts()["validation"] == 2
        assert project.images.ids(split=Split.VALIDATION, usable=False).size == 2
        assert present(project.models.active()).card.classes == ("red", "green", "blue")
        assert project.labels.classes_by_image()


def test_a_file_that_is_no_detector_is_told_and_holds_up_only_its_page(driver, dialog, tmp_path):
    make_pictures(tmp_path / "reef", 1)
    dialog.images.images.path = tmp_path / "reef"
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    for _ in range(3):
        press(dialog.next)
    dialog.detector.path.path = broken
    driver.until(lambda: bool(dialog.detector.trouble))
    press(dialog.next)
    assert dialog.place == 3
    assert "broken.onnx" in dialog.problem.text()
    press(dialog.back)
    press(dialog.back)
    press(dialog.go)
    assert dialog.place == 3, "the page with the trouble is shown"
    assert not (tmp_path / "reef-boxwright").exists()
    dialog.detector.path.path = None
    press(dialog.next)
    assert dialog.place == 4
    dialog.reject()


def test_labels_in_no_known_format_are_told(driver, dialog, tmp_path):
    make_pictures(tmp_path / "reef", 1)
    (tmp_path / "odd.json").write_text(json.dumps({"nothing": 1}))
    dialog.images.images.path = tmp_path / "reef"
    press(dialog.next)
    press(dialog.next)
    dialog.labels.path.path = tmp_path / "odd.json"
    driver.until(lambda: "no labels in a format that is known" in dialog.labels.found.text())
    dialog.reject()


def test_photos_that_cannot_be_read_are_named_before_the_project_is_made(dialog, tmp_path):
    make_pictures(tmp_path / "phone", 1)
    for name in ("a.HEIC", "b.heic", "c.CR2"):
        (tmp_path / "phone" / name).write_bytes(b"")
    dialog.images.images.path = tmp_path / "phone"
    assert dialog.images.note.text() == "2 HEIC photos and 1 raw photo cannot be read: convert them to JPEG."
    dialog.images.images.path = tmp_path
    assert dialog.images.note.text() == ""
    dialog.reject()


def test_what_a_detector_does_not_say_is_asked_with_a_picture_once_there_are_images(driver, dialog, tmp_path):
    make_pictures(tmp_path / "reef", 2)
    file = next(case for case in CASES if case.name == "efficientdet-seven").write(tmp_path)
    dialog.images.images.path = tmp_path / "reef"
    dialog.detector.classes.edit.setText("nut, bolt, spring")
    dialog.detector.path.path = file
    driver.until(lambda: "asked with a picture" in dialog.detector.found.text())
    assert not dialog.detector.problem()
    press(dialog.go)
    driver.until(lambda: isinstance(driver.window.findChild(AddDetectorDialog), AddDetectorDialog))
    adding = driver.dialog()
    assert adding.file.path == file
    driver.until(lambda: "box order" in adding.questions.buttons)
    driver.until(adding.go.isEnabled)
    press(adding.go)
    driver.until(lambda: driver.workspace.detector is not None)
    prelabel = driver.dialog()
    assert isinstance(prelabel, PrelabelDialog)
    prelabel.reject()
