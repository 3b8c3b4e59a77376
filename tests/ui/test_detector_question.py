"""What a detector's file does not tell, asked with pictures of the project's own images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.onnx_cases import CASES
from tests.onnx_graphs import f32, write_graph
from tests.onnx_level_cases import anchored_maps
from tests.onnx_row_cases import rows

from boxwright.services.project.project import Project

BY_NAME = {case.name: case for case in CASES}
CLASSES = "nut, bolt, spring"


@pytest.fixture
def asked(opened):
    """The dialog with a file whose boxes may be meant in two ways."""

    def begin(file: Path):
        opened.window.live_actions["detector.add"].trigger()
        dialog = opened.dialog()
        dialog.classes.say(CLASSES)
        dialog.file.path = file
        opened.until(lambda: bool(dialog.questions.buttons))
        return dialog

    return begin


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def pictures(opened, dialog, point: str):
    click(dialog.questions.buttons[point])
    question = opened.dialog()
    assert question is not dialog
    opened.until(lambda: bool(question.pictures))
    return question


def test_the_picture_that_is_clicked_is_what_the_card_says(opened, folder, asked, tmp_path):
    """Which of x and y comes first."""
    file = BY_NAME["efficientdet-seven"].write(tmp_path)
    dialog = asked(file)
    assert "box order" in dialog.questions.buttons
    question = pictures(opened, dialog, "box order")
    assert [p.text() for p in question.pictures] == ["corners, x first (2 boxes)", "corners, y first (2 boxes)"]
    assert not any(p.icon().isNull() for p in question.pictures)
    shown = [p.icon().pixmap(p.iconSize()).toImage() for p in question.pictures]
    assert shown[0] != shown[1], "each way has its own boxes"
    click(question.pictures[0])
    opened.until(lambda: dialog.go.isEnabled() and "box order" not in dialog.questions.buttons)
    dialog.activate.setChecked(False)
    click(dialog.go)
    with Project.open(folder, read_only=True) as project:
        opened.until(lambda: len(project.models.all()) == 2)
        card = project.models.all()[1].card
    assert card.options["boxes"] == "xyxy"
    assert "box order" not in card.notes["assumed"]


def test_the_order_of_rows_is_shown_where_no_box_told_it(opened, asked, tmp_path):
    empty = {"output": rows("picture box label score")["output"][:0]}
    dialog = asked(write_graph(tmp_path / "m.onnx", empty, open_rows=True))
    opened.until(lambda: "--option 'order=" in dialog.problem.text())
    assert not dialog.go.isEnabled(), "it would be guessed in silence"
    question = pictures(opened, dialog, "order of a row")
    assert [p.text() for p in question.pictures][1] == "picture, box, score, label (0 boxes)"
    click(question.pictures[1])
    opened.until(dialog.go.isEnabled)


def test_a_layout_that_explains_too_little_is_shown_before_it_is_taken(opened, asked, tmp_path):
    strange = {f"more{i}": f32(np.ones((1, 7 + i))) for i in range(3)}
    dialog = asked(write_graph(tmp_path / "m.onnx", {**BY_NAME["yolov8"].outputs(), **strange}))
    opened.until(lambda: "say --layout yolov8" in dialog.problem.text())
    question = pictures(opened, dialog, "layout")
    assert "yolov8 (2 boxes)" in [p.text() for p in question.pictures]
    click(next(p for p in question.pictures if p.text().startswith("yolov8")))
    opened.until(dialog.go.isEnabled)


def test_the_keyboard_chooses_as_well_and_escape_leaves_it_open(opened, asked, tmp_path):
    dialog = asked(write_graph(tmp_path / "m.onnx", anchored_maps("channels")))
    question = pictures(opened, dialog, "anchors")
    QTest.keyClick(question, Qt.Key.Key_Escape)
    opened.until(dialog.isActiveWindow)
    assert "anchors" in dialog.questions.buttons
    question = pictures(opened, dialog, "anchors")
    opened.until(lambda: question.pictures[0].hasFocus())
    QTest.keyClick(question.pictures[0], Qt.Key.Key_Space)
    opened.until(lambda: "anchors" not in dialog.questions.buttons and dialog.go.isEnabled())


def test_another_file_is_asked_about_anew(opened, asked, tmp_path):
    dialog = asked(BY_NAME["picodet"].write(tmp_path))
    click(pictures(opened, dialog, "channel order").pictures[1])
    opened.until(lambda: dialog.go.isEnabled() and not dialog.questions.buttons)
    assert "BGR" in dialog.found.text()
    (tmp_path / "other").mkdir()
    dialog.file.path = BY_NAME["picodet"].write(tmp_path / "other")
    opened.until(lambda: "channel order" in dialog.questions.buttons)
    assert "RGB" in dialog.found.text()


def test_a_project_without_images_says_so(driver, tmp_path):
    with Project.create(tmp_path / "bare", ("nut", "bolt", "spring")):
        pass
    driver.open(tmp_path / "bare")
    driver.window.live_actions["detector.add"].trigger()
    dialog = driver.dialog()
    dialog.classes.say(CLASSES)
    dialog.file.path = BY_NAME["picodet"].write(tmp_path)
    driver.until(lambda: bool(dialog.questions.buttons))
    click(dialog.questions.buttons["channel order"])
    question = driver.dialog()
    driver.until(lambda: "has no image yet" in question.words.text())
    assert not question.pictures
