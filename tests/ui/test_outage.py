"""A folder of images that is gone for a while: nothing is set aside, and all is seen again when it is back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.ui.conftest import CLASSES, make_pictures

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


@pytest.fixture
def away(driver, tmp_path):
    """Twelve images; the folder goes away while the first is on screen, and the person goes on through seven."""
    make_pictures(tmp_path / "pictures", 12)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
    driver.open(tmp_path / "project")
    (tmp_path / "pictures").rename(tmp_path / "away")
    driver.workspace.pictures.forget()
    for row in range(1, 8):
        driver.key(Qt.Key.Key_D)
        driver.shown(row=row)
    driver.until(lambda: driver.workspace._picture() is not None)
    return driver


def problem(driver) -> str | None:
    picture = driver.workspace._picture()
    return "" if picture is None else picture.problem


def test_the_image_on_screen_comes_back_with_its_folder(away, tmp_path):
    page = away.window.opened.area.image_area.problem
    away.until(page.isVisible)
    assert page.words.text() == (
        f"The folder {tmp_path / 'pictures'} cannot be reached now; its images are shown as soon as it is back."
    )
    (tmp_path / "away").rename(tmp_path / "pictures")
    away.until(lambda: problem(away) is None and away.canvas.isVisible())
    assert away.window.live_actions["label.empty"].isEnabled()


def test_images_are_tried_again_when_they_are_shown_again(away, tmp_path):
    away.workspace.outage._again.setInterval(10**6)
    (tmp_path / "away").rename(tmp_path / "pictures")
    for key, row in ((Qt.Key.Key_A, 6), (Qt.Key.Key_A, 5), (Qt.Key.Key_D, 6), (Qt.Key.Key_D, 7), (Qt.Key.Key_D, 8)):
        away.key(key)
        away.shown(row=row)
        away.until(lambda: problem(away) is None)


def test_the_pictures_of_the_queue_come_back_too(driver, tmp_path):
    make_pictures(tmp_path / "pictures", 4)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
    (tmp_path / "pictures").rename(tmp_path / "away")
    driver.open(tmp_path / "project")
    model = driver.window.opened.area.queue_panel.model

    def widths() -> list[int]:
        return [c.thumbnail.width() if c.thumbnail is not None else -1 for c in map(model.card, range(4))]

    driver.until(lambda: -1 not in widths())
    assert max(widths()) < 2
    (tmp_path / "away").rename(tmp_path / "pictures")
    driver.until(lambda: min(widths()) > 2)
