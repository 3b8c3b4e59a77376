"""Pre-labels judged together, what is shown of them, and what the window tells of the selected box."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from tests.presence import present
from tests.ui.conftest import BOXES, CLASSES, stored

from boxwright.domain.box import Box
from boxwright.domain.image import ImageState
from boxwright.domain.labels import Standing
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.project.project import Project

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def panel(driver):
    return driver.window.opened.area.boxes_panel


@pytest.mark.quick
def test_the_slider_hides_pre_labels_and_deletes_none(opened, folder):
    first = opened.labels.image_id
    slider = panel(opened).threshold
    assert panel(opened).boxes.table.rowCount() == 2
    slider.setFocus()
    for _ in range(35):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 60
    assert panel(opened).boxes.table.rowCount() == 1
    opened.canvas.setFocus()
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.saved()
    labels = stored(folder, first)
    assert len(labels.annotations) == 1, "accept all takes only what is shown"
    assert len(labels.predictions) == 2, "nothing is deleted"
    assert len(labels.open_predictions()) == 1


def test_brackets_move_the_slider(opened):
    slider = panel(opened).threshold
    before = slider.value()
    opened.key(Qt.Key.Key_BracketRight)
    assert slider.value() == before + 5
    opened.key(Qt.Key.Key_BracketLeft)
    opened.key(Qt.Key.Key_BracketLeft)
    assert slider.value() == before - 5


def test_all_pre_labels_are_accepted_or_rejected_in_one_step_and_the_image_stays(opened, folder):
    first = opened.labels.image_id
    opened.key(Qt.Key.Key_Return, SHIFT)
    assert len(opened.labels.annotations) == 2
    assert opened.labels.state is ImageState.UNLABELED
    assert opened.workspace.row == 0
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert not opened.labels.annotations
    opened.key(Qt.Key.Key_X, SHIFT)
    assert set(opened.labels.standings.values()) == {Standing.REJECTED}
    opened.saved()
    assert set(stored(folder, first).standings.values()) == {Standing.REJECTED}
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert len(opened.labels.open_predictions()) == 2


def test_what_is_hidden_is_not_rejected(opened):
    for _ in range(8):
        opened.key(Qt.Key.Key_BracketRight)
    opened.key(Qt.Key.Key_X, SHIFT)
    assert list(opened.labels.standings.values()) == [Standing.REJECTED]


def test_all_at_least_as_sure_as_the_selected_one_are_accepted(opened):
    predictions = list(opened.labels.predictions.values())
    opened.workspace.model.select([("prediction", predictions[0].id)])
    opened.key(Qt.Key.Key_Return, CONTROL)
    assert [a.prediction_id for a in opened.labels.annotations.values()] == [predictions[0].id]
    opened.key(Qt.Key.Key_Z, CONTROL)
    opened.workspace.model.select([("prediction", predictions[1].id)])
    opened.key(Qt.Key.Key_Return, CONTROL)
    assert len(opened.labels.annotations) == 2


def test_the_selected_box_shows_its_classes_and_how_torn_the_detector_is(opened):
    opened.key(Qt.Key.Key_Tab)
    details = panel(opened).details
    assert details.doubt.text().startswith("Torn between nut and bolt")
    assert "of 1.58 bits" in details.origin.text()
    assert [(bar.name, round(bar.share, 2), bar.runner_up) for bar in details.bars.bars] == [
        ("nut", 0.45, 0),
        ("bolt", 0.40, 1),
        ("washer", 0.15, 2),
    ]
    opened.key(Qt.Key.Key_Tab)
    assert details.doubt.text().startswith("Sure of nut")


def test_a_click_on_a_bar_takes_that_class_as_its_key_does(opened):
    opened.key(Qt.Key.Key_Tab)
    bars = panel(opened).details.bars
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(20, 19 + 8))
    (annotation,) = opened.labels.annotations.values()
    assert opened.workspace.model.class_named(annotation.class_id).name == "bolt"
    assert opened.canvas.hasFocus()
    opened.key(Qt.Key.Key_2, SHIFT)
    (annotation,) = opened.labels.annotations.values()
    assert opened.workspace.model.class_named(annotation.class_id).name == "washer"


def test_doubt_orders_the_list_and_is_its_figure(opened):
    boxes = panel(opened).boxes.table
    assert [key[1] for key in boxes.keys] == list(opened.labels.predictions)
    opened.key(Qt.Key.Key_U)
    assert [key[1] for key in boxes.keys] == list(opened.labels.predictions)[::-1]
    assert boxes.headerData(1, Qt.Orientation.Horizontal) == "Doubt"
    assert float(boxes.data(boxes.index(0, 1))) > float(boxes.data(boxes.index(1, 1)))
    opened.key(Qt.Key.Key_U)
    assert boxes.headerData(1, Qt.Orientation.Horizontal) == "Score"


def test_every_box_tells_where_it_came_from(opened):
    origin = panel(opened).details.origin
    opened.key(Qt.Key.Key_Tab)
    assert origin.text().startswith("Pre-label of “tester”, score 0.45. Nobody has judged it yet.")
    opened.key(Qt.Key.Key_Return)
    assert origin.text().startswith("Accepted") and "“tester” had “nut” (score 0.45)." in origin.text()
    opened.key(Qt.Key.Key_Left)
    assert origin.text().startswith("Moved") and "“tester” had “nut” (60, 30 – 110, 90; " in origin.text()
    opened.key(Qt.Key.Key_3)
    assert origin.text().startswith("Renamed") and "“tester” had “nut”" in origin.text()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_resting_on_a_box_tells_where_it_came_from(opened):
    x1, y1, x2, y2 = BOXES[0]
    at = opened.canvas.mapFromScene((x1 + x2) / 2, (y1 + y2) / 2)
    viewport = opened.canvas.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    assert "nut" in QToolTip.text() and "“tester”, score 0.85" in QToolTip.text()


def test_an_older_detector_is_still_named_when_a_newer_one_is_in_use(driver, folder):
    driver.open(folder)
    first = driver.labels.image_id
    driver.key(Qt.Key.Key_Return, SHIFT)
    driver.saved()
    driver.window.close_project()
    with Project.open(folder) as project, project.transaction():
        old = present(project.models.active())
        newer = project.models.add("newer", "models/n.onnx", "1" * 64, old.card, dict(old.class_map))
        project.models.activate(newer.id)
    driver.open(folder)
    driver.workspace.show_image(first)
    driver.until(lambda: driver.workspace.model.labels is not None and driver.labels.image_id == first)
    assert len(CLASSES) == 3
    uid = next(iter(driver.labels.annotations))
    driver.workspace.model.select([("annotation", uid)])
    assert "“tester” had “nut”" in panel(driver).details.origin.text()


def test_t_takes_what_the_detector_guesses_at_a_corner_whichever_way_one_draws(opened, folder):
    first = opened.labels.image_id
    opened.window.change_setting(draw_by="points")
    opened.key(Qt.Key.Key_W)
    canvas, (x, y, *_) = opened.canvas, BOXES[1]
    QTest.mouseMove(canvas.viewport(), canvas.viewportTransform().map(QPointF(x, y)).toPoint())
    assert canvas.overlay.guessed is not None
    opened.key(Qt.Key.Key_T)
    opened.saved()
    (made,) = stored(folder, first).annotations.values()
    assert made.box.iou(Box(*BOXES[1])) > 0.95
    opened.window.change_setting(offer_guesses=False)
    assert not canvas.offer_guesses


def test_undone_edits_leave_an_image_open_to_a_new_detector_which_ends_what_could_be_redone(opened, folder):
    """Here the newcomer says one box, elsewhere than the two of before."""
    first = opened.labels.image_id
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_X)
    opened.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    opened.saved()
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    assert opened.workspace.model.undo_stack.canRedo()
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)

    def see(project):
        model = project.models.active()
        probs = np.array([[0.9, 0.05, 0.05]], np.float32)
        seen = Detections(
            np.array([[1, 1, 9, 9]], np.float32), probs.max(1), probs.argmax(1), probs, ProbKind.SIGMOID, 0.9
        )
        return project.predictions.replace(model.id, [ImagePredictions(first, seen)])

    assert opened.workspace.writer.submit(see).result().kept == ()
    opened.workspace.refresh()
    opened.key(Qt.Key.Key_A)
    opened.shown(row=0)
    opened.until(lambda: len(opened.workspace.model.visible_predictions()) == 1)
    assert not opened.workspace.model.undo_stack.canRedo()
