"""Help → About Boxwright: version and licences."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from tests.ui.conftest import Driver, wait_until

from boxwright import __version__
from boxwright.services.licences import Package, installed, texts
from boxwright.ui.help.about_dialog import AboutDialog


@pytest.fixture
def about(driver: Driver) -> AboutDialog:
    """The dialog with its packages, no project being open."""
    driver.window.live_actions["help.about"].trigger()
    (dialog,) = driver.window.findChildren(AboutDialog)
    wait_until(lambda: bool(dialog.packages.topLevelItemCount()))
    return dialog


def current(about: AboutDialog) -> QTreeWidgetItem:
    """The package whose text is shown."""
    row = about.packages.currentItem()
    assert row is not None
    return row


def test_the_version_comes_first_with_the_licence_of_the_program(about: AboutDialog) -> None:
    row = current(about)
    assert [row.text(column) for column in range(3)] == ["boxwright", __version__, "Apache-2.0"]
    assert "Apache License" in about.text.toPlainText()


def test_the_keyboard_walks_through_every_package_and_shows_its_text(about: AboutDialog) -> None:
    wait_until(about.packages.hasFocus)
    shown = {}
    for _ in range(about.packages.topLevelItemCount()):
        shown[current(about).text(0)] = about.text.toPlainText()
        QTest.keyClick(about.packages, Qt.Key.Key_Down)
    assert shown.keys() == {"Python", *(package.name for package in installed())}
    assert all(shown.values())
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in shown["PySide6_Essentials"]


def test_each_text_of_a_package_can_be_chosen(about: AboutDialog) -> None:
    package = max(installed(()), key=lambda one: len(texts(one)))
    row = about.packages.findItems(package.name, Qt.MatchFlag.MatchExactly)[0]
    about.packages.setCurrentItem(row)
    names = [about.files.itemText(place) for place in range(about.files.count())]
    assert len(names) == len(set(names)) == len(texts(package)) > 1
    about.files.setCurrentIndex(len(names) - 1)
    assert about.text.toPlainText() == texts(package)[-1].read_text(encoding="utf-8")


def test_a_package_without_a_text_says_so(about: AboutDialog, tmp_path, monkeypatch) -> None:
    info = tmp_path / "bare-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bare\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    about.packages.setCurrentIndex(about.packages.model().index(1, 0))
    row = current(about)
    row.setData(0, Qt.ItemDataRole.UserRole, Package("bare", "1.0", ""))
    about.packages.setCurrentIndex(about.packages.model().index(0, 0))
    about.packages.setCurrentItem(row)
    assert about.text.toPlainText() == "This package came without a text of its licence."
