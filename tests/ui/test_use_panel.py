"""A detector of other classes, in the window: what it finds on images of the project, and the ways to use it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from shiboken6 import isValid
from tests.foreign_detectors import write_foreign
from tests.presence import present

from boxwright.domain.class_lists import CLASS_LISTS
from boxwright.domain.detector_use import UseKind
from boxwright.services.prelabelling.plan import begin
from boxwright.services.project.project import Project
from boxwright.ui.detectors.class_map import ClassMapDialog
from boxwright.ui.detectors.prelabel import PrelabelDialog

FOUND = [((20.0, 12.0, 60.0, 52.0), 33, 0.9), ((70.0, 40.0, 110.0, 80.0), 0, 0.6), ((70.0, 4.0, 110.0, 30.0), 33, 0.3)]
COCO = CLASS_LISTS[0].names


def _click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def adding(opened, tmp_path):
    """The dialog with a COCO detector in it, surveyed."""
    opened.window.live_actions["detector.add"].trigger()
    dialog = opened.dialog()
    dialog.resize(900, 640)
    dialog.file.path = write_foreign(tmp_path / "coco.onnx", 80, FOUND, COCO)
    opened.until(lambda: dialog.panel.found is not None)
    yield dialog
    if isValid(dialog):
        dialog.reject()


def _hover(canvas, x: float, y: float) -> None:
    QTest.mouseMove(canvas.viewport(), canvas.mapFromScene(QPointF(x, y)))


def _added(driver, dialog) -> PrelabelDialog:
    _click(dialog.go)
    driver.until(lambda: isinstance(driver.window.findChild(PrelabelDialog), PrelabelDialog))
    return driver.window.findChild(PrelabelDialog)


def test_that_none_is_yours_is_said_with_what_it_finds_most_first(opened, adding):
    assert adding.yours.text() == "0 of its 80 classes are yours."
    assert "6 images looked at" in adding.panel.looked.text()
    table = adding.table
    assert [table.item(row, 0).text() for row in range(3)] == ["kite", "person", "bicycle"]
    assert [table.item(row, 2).text() for row in range(3)] == ["12 on 6 images", "6 on 6 images", "–"]
    QTest.keyClicks(adding.panel.search, "KIT")
    assert [row for row in range(table.rowCount()) if not table.isRowHidden(row)] == [0]
    table.cellWidget(0, 1).setCurrentText("bolt")
    assert "12 boxes" in adding.panel.choice.worth[UseKind.NAMES].text()
    assert table.mapping()["kite"] == "bolt"


def test_boxes_without_names_become_pre_labels_of_one_class(opened, adding, folder):
    choice = adding.panel.choice
    assert "18 boxes" in choice.worth[UseKind.ONE_CLASS].text()
    choice.one_class.setCurrentIndex(choice.one_class.findData("bolt"))
    assert adding.panel.use.kind is UseKind.ONE_CLASS
    assert not adding.table.isEnabled()
    _added(opened, adding).reject()
    with Project.open(folder, read_only=True) as project:
        bolt = next(c.id for c in project.classes.all() if c.name == "bolt")
        assert set(present(project.models.active()).class_map.values()) == {bolt}


def test_guesses_are_taken_in_the_class_that_is_drawn_and_undone(opened, adding, folder):
    adding.panel.choice.buttons[UseKind.GUESSES].click()
    prelabel = _added(opened, adding)
    opened.until(lambda: prelabel.left.text() == "6 images to go.")
    _click(prelabel.go)
    opened.until(lambda: opened.window.opened.task is not None)
    opened.until(lambda: opened.window.opened.task is None)
    opened.until(lambda: opened.workspace.model.labels is not None and opened.labels.guesses)
    model = opened.workspace.model
    assert model.visible_predictions() == []
    assert opened.labels.open_guesses()
    spring = model.classes[2].id
    model.current_class_id = spring
    guess, canvas = opened.labels.open_guesses()[0], opened.canvas
    opened.until(opened.window.isActiveWindow)
    canvas.setFocus()
    canvas.tool = "draw"
    _hover(canvas, 150, 118)
    _hover(canvas, guess.box.x1 + 1, guess.box.y1 + 1)
    assert present(canvas.overlay.guessed).prediction.class_id == spring
    opened.key(Qt.Key.Key_T)
    assert [(a.class_id, a.prediction_id) for a in opened.labels.annotations.values()] == [(spring, guess.id)]
    opened.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not opened.labels.annotations
    assert guess.id in {g.id for g in opened.labels.open_guesses()}


def test_a_base_is_kept_and_the_active_detector_stays(opened, adding, folder):
    before = opened.workspace.detector
    adding.panel.choice.buttons[UseKind.BASE].click()
    assert not adding.activate.isEnabled()
    _click(adding.go)
    opened.until(lambda: not isValid(adding) or not adding.isVisible())
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).id == before.id
        assert "coco" in [model.name for model in project.models.all()]


def test_a_survey_can_be_stopped(opened, adding):
    _click(adding.panel.count)
    assert adding.panel.stop.isVisible()
    _click(adding.panel.stop)
    opened.until(adding.panel.count.isVisible)
    assert adding.problem.text() == ""


def test_after_another_map_all_images_are_to_go(driver, folder):
    with Project.open(folder) as project:
        begin(project, present(project.models.active()), None)
    driver.open(folder)
    driver.window.live_actions["detector.map"].trigger()
    dialog = driver.dialog()
    assert isinstance(dialog, ClassMapDialog)
    driver.until(dialog.go.isEnabled)
    box = dialog.table.cellWidget(0, 1)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(0)
    _click(dialog.go)
    driver.until(lambda: not isValid(dialog) or not dialog.isVisible())
    driver.window.live_actions["detector.prelabel"].trigger()
    prelabel = driver.dialog()
    driver.until(lambda: prelabel.left.text() == "6 images to go.")
    prelabel.reject()
