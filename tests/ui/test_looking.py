"""Looking closer through the window: the bar of tones, deep files, the map."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.canvas.tone import PLAIN


@pytest.fixture
def deep_folder(tmp_path):
    """A project of one picture of 12 bits."""
    (tmp_path / "pictures").mkdir()
    ramp = np.tile(np.linspace(100, 4000, 160).astype(np.uint16), (120, 1))
    (tmp_path / "pictures" / "deep.png").write_bytes(cv2.imencode(".png", ramp)[1].tobytes())
    with Project.create(tmp_path / "project", ("nut",)) as project:
        add_folders(project, [tmp_path / "pictures"])
    return tmp_path / "project"


def bar(driver):
    return driver.window.opened.area.image_area.tone


def test_the_bar_opens_by_key_and_its_sliders_change_the_view(opened):
    opened.key(Qt.Key.Key_P)
    tone = bar(opened)
    slider: QWidget = tone.brightness
    assert tone.isVisible()
    assert QApplication.focusWidget() is slider
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.canvas.tone.brightness == 1
    assert "adjusted" in opened.window.status.zoom.text()
    assert not tone.level.isVisible(), "a picture of 8 bits has no window"
    tone.reset.click()
    assert opened.canvas.tone == PLAIN
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    assert opened.canvas.hasFocus()
    opened.key(Qt.Key.Key_P)
    assert not tone.isVisible()


def test_keys_change_the_tone_and_one_takes_it_back(opened):
    opened.key(Qt.Key.Key_F7)
    opened.key(Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    opened.key(Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
    tone = opened.canvas.tone
    assert (tone.brightness, tone.contrast, round(tone.gamma, 2)) == (10, 10, 1.2)
    assert "F8" in opened.window.status.currentMessage()
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    assert opened.canvas.tone == tone, "the next picture is looked at in the same way"
    opened.key(Qt.Key.Key_F8)
    assert opened.canvas.tone == PLAIN


def test_a_deep_file_has_a_level_and_a_width(driver, deep_folder):
    driver.open(deep_folder)
    driver.until(lambda: bool(driver.canvas.box_painter.pyramid))
    assert driver.canvas.box_painter.pyramid.deep
    driver.key(Qt.Key.Key_P)
    tone = bar(driver)
    assert tone.level.isVisible()
    tone.width_of_window.setValue(100)
    low, high = driver.canvas.tone.window
    assert high - low == pytest.approx(390, abs=10)
    assert (low + high) / 2 == pytest.approx(2050, abs=40)
    tone.auto.click()
    assert driver.canvas.tone.window is None


def test_map_and_crosshair_are_remembered(opened):
    opened.key(Qt.Key.Key_Y)
    opened.key(Qt.Key.Key_C)
    assert (opened.window.settings.minimap, opened.window.settings.crosshair) == (False, True)
    assert opened.canvas.crosshair_always


def test_arrows_scroll_while_no_box_is_selected_and_move_it_else(opened):
    opened.canvas.setFocus()
    opened.canvas.zoom_by(8)
    before = opened.canvas.seen_area()
    opened.key(Qt.Key.Key_Right)
    opened.key(Qt.Key.Key_Down)
    after = opened.canvas.seen_area()
    # Where the pointer rests decides on which side of the image the view ends; an end beyond it does not move.
    assert after.x1 + after.x2 > before.x1 + before.x2
    assert after.y1 + after.y2 > before.y1 + before.y2
    opened.key(Qt.Key.Key_Tab)
    seen = opened.canvas.seen_area()
    opened.key(Qt.Key.Key_Right)
    assert opened.canvas.seen_area() == seen
    assert len(opened.labels.annotations) == 1


def test_a_box_is_begun_placed_and_named_without_a_mouse(opened):
    opened.key(Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    opened.key(Qt.Key.Key_2)
    opened.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    opened.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    (box,) = opened.labels.annotations.values()
    assert box.class_id == opened.workspace.model.classes[1].id
    assert (box.box.width, box.box.height) == (41, 30)
    assert (box.box.x1, box.box.y1) == (69, 45)


def test_a_box_outside_of_what_is_seen_of_the_image_cannot_be_begun(opened):
    opened.canvas.zoom_by(30)
    opened.canvas.scroll_by(-100_000, -100_000)
    area = opened.canvas.seen_area()
    opened.key(Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    for annotation in opened.labels.annotations.values():
        assert area is not None
        assert annotation.box == annotation.box.clipped(area.x2, area.y2)
