"""Save a report…: all that will be in the file is shown first, and names are in it only if ticked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

LEFT = Qt.MouseButton.LeftButton


def test_what_is_shown_is_what_is_saved(driver, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.open(folder)
    (tmp_path / "pictures" / "part 00.jpg").unlink()
    driver.window.live_actions["help.report"].trigger()
    dialog = driver.dialog()
    assert not dialog.go.isEnabled()
    driver.until(lambda: dialog.report is not None)
    plain = dialog.preview.toPlainText()
    assert "6: 0 labelled" in plain
    assert "1 files are not there" in plain
    assert [name for name in ("washer", "part 00", str(tmp_path)) if name in plain] == []
    QTest.keyClick(dialog.classes, Qt.Key.Key_Space)
    assert "washer: 0 boxes" in dialog.preview.toPlainText()
    assert "part 00" not in dialog.preview.toPlainText()
    QTest.keyClick(dialog.names, Qt.Key.Key_Space)
    assert "pictures: part 00.jpg" in dialog.preview.toPlainText()
    QTest.keyClick(dialog.names, Qt.Key.Key_Space)
    QTest.keyClick(dialog.classes, Qt.Key.Key_Space)
    shown = dialog.preview.toPlainText()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "report.zip"), ""))
    (tmp_path / "no").write_text("a file where the folder should be")
    QTest.mouseClick(dialog.go, LEFT)
    assert "could not be written" in dialog.problem.text()
    (tmp_path / "no").unlink()
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: not dialog.isVisible())
    with zipfile.ZipFile(tmp_path / "no" / "report.zip") as archive:
        saved = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(saved) == {"report.txt", "log.txt"}
    assert saved["report.txt"] in shown
    assert saved["log.txt"] in shown


def test_closing_it_ends_the_look(driver) -> None:
    driver.window.live_actions["help.report"].trigger()
    dialog = driver.dialog()
    task = dialog._task
    dialog.reject()
    driver.until(lambda: task.should_stop())
