"""Time that was really worked, and the page that tells what came of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tests.ui.conftest import Driver

from boxwright.domain.active_time import PAUSE_SECONDS
from boxwright.services.project.project import Project

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in its one entry, which a test moves on."""
    now = [100.0]
    monkeypatch.setattr("boxwright.ui.project.visits.monotonic", lambda: now[0])
    return now


def sign_of_life(driver: Driver) -> None:
    """As the system delivers it: to the window, not to a widget in it."""
    QTest.mouseMove(driver.window.windowHandle(), QPoint(5, 5))
    QTest.mouseMove(driver.window.windowHandle(), QPoint(400, 300))


def visits(folder) -> list[tuple[int, float]]:
    with Project.open(folder, read_only=True) as project:
        return project.store.rows("SELECT image_id, seconds FROM visit ORDER BY id")


def test_time_on_an_image_is_kept_and_a_pause_is_a_pause(clock, driver, folder):
    driver.open(folder)
    first = driver.labels.image_id
    clock[0] += 4
    sign_of_life(driver)
    clock[0] += 10 * PAUSE_SECONDS
    sign_of_life(driver)
    clock[0] += 3
    driver.key(Qt.Key.Key_Space)
    driver.shown(row=1)
    driver.saved()
    assert driver.workspace.flush()
    assert visits(folder) == [(first, 7.0)]


def test_the_last_image_is_kept_when_the_project_is_closed(clock, driver, folder):
    driver.open(folder)
    first = driver.labels.image_id
    clock[0] += 5
    driver.window.close_project()
    assert visits(folder) == [(first, 5.0)]


def test_the_gallery_is_no_work_on_an_image(clock, driver, folder):
    driver.open(folder)
    clock[0] += 2
    driver.key(Qt.Key.Key_G, CONTROL)
    clock[0] += 20
    sign_of_life(driver)
    driver.key(Qt.Key.Key_Escape)
    clock[0] += 1
    driver.window.close_project()
    assert [seconds for _, seconds in visits(folder)] == [2.0, 1.0]


def test_flying_by_is_no_visit(clock, driver, folder):
    driver.open(folder)
    driver.key(Qt.Key.Key_D)
    driver.shown(row=1)
    driver.window.close_project()
    assert visits(folder) == []


def test_the_page_tells_what_was_done_and_how_the_saving_is_reckoned(clock, driver, folder):
    driver.open(folder)
    for seconds, key in ((6, Qt.Key.Key_Space), (4, Qt.Key.Key_E)):
        clock[0] += seconds
        row = driver.workspace.row
        driver.key(key)
        driver.shown(row=row + 1)
    driver.window.live_actions["pool.statistics"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: dialog.figures["Boxes"].words.text() == "2")
    assert dialog.figures["Images done"].words.text() == "2 of 6"
    assert dialog.figures["Seconds an image"].words.text() == "5.0"
    assert dialog.saved.words.text() == "8 s"
    assert dialog.formula.text().startswith(
        "2 boxes × 7.0 s to draw one − 6 s worked = 8 s (57%). 7.0 s is a published"
    )
    assert [(a.name, a.words) for a in dialog.classes.amounts] == [("nut", "2"), ("bolt", "0"), ("washer", "0")]
    assert {a.name: a.value for a in dialog.states.amounts} == {"to do": 4, "labelled": 1, "confirmed empty": 1}
    assert [a.value for a in dialog.sizes.amounts] == [0, 0, 2, 0, 0, 0, 0]
    (day,) = dialog.days.amounts
    assert (day.value, day.words) == (2, "2 · 0 min")


def test_a_project_without_work_says_what_will_be_here(driver, folder):
    driver.open(folder)
    driver.window.live_actions["pool.statistics"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: "Nothing is measured yet" in dialog.formula.text())
    assert dialog.saved.words.text() == "–"
