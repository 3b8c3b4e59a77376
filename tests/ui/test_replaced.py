"""An image whose file became another one says so in the window, and waits for a person's word."""

from __future__ import annotations

import os

from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from tests.ui.conftest import add_batch, make_pictures, wait_until

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, set_state
from boxwright.domain.image import ImageState
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


def made(tmp_path, labelled=1):
    """A project of three pictures of 160 x 120; `labelled` of them have a box that reaches far right."""
    make_pictures(tmp_path / "pictures", 3)
    with Project.create(tmp_path / "project", ["nut"]) as project:
        add_folders(project, [tmp_path / "pictures"])
        for image_id in range(1, labelled + 1):
            project.labels.apply(image_id, add(drawn(Box(5, 5, 155, 50), 1)))
            project.labels.apply(image_id, set_state(project.labels.load(image_id), ImageState.LABELED, EditKind.OTHER))
        add_batch(project, 3)
    return tmp_path / "project"


def replace_first(tmp_path):
    PillowImage.new("RGB", (40, 200), (200, 10, 10)).save(tmp_path / "pictures" / "part 00.jpg")


def test_a_replaced_labelled_image_is_told_in_its_true_size_and_kept_on_word(driver, tmp_path):
    folder = made(tmp_path)
    replace_first(tmp_path)
    driver.open(folder)
    driver.workspace.show_row(0)
    driver.shown(0)
    bar = driver.window.opened.area.image_area.replaced
    wait_until(bar.isVisible)
    record = driver.workspace.record
    assert (record.image.width, record.image.height) == (40, 200)
    assert (driver.labels.width, driver.labels.height) == (40, 200)
    wait_until(lambda: driver.workspace.project.images.get(1).replaced)
    assert "not the file that was labelled" in bar.words.text()
    driver.qtbot.mouseClick(bar.keep, Qt.MouseButton.LeftButton)
    wait_until(lambda: not bar.isVisible())
    wait_until(lambda: not driver.workspace.project.images.get(1).replaced)
    image = driver.workspace.project.images.get(1)
    assert (image.width, image.height, image.state) == (40, 200, ImageState.LABELED)


def test_a_replaced_image_that_nobody_labelled_is_shown_in_its_true_size_without_a_word(driver, tmp_path):
    folder = made(tmp_path, labelled=0)
    replace_first(tmp_path)
    driver.open(folder)
    wait_until(lambda: driver.workspace.project.images.get(1).width == 40)
    assert not driver.window.opened.area.image_area.replaced.isVisible()
    assert (driver.labels.width, driver.labels.height) == (40, 200)


def test_a_touched_date_is_no_word_worth(driver, tmp_path):
    folder = made(tmp_path)
    os.utime(tmp_path / "pictures" / "part 00.jpg", ns=(1, 1))
    driver.open(folder)
    driver.workspace.show_row(0)
    driver.shown(0)
    assert not driver.window.opened.area.image_area.replaced.isVisible()
    assert driver.labels.width == 160
