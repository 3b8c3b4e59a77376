"""The gallery of the pool: finding, choosing, acting on many, and the way back to the canvas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.presence import present
from tests.ui.conftest import Driver, add_batch, add_detector, make_pictures

from boxwright.domain.batch import Slot
from boxwright.domain.image import ImageState
from boxwright.domain.pool_query import Kind, Order
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.gallery.source import PICTURE_BYTES
from boxwright.ui.project.queue import View

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def gallery(driver: Driver, folder):
    """The gallery of a project whose detector is least sure of the image in the middle."""
    with Project.open(folder) as project:
        ids = project.images.ids()
        doubt = np.array([0.1, 0.2, 0.9, 0.8, 0.3, 0.4], np.float32)
        best = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], np.float32)
        scores = dict.fromkeys(SCORE_NAMES, doubt)
        labels = np.zeros(len(ids), np.int32)
        project.scores.append(
            present(project.models.active()).id, PoolScores(ids, np.arange(len(ids) + 1), scores, best, labels)
        )
    driver.open(folder)
    driver.key(Qt.Key.Key_G, CONTROL)
    page = present(driver.window.opened).gallery.page
    driver.until(lambda: names(page) == [f"part 0{n}.jpg" for n in range(6)])
    return driver


def page_of(driver):
    return driver.window.opened.gallery.page


def names(page) -> list[str]:
    ids = page.grid.ids.tolist()
    tiles = [page.source.tile(i) for i in ids]
    return [tile.name for tile in tiles] if all(tiles) else []


def shown(driver, *expected: int) -> None:
    driver.until(lambda: names(page_of(driver)) == [f"part 0{n}.jpg" for n in expected])


def choose(combo, data) -> None:
    """As a person does: down the list with the keyboard."""
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.findData(data)):
        QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentData() == data


def click(driver, place: int, keys=NONE) -> None:
    grid = page_of(driver).grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, grid.rect_of(place).center())


def chosen(driver) -> list[int]:
    return page_of(driver).grid.choice.places.tolist()


@pytest.mark.quick
def test_typing_a_part_of_a_name_finds_images(gallery):
    page_of(gallery).filters.search.setFocus()
    QTest.keyClicks(page_of(gallery).filters.search, "T 04")
    shown(gallery, 4)
    assert "1 of 6 images" in page_of(gallery).count.text()
    page_of(gallery).filters.search.clear()
    QTest.keyClicks(page_of(gallery).filters.search, "nowhere")
    gallery.until(lambda: page_of(gallery).empty.isVisible())
    assert "No image fits" in page_of(gallery).empty.text()


def test_the_most_uncertain_come_first_and_the_order_turns(gallery):
    choose(page_of(gallery).filters.order, Order.UNCERTAINTY)
    shown(gallery, 2, 3, 5, 4, 1, 0)
    assert "the figure is the entropy" in page_of(gallery).count.text()
    QTest.mouseClick(page_of(gallery).filters.backwards, Qt.MouseButton.LeftButton)
    shown(gallery, 0, 1, 4, 5, 3, 2)


def test_the_score_of_the_detector_is_a_filter(gallery):
    lowest = page_of(gallery).filters.lowest
    lowest.setFocus()
    lowest.selectAll()
    QTest.keyClicks(lowest, "0.65")
    QTest.keyClick(lowest, Qt.Key.Key_Tab)
    shown(gallery, 0, 1, 2)


def test_state_class_tag_and_date_are_filters(driver, folder):
    with Project.open(folder) as project:
        ids = project.images.ids().tolist()
        classes = {c.name: c.id for c in project.classes.all()}
    driver.open(folder)
    driver.key(Qt.Key.Key_Tab)
    driver.key(Qt.Key.Key_3)
    driver.key(Qt.Key.Key_Space)
    driver.shown(row=1)
    driver.key(Qt.Key.Key_E)
    driver.shown(row=2)
    driver.saved()
    yesterday = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="milliseconds")
    driver.workspace.writer.submit(
        lambda p: p.store.write("UPDATE image SET changed_at = ? WHERE id = ?", [yesterday, ids[0]])
    )
    assert driver.workspace.flush()
    driver.key(Qt.Key.Key_G, CONTROL)
    shown(driver, 0, 1, 2, 3, 4, 5)
    filters = page_of(driver).filters
    choose(filters.kind, Kind.EMPTY)
    shown(driver, 1)
    choose(filters.kind, Kind.TO_DO)
    shown(driver, 2, 3, 4, 5)
    QTest.mouseClick(filters.whole, Qt.MouseButton.LeftButton)
    shown(driver, 0, 1, 2, 3, 4, 5)
    choose(filters.label_class, classes["washer"])
    shown(driver, 0)
    choose(filters.label_class, classes["nut"])
    shown(driver, 0, 2, 3, 4, 5)
    QTest.mouseClick(filters.whole, Qt.MouseButton.LeftButton)
    choose(filters.since, 0)
    shown(driver, 1)
    choose(filters.since, 7)
    shown(driver, 0, 1)


def test_choosing_as_in_a_file_manager(gallery):
    click(gallery, 1)
    assert chosen(gallery) == [1]
    click(gallery, 3, SHIFT)
    assert chosen(gallery) == [1, 2, 3]
    click(gallery, 2, CONTROL)
    assert chosen(gallery) == [1, 3]
    gallery.key(Qt.Key.Key_A, CONTROL)
    assert chosen(gallery) == [0, 1, 2, 3, 4, 5]
    assert "6 selected" in page_of(gallery).count.text()


def test_choosing_with_the_keyboard(gallery):
    grid = page_of(gallery).grid
    assert grid.hasFocus()
    gallery.key(Qt.Key.Key_Home)
    assert chosen(gallery) == [0]
    gallery.key(Qt.Key.Key_Right, SHIFT)
    gallery.key(Qt.Key.Key_Right, SHIFT)
    assert chosen(gallery) == [0, 1, 2]
    gallery.key(Qt.Key.Key_End, CONTROL)
    gallery.key(Qt.Key.Key_Space)
    assert chosen(gallery) == [0, 1, 2, 5]


def test_a_rubber_band_chooses_what_it_touches(gallery):
    grid = page_of(gallery).grid
    port = grid.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, grid.rect_of(1).center())
    QTest.mouseMove(port, grid.rect_of(3).center())
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, grid.rect_of(3).center())
    assert chosen(gallery) == [1, 2, 3]


def test_keys_that_label_do_nothing_behind_the_gallery(gallery, folder):
    for key in (Qt.Key.Key_E, Qt.Key.Key_Space, Qt.Key.Key_X, Qt.Key.Key_1, Qt.Key.Key_D):
        gallery.key(key)
    assert gallery.workspace.row == 0
    assert gallery.labels.state is ImageState.UNLABELED
    assert not gallery.labels.standings


def test_many_images_are_tagged_and_the_tag_is_taken_back(gallery, folder):
    click(gallery, 1)
    click(gallery, 3, SHIFT)
    gallery.key(Qt.Key.Key_M)
    dialog = gallery.dialog()
    QTest.keyClicks(dialog.tag, "night")
    QTest.keyClick(dialog.tag, Qt.Key.Key_Return)
    gallery.until(lambda: page_of(gallery).filters.tag.findData("night") > 0)
    choose(page_of(gallery).filters.tag, "night")
    shown(gallery, 1, 2, 3)
    assert chosen(gallery) == [0, 1, 2], "what was chosen stays chosen"
    page_of(gallery).grid.setFocus()
    gallery.key(Qt.Key.Key_Z, CONTROL)
    gallery.until(lambda: "3 images no longer tagged" in gallery.window.status.currentMessage())
    assert gallery.workspace.flush()
    with Project.open(folder, read_only=True) as project:
        assert project.labels.tags() == {}


def test_many_images_are_skipped_with_a_reason_and_undo_spares_what_was_changed_since(gallery, folder):
    ids = page_of(gallery).grid.ids.tolist()
    click(gallery, 0)
    click(gallery, 1, SHIFT)
    gallery.key(Qt.Key.Key_S)
    gallery.qtbot.keyClick(gallery.dialog(), Qt.Key.Key_1)
    gallery.until(lambda: "2 images skipped" in gallery.window.status.currentMessage())
    with Project.open(folder, read_only=True) as project:
        found = project.images.many(ids)
        assert [i.state for i in found[:3]] == [ImageState.SKIPPED, ImageState.SKIPPED, ImageState.UNLABELED]
        assert found[0].skip_reason == "blurred or dark"
    gallery.workspace.writer.submit(
        lambda p: p.store.write("UPDATE image SET state = 'labeled' WHERE id = ?", [ids[1]])
    )
    gallery.key(Qt.Key.Key_Z, CONTROL)
    gallery.until(lambda: "1 image no longer skipped" in gallery.window.status.currentMessage())
    with Project.open(folder, read_only=True) as project:
        states = [i.state for i in project.images.many(ids)[:2]]
    assert states == [ImageState.UNLABELED, ImageState.LABELED]


def test_images_are_added_to_the_batch_and_taken_out_again(gallery, folder):
    ids = page_of(gallery).grid.ids.tolist()
    click(gallery, 3)
    click(gallery, 5, SHIFT)
    gallery.key(Qt.Key.Key_B, CONTROL)
    gallery.until(lambda: len(gallery.workspace.queue) == 6)
    assert "2 images added to batch 1. 1 image left out" in gallery.window.status.currentMessage()
    with Project.open(folder, read_only=True) as project:
        items = present(project.batches.latest()).items
    assert [i.image_id for i in items] == ids
    assert [i.rank for i in items] == list(range(6))
    assert [i.slot for i in items[4:]] == [Slot.CHOSEN] * 2
    gallery.key(Qt.Key.Key_Z, CONTROL)
    gallery.until(lambda: len(gallery.workspace.queue) == 4)


def test_a_double_click_opens_the_image_also_when_it_is_not_in_the_queue(gallery):
    assert len(gallery.workspace.queue) == 4
    grid = page_of(gallery).grid
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, NONE, grid.rect_of(5).center())
    gallery.until(lambda: gallery.window.opened.area.image_area.name.text() == "part 05.jpg")
    assert gallery.workspace.queue.view is View.ALL
    assert gallery.canvas.hasFocus()


def test_return_opens_and_escape_goes_back(gallery):
    gallery.key(Qt.Key.Key_Home)
    gallery.key(Qt.Key.Key_Right)
    gallery.key(Qt.Key.Key_Return)
    gallery.until(lambda: gallery.window.opened.area.image_area.name.text() == "part 01.jpg")
    gallery.key(Qt.Key.Key_G, CONTROL)
    assert gallery.window.opened.gallery.shown
    gallery.key(Qt.Key.Key_Escape)
    assert not gallery.window.opened.gallery.shown
    gallery.key(Qt.Key.Key_D)
    gallery.shown(row=2)


def test_what_was_labelled_meanwhile_is_seen_on_coming_back(gallery):
    gallery.key(Qt.Key.Key_Escape)
    gallery.key(Qt.Key.Key_Space)
    gallery.shown(row=1)
    gallery.saved()
    gallery.key(Qt.Key.Key_G, CONTROL)
    page = page_of(gallery)
    first = int(page.grid.ids[0])
    gallery.until(lambda: (tile := page.source.tile(first)) is not None and tile.kind is Kind.LABELED)
    assert page.source.tile(first).boxes == 2


def test_thumbnails_come_from_the_disk_the_second_time(gallery, tmp_path):
    page = page_of(gallery)
    source = page.source
    tiles = [source.tile(int(i)) for i in page.grid.ids]
    gallery.until(lambda: all(source.picture(tile.image_id) is not None for tile in tiles))
    assert (tmp_path / "home" / "cache" / "thumbnails.db").is_file()
    folder = gallery.workspace.project.folder
    gallery.window.close_project()
    for file in (tmp_path / "pictures").iterdir():
        file.unlink()
    gallery.open(folder)
    gallery.key(Qt.Key.Key_G, CONTROL)
    source = page_of(gallery).source
    gallery.until(lambda: names(page_of(gallery)) != [])
    gallery.until(lambda: all((p := source.picture(tile.image_id)) is not None and p.width() > 1 for tile in tiles))


def test_a_pool_of_thousands_reads_only_what_is_near(driver, tmp_path):
    make_pictures(tmp_path / "pictures", 1)
    with Project.create(tmp_path / "project", ("nut", "bolt", "washer")) as project:
        add_folders(project, [tmp_path / "pictures"])
        add_detector(project)
        add_batch(project, 1)
        with project.transaction():
            project.store.write_many(
                "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) VALUES (1,?,9,9,?,1,1)",
                [(f"x/{n:05}.jpg", f"{n:032x}") for n in range(5000)],
            )
    driver.open(tmp_path / "project")
    driver.key(Qt.Key.Key_G, CONTROL)
    page = page_of(driver)
    driver.until(lambda: len(page.grid.ids) == 5001)
    bar = page.grid.verticalScrollBar()
    for value in range(0, bar.maximum(), max(1, bar.maximum() // 60)):
        bar.setValue(value)
        QApplication.processEvents()
    driver.until(lambda: page.source.tile(int(page.grid.ids[page.grid.place_at(QPoint(300, 200))])) is not None)
    assert len(page.source._tiles) < 4097
    assert page.source.cached_bytes <= PICTURE_BYTES
