"""The window keeps backups and goes back to one, from an open project and from one that cannot be opened."""

from __future__ import annotations

import sqlite3

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from tests.presence import present

from boxwright.services.project.backups import Why, before
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.store import backup, backup_files
from boxwright.ui.project.queue import View
from boxwright.ui.recovery.go_back import GoBackDialog
from boxwright.ui.recovery.problem import ProblemDialog


def kept(folder):
    return [found.why for found in backup_files.backups(folder)]


def label_one(driver) -> None:
    driver.shown()
    driver.key(Qt.Key.Key_Space)
    driver.saved()


def labelled(folder) -> int:
    with Project.open(folder, read_only=True) as project:
        return project.images.counts()["labeled"]


def choosing(driver) -> GoBackDialog:
    driver.window.live_actions["project.go_back"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: dialog.list.topLevelItemCount() > 0)
    return dialog


def go(driver, dialog) -> None:
    before = driver.window.opened
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.until(
        lambda: driver.window.opened is not None and driver.workspace is not before and driver.workspace.queue_loaded
    )


def spoil(folder) -> None:
    data = bytearray((folder / DATABASE).read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    (folder / DATABASE).write_bytes(data)


@pytest.mark.quick
def test_opening_a_project_keeps_the_copy_of_the_day(opened, folder):
    opened.until(lambda: kept(folder) == ["daily"])
    assert opened.window.banner.isHidden()


def test_a_person_goes_back_and_forth(opened, folder):
    opened.until(lambda: kept(folder) == ["daily"])
    label_one(opened)
    dialog = choosing(opened)
    now, only = (present(dialog.list.topLevelItem(row)) for row in range(2))
    assert [now.text(0), *(now.text(c) for c in (2, 3))] == ["Now", "6", "1"]
    assert [only.text(c) for c in (1, 2, 3)] == ["once a day", "6", "0"]
    assert dialog.list.currentItem() is only
    go(opened, dialog)
    assert labelled(folder) == 0
    assert kept(folder) == ["before-going-back", "daily"]
    dialog = choosing(opened)
    dialog.list.setCurrentItem(present(dialog.list.topLevelItem(1)))
    assert present(dialog.list.currentItem()).text(1) == "before going back"
    go(opened, dialog)
    assert labelled(folder) == 1


def test_leaving_the_choice_changes_nothing(opened, folder):
    opened.until(lambda: kept(folder) == ["daily"])
    label_one(opened)
    choosing(opened).reject()
    assert labelled(folder) == 1
    assert opened.window.opened is not None


def test_a_damaged_project_offers_its_newest_whole_backup(driver, folder):
    with Project.open_for_writing(folder) as project:
        project.classes.add("extra")
        before(project.folder, Why.IMPORT, project.tell)
    spoil(folder)
    driver.window.open_project(folder)
    problem = driver.dialog()
    assert "damaged" in problem.words.text()
    (button,) = (b for b in problem.findChildren(QPushButton) if b.text() == "Go back to…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    driver.until(lambda: bool(driver.window.findChildren(GoBackDialog)))
    (dialog,) = driver.window.findChildren(GoBackDialog)
    driver.until(lambda: dialog.go.isEnabled())
    assert dialog.list.topLevelItem(0).text(1) == "cannot be read"
    assert dialog.list.currentItem().text(1) == "before an import"
    go(driver, dialog)
    assert [c.name for c in driver.workspace.project.classes.all()][-1] == "extra"
    assert kept(folder)[0] == "damaged"


def test_without_a_backup_none_is_offered(driver, folder):
    spoil(folder)
    driver.window.open_project(folder)
    problem = driver.dialog()
    assert "There is no backup" in problem.words.text()
    assert not [b for b in problem.findChildren(QPushButton) if b.text() == "Go back to…"]
    problem.reject()


def test_a_copy_that_cannot_be_kept_is_told_and_labelling_goes_on(
    driver, folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "ROOM", 1 << 60)
    driver.open(folder)
    driver.until(lambda: "no room" in driver.window.banner.words)
    label_one(driver)
    assert labelled(folder) == 1


def test_damage_that_is_met_while_paging_offers_the_backup_too(opened, folder):
    """The project opened whole; the pages of its images go bad under it."""
    opened.until(lambda: kept(folder) == ["daily"])
    with Project.open(folder, read_only=True) as project:
        pages = project.store.rows("SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('image', 'prediction')")
    opened.workspace.project.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with (folder / DATABASE).open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xa5" * 4096)
    opened.workspace.reader.ask(lambda project: project.store.rows("PRAGMA shrink_memory"), lambda _: None)
    opened.workspace.load(View.ALL)
    opened.until(lambda: bool(opened.window.findChildren(ProblemDialog)))
    problem = opened.window.findChildren(ProblemDialog)[0]
    assert "is damaged" in problem.words.text()
    assert [b for b in problem.findChildren(QPushButton) if b.text() == "Go back to…"]


def test_a_damaged_page_that_the_window_shows_at_once_is_told_as_it_opens(driver, folder):
    with Project.open_for_writing(folder) as project:
        project.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        root = project.store.value("SELECT rootpage FROM sqlite_master WHERE name = 'class'")
    with (folder / DATABASE).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    driver.window.open_project(folder)
    assert "damaged" in driver.dialog().words.text()
    assert driver.window.opened is None
    with Project.open(folder, read_only=False) as project:
        assert not project.read_only, "the lock is free"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE class SET name = x'ff00ff' WHERE id = 1",
        "UPDATE model SET card = '['",
        "INSERT INTO setting VALUES ('x', '{')",
        "UPDATE root SET folder = 'a' || char(0)",
    ],
)
def test_a_row_that_cannot_be_is_told_as_the_project_opens(driver, folder, statement):
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute(statement)
    connection.commit()
    connection.close()
    driver.window.open_project(folder)
    assert "holds what cannot be right" in driver.dialog().words.text()
    assert driver.window.opened is None
