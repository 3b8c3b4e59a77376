"""Boxes drawn and left with D: the window shows such images as begun, and offers to take them along."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from tests.presence import present
from tests.ui.conftest import CLASSES, add_batch, make_pictures

from boxwright.domain.pool_query import Kind
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.exchange.export_dialog import ExportDialog
from boxwright.ui.panels.queue_model import mark_words
from boxwright.ui.project.queue import Mark, Show, View
from boxwright.ui.retraining.dialog import RetrainDialog

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def begun(driver, tmp_path: Path):
    """Four images of a batch: the first labelled with two boxes, the next two begun with two each."""
    make_pictures(tmp_path / "pictures", 4)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
        add_batch(project, 4)
    driver.open(tmp_path / "project")
    for row in range(3):
        for start, end in (((10, 10), (60, 60)), ((70, 20), (120, 90))):
            driver.key(Qt.Key.Key_W)
            draw(driver.canvas, start, end)
        driver.key(Qt.Key.Key_D if row else Qt.Key.Key_Space)
        driver.shown(row=row + 1)
    driver.saved()
    return driver


def draw(canvas, start, end) -> None:
    first, last = (canvas.viewportTransform().map(QPointF(*point)).toPoint() for point in (start, end))
    QTest.mousePress(canvas.viewport(), LEFT, NONE, first)
    for part in range(1, 6):
        QTest.mouseMove(canvas.viewport(), first + (last - first) * part / 5)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, last)


def sources(driver) -> dict[object, str]:
    combo = driver.window.opened.area.queue_panel.source
    return {combo.itemData(place): combo.itemText(place) for place in range(combo.count())}


def test_an_image_left_with_boxes_is_begun(begun):
    queue = begun.workspace.queue
    assert list(queue.marks) == [Mark.LABELED, Mark.BEGUN, Mark.BEGUN, Mark.UNLABELED]
    assert mark_words(Mark.BEGUN) == "begun"
    assert "Left as begun" in begun.window.status.currentMessage()
    begun.until(lambda: sources(begun).get(View.BEGUN) == "Begun · 2 images")
    assert (queue.done, queue.count(Show.TO_DO), queue.count(Show.BEGUN)) == (1, 3, 2)
    begun.key(Qt.Key.Key_A)
    begun.shown(row=2)
    assert begun.window.opened.area.boxes_panel._title.text() == "2 yours · begun"
    begun.key(Qt.Key.Key_Space)
    assert queue.marks[2] == Mark.LABELED


def test_an_image_is_no_longer_begun_when_its_boxes_are_gone(begun):
    begun.key(Qt.Key.Key_A)
    begun.shown(row=2)
    begun.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    begun.key(Qt.Key.Key_X)
    assert begun.workspace.queue.marks[2] == Mark.UNLABELED


def test_going_on_comes_back_to_what_was_begun(begun):
    begun.key(Qt.Key.Key_E)
    begun.shown(row=1)


def test_the_list_of_begun_images_shows_them_alone(begun):
    begun.workspace.load(View.BEGUN)
    begun.until(lambda: begun.workspace.queue.view is View.BEGUN)
    begun.shown()
    assert list(begun.workspace.queue.marks) == [Mark.BEGUN, Mark.BEGUN]
    for row in range(2):
        begun.shown(row=row)
        begun.key(Qt.Key.Key_Space)
    assert begun.window.status.currentMessage() == "Every image that was begun is labelled or skipped."


def test_the_gallery_and_the_statistics_show_what_is_begun(begun):
    from boxwright.services.project.statistics import statistics

    begun.window.live_actions["pool.gallery"].trigger()
    page = begun.window.opened.gallery.page
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(Kind.BEGUN))
    page.look()
    begun.until(lambda: len(page.grid.ids) == 2)
    begun.until(lambda: page.source.tile(int(page.grid.ids[0])) is not None)
    assert page.source.tile(int(page.grid.ids[0])).kind is Kind.BEGUN
    states = dict(statistics(begun.workspace.project).states)
    assert (states["to do"], states["begun"], states["labelled"]) == (1, 2, 1)


def test_the_export_dialog_tells_of_begun_images_and_takes_them(begun, tmp_path):
    begun.window.live_actions["project.export"].trigger()
    dialog = begun.dialog()
    assert isinstance(dialog, ExportDialog)
    begun.until(lambda: dialog.seen is not None)
    assert "2 begun images with 4 boxes" in dialog.count.text()
    assert dialog.begun.isVisible()
    dialog.begun.click()
    begun.until(lambda: present(dialog.seen).count.boxes == 6)
    assert "begun" not in dialog.count.text()
    dialog.out.path = tmp_path / "out"
    QTest.mouseClick(dialog.go, LEFT)
    begun.until(lambda: bool(dialog.summary.text()))
    assert "3 images with 6 boxes" in dialog.summary.text()


def test_the_dialog_of_retraining_tells_of_begun_images_and_takes_them(begun):
    begun.window.live_actions["retrain.start"].trigger()
    dialog = begun.dialog()
    assert isinstance(dialog, RetrainDialog)
    begun.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    assert dialog.begun.isVisible()
    assert dialog.begun.text() == "Learn from begun images too: 2 begun images with 4 boxes"
    assert "not learnt from: 2 begun images with 4 boxes" in dialog.facts.warnings.text()
    dialog.begun.click()
    begun.until(lambda: "3 labelled images" in dialog.facts.words.text())
    assert dialog._request().begun
