"""Panels that dock, float and hide, and are found again as a project was left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.ui.conftest import show

from boxwright.services.project.project import Project
from boxwright.store.settings import SettingRepository
from boxwright.ui.panels.work_area import WIDTHS
from boxwright.ui.shell.main_window import MainWindow

LAPTOP = (1366, 768)


@pytest.fixture
def area(opened):
    opened.until(lambda: opened.window.opened.area.isVisible())
    return opened.window.opened.area


def again(driver, folder):
    driver.window.close_project()
    driver.open(folder)
    return driver.window.opened.area


@pytest.mark.parametrize("name", ["queue", "boxes"])
def test_a_panel_hides_and_comes_back_with_its_key_entry_and_cross(opened, area, name):
    shown = opened.window.live_actions[f"view.{name}"]
    assert shown.isChecked() and area.docks[name].isVisible()
    shown.trigger()
    assert not area.docks[name].isVisible()
    shown.trigger()
    assert area.docks[name].isVisible()
    area.docks[name].close()
    assert not shown.isChecked()
    opened.window.live_actions["view.panels_back"].trigger()
    assert area.docks[name].isVisible() and shown.isChecked()


@pytest.mark.quick
def test_at_first_the_panels_have_the_width_that_their_words_need(opened, area):
    opened.until(lambda: abs(area.docks["queue"].width() - WIDTHS["queue"]) < 8)
    opened.until(lambda: abs(area.docks["boxes"].width() - WIDTHS["boxes"]) < 8)


def test_a_layout_is_kept_with_its_project(opened, area, folder, tmp_path):
    opened.window.live_actions["view.boxes"].trigger()
    area.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, area.docks["queue"])
    with Project.create(tmp_path / "other", ["cog"]):
        pass
    area = again(opened, folder)
    assert area.docks["boxes"].isHidden()
    assert not opened.window.live_actions["view.boxes"].isChecked()
    assert area.dockWidgetArea(area.docks["queue"]) is Qt.DockWidgetArea.RightDockWidgetArea
    opened.window.open_project(tmp_path / "other")
    opened.until(lambda: opened.window.opened is not None and opened.workspace.queue_loaded)
    other = opened.window.opened.area
    assert not other.docks["boxes"].isHidden(), "each project has a layout of its own"
    assert other.dockWidgetArea(other.docks["queue"]) is Qt.DockWidgetArea.LeftDockWidgetArea


def widths(area):
    return {name: dock.width() for name, dock in area.docks.items()}


def test_panels_keep_their_widths_each_time_a_project_is_opened(opened, area, folder):
    opened.window.resize(1200, 760)
    opened.until(lambda: area.width() == 1200)
    area.resizeDocks(list(area.docks.values()), [300, 330], Qt.Orientation.Horizontal)
    opened.until(lambda: widths(area) == {"queue": 300, "boxes": 330})
    for _ in range(3):
        area = again(opened, folder)
        opened.until(lambda area=area: widths(area) == {"queue": 300, "boxes": 330})


def test_a_window_too_small_for_the_panels_does_not_make_them_small_for_good(opened, area, folder):
    opened.window.resize(1200, 760)
    opened.until(lambda: area.width() == 1200)
    area.resizeDocks(list(area.docks.values()), [420, 420], Qt.Orientation.Horizontal)
    opened.until(lambda: widths(area) == {"queue": 420, "boxes": 420})
    opened.window.close_project()
    opened.window.resize(800, 760)
    opened.open(folder)
    opened.until(lambda: widths(opened.window.opened.area) != {"queue": 420, "boxes": 420})
    opened.window.resize(1200, 760)
    opened.until(lambda: widths(opened.window.opened.area) == {"queue": 420, "boxes": 420})
    opened.window.resize(800, 760)
    opened.window.close_project()
    opened.window.resize(1200, 760)
    opened.open(folder)
    opened.until(lambda: widths(opened.window.opened.area) == {"queue": 420, "boxes": 420})


def test_what_a_person_arranges_stays_when_the_window_changes_its_size(opened, area, folder):
    area = again(opened, folder)
    before = widths(area)["queue"]
    edge = QPoint(area.docks["queue"].geometry().right() + 2, area.height() // 2)
    QTest.mousePress(area, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(area, edge + QPoint(60, 0))
    opened.until(lambda: widths(area)["queue"] > before)
    QTest.mouseRelease(area, Qt.MouseButton.LeftButton, pos=edge + QPoint(60, 0))
    arranged = widths(area)["queue"]
    opened.window.resize(opened.window.width() + 40, 760)
    opened.until(lambda: area.width() == opened.window.width())
    assert widths(area)["queue"] == arranged


def test_a_panel_that_a_person_hid_stays_hidden_when_the_window_changes_its_size(opened, area, folder):
    area = again(opened, folder)
    opened.window.live_actions["view.boxes"].trigger()
    opened.window.resize(opened.window.width() + 40, 760)
    opened.until(lambda: area.width() == opened.window.width())
    assert area.docks["boxes"].isHidden()


# The offscreen platform says so for every panel that floats.
@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_a_floating_panel_floats_again(opened, area, folder):
    area.docks["queue"].setFloating(True)
    assert again(opened, folder).docks["queue"].isFloating()
    opened.window.live_actions["view.panels_back"].trigger()
    assert not opened.window.opened.area.docks["queue"].isFloating()


@pytest.mark.parametrize("kept", ["no base 64!", "AAAA", 7])
def test_a_damaged_layout_is_the_first_one(driver, folder, kept):
    with Project.open_for_writing(folder) as project:
        SettingRepository(project.store)["layout"] = kept
    driver.open(folder)
    assert not any(dock.isHidden() or dock.isFloating() for dock in driver.window.opened.area.docks.values())


def test_the_keyboard_goes_round_the_panels_that_are_shown(opened, area):
    forward, back = (opened.window.live_actions[f"view.{which}_panel"] for which in ("next", "previous"))
    opened.until(area.canvas.hasFocus)
    forward.trigger()
    assert area.boxes_panel.boxes.hasFocus()
    forward.trigger()
    assert area.boxes_panel.classes.list.hasFocus()
    forward.trigger()
    assert area.queue_panel.view.hasFocus()
    back.trigger()
    back.trigger()
    assert area.boxes_panel.boxes.hasFocus()
    opened.window.live_actions["view.queue"].trigger()
    back.trigger()
    assert area.canvas.hasFocus()
    back.trigger()
    assert area.boxes_panel.classes.list.hasFocus()


def test_a_small_laptop_shows_everything(opened, area):
    opened.window.resize(*LAPTOP)
    QApplication.processEvents()
    assert opened.window.width() <= LAPTOP[0] and opened.window.height() <= LAPTOP[1]
    hidden = [a.objectName() for a in opened.window.live_actions.toolbar.actions()
              if a.objectName() and not opened.window.live_actions.toolbar.widgetForAction(a).isVisible()]  # fmt: skip
    assert hidden == []
    for label in (opened.window.status.saving, opened.window.status.device):
        assert label.isVisible()
    assert area.canvas.width() > LAPTOP[0] // 2 and area.canvas.height() > LAPTOP[1] * 3 // 4


def test_a_window_whose_screen_is_gone_comes_back_on_one_that_is_there(qtbot):
    first = MainWindow()
    qtbot.addWidget(first)
    first.resize(800, 600)
    first.move(QPoint(9000, 7000))
    show(first)
    first.close()
    second = MainWindow()
    qtbot.addWidget(second)
    show(second)
    there = QApplication.primaryScreen().availableGeometry()
    assert there.contains(second.frameGeometry().center())
    second.close()


def test_a_project_that_can_only_be_read_says_so_where_saving_is_told(opened, folder, qtbot):
    second = MainWindow()
    qtbot.addWidget(second)
    second.show()
    second.open_project(folder)
    assert second.status.saving.text() == "Read only"
    second.close()
