"""A project without a detector in the window: what is offered, and what is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.colours import shades, write_pictures
from tests.retraining import asked, bad, label, use_puppets

from boxwright.domain.batch import Slot
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.retraining.advice_bar import AdviceBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(tmp_path):
    with Project.create(tmp_path / "project", ["red", "green", "blue"]) as project:
        add_folders(project, [write_pictures(tmp_path / "pictures", shades(40))])
        return project.folder


def test_the_first_images_are_told_beforehand_and_drawn_unlike_each_other(driver, folder):
    driver.open(folder)
    bar = driver.window.findChild(AdviceBar)
    driver.until(lambda: "24 images" in bar.words)
    driver.window.live_actions["batch.next"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: "takes 24 unlike each other" in dialog.plan.text())
    assert dialog.sampler.currentData() == "typiclust"
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.workspace.queue.batch is not None)
    assert [item.slot for item in driver.workspace.queue.batch.items] == [Slot.TYPICAL] * 24


def test_the_advice_draws_them_too(driver, folder):
    driver.open(folder)
    bar = driver.window.findChild(AdviceBar)
    driver.until(lambda: "24 images" in bar.words)
    QTest.mouseClick(bar.button, LEFT)
    driver.until(lambda: driver.workspace.queue.latest is not None)
    assert len(driver.workspace.queue.latest.items) == 24


def test_a_first_detector_of_no_use_is_told_of_and_may_be_taken(driver, folder, tmp_path, monkeypatch):
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    with Project.open(folder) as project:
        for image_id in range(1, 5):
            label(project, image_id, 1)
    driver.open(folder)
    retraining = driver.window.opened.retraining
    retraining.start(asked(bad(tmp_path)), "puppet")
    driver.until(lambda: retraining.comparison is not None)
    dialog = retraining.comparison
    assert "even on 4 images that it learnt from" in dialog.words.text()
    assert dialog.keep.text() == "Go on without it"
    assert driver.workspace.detector is None
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.workspace.detector is not None)


def test_the_dialog_says_what_can_be_expected_from_nothing(driver, folder):
    with Project.open(folder) as project:
        label(project, 1, 1)
    driver.open(folder)
    driver.window.live_actions["retrain.start"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: dialog.trainer.currentData() == "scratch")
    driver.until(lambda: "Expect little of a first detector" in dialog.about.text())
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("transfer"))
    assert "Expect little" not in dialog.about.text()
