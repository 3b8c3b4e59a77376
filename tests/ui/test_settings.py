"""What a person set is what the window does, from one start to the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.ui.conftest import show, wait_until

from boxwright.config.settings import Settings, load_settings
from boxwright.services.child import Job
from boxwright.services.detectors import device
from boxwright.ui.project import device_probe
from boxwright.ui.shell.main_window import MainWindow


def shown(window, qtbot):
    qtbot.addWidget(window)
    show(window)
    return window


def test_the_window_takes_the_settings(folder, qtbot):
    settings = Settings(stay_in_draw=True, threshold=0.6, shortcuts={"go.next": ("J",)})
    window = shown(MainWindow(settings), qtbot)
    window.open_project(folder)
    wait_until(lambda: window.opened is not None and window.opened.workspace.model.labels is not None)
    assert window.opened.area.canvas.stay_in_draw
    assert window.opened.workspace.model.threshold == 0.6
    assert window.live_actions["go.next"].shortcut().toString() == "J"
    window.close()


def test_the_tool_bar_stays_where_it_was_put(qtbot):
    first = shown(MainWindow(Settings()), qtbot)
    first.addToolBar(Qt.ToolBarArea.LeftToolBarArea, first.live_actions.toolbar)
    first.close()
    second = shown(MainWindow(load_settings()[0]), qtbot)
    assert second.toolBarArea(second.live_actions.toolbar) is Qt.ToolBarArea.LeftToolBarArea
    second.close()


@pytest.mark.parametrize("changed", [False, True])
def test_what_is_found_out_is_about_the_device_that_is_set(changed, driver, folder, monkeypatch):
    asked = []

    class Noted(Job):
        def __init__(self, verb, arguments, *more):
            asked.append(arguments["device"])
            super().__init__(verb, arguments, *more)

    monkeypatch.setattr(device, "Job", Noted)
    monkeypatch.setattr(device_probe, "AFTER_MS", 0)
    driver.window.settings = Settings(device="cuda" if changed else "cpu")
    driver.window.open_project(folder)
    if changed:
        driver.window.change_setting(device="cpu")
    driver.until(lambda: bool(asked))
    assert asked == ["cpu"]
