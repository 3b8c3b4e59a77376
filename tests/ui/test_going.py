"""Far steps through the queue, a box drawn anew, and names out of the way: what people know from other programs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.ui.canvas.hand import Hand
from tests.ui.conftest import CLASSES, add_batch, add_detector, make_pictures

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.labelling import commands

SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def long(driver, tmp_path):
    """A batch of 25 images."""
    make_pictures(tmp_path / "pictures", 25)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
        add_detector(project)
        add_batch(project, 25)
    driver.open(tmp_path / "project")
    return driver


def test_ten_images_on_and_back_and_no_further_than_there_are_any(long):
    for key, row in ((Qt.Key.Key_D, 10), (Qt.Key.Key_D, 20), (Qt.Key.Key_D, 24), (Qt.Key.Key_A, 14)):
        long.key(key, SHIFT)
        long.shown(row=row)


def test_the_last_image_and_the_first(long):
    long.canvas.setFocus()
    long.key(Qt.Key.Key_End)
    long.shown(row=24)
    long.key(Qt.Key.Key_Home)
    long.shown(row=0)


def test_back_to_the_unlabelled_image_before(long):
    long.canvas.setFocus()
    for row in (1, 2):
        long.key(Qt.Key.Key_Space)
        long.shown(row=row)
    long.key(Qt.Key.Key_D)
    long.shown(row=3)
    for row in (2, 24):
        long.key(Qt.Key.Key_N, ALT)
        long.shown(row=row)


def test_a_box_drawn_anew_keeps_its_class_and_its_marks_and_is_one_step(opened):
    model = opened.workspace.model
    hand = Hand(opened.canvas, model, opened.window.opened)
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_3)
    opened.key(Qt.Key.Key_2, CONTROL)
    (before,) = opened.labels.annotations.values()
    opened.key(Qt.Key.Key_R, SHIFT)
    hand.drag((100, 20), (140, 60))
    (after,) = opened.labels.annotations.values()
    assert (after.uid, after.class_id, after.flags) == (before.uid, before.class_id, before.flags)
    assert abs(after.box.x1 - 100) <= 1 and abs(after.box.y2 - 60) <= 1
    opened.key(Qt.Key.Key_Z, CONTROL)
    assert list(opened.labels.annotations.values()) == [before]
    opened.key(Qt.Key.Key_R, SHIFT)
    opened.key(Qt.Key.Key_Escape)
    commands.draw(model, after.box)
    assert len(opened.labels.annotations) == 2, "Esc had left the box as it was"


def test_names_are_hidden_and_shown_again(opened):
    assert opened.canvas.box_painter.tags
    opened.key(Qt.Key.Key_H, SHIFT)
    assert not opened.canvas.box_painter.tags
    opened.key(Qt.Key.Key_H, SHIFT)
    assert opened.canvas.box_painter.tags
