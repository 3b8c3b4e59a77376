"""Every setting on one page: found, changed, holding at once, put back."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxwright.config.settings import Settings, choices, load_settings, settings_file, update_settings
from boxwright.ui.look.theme import apply_theme, shown_theme
from boxwright.ui.settings.dialog import SettingsDialog, settings_page
from boxwright.ui.settings.table import ELSEWHERE, SETTINGS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dialog(opened):
    opened.window.live_actions["window.settings"].trigger()
    found = opened.dialog()
    assert isinstance(found, SettingsDialog)
    return found


def test_every_setting_is_on_the_page_or_has_a_place_of_its_own():
    named = [s.name for s in SETTINGS]
    assert sorted([*named, *ELSEWHERE]) == sorted(f.name for f in fields(Settings))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_there_are_words_for_the_values_that_can_be_stored_and_no_others(setting):
    assert [value for value, _ in setting.choices] == list(choices(setting.name))
    if not callable(setting.choice_words):
        assert set(setting.choice_words) == set(choices(setting.name))


def test_the_page_of_the_guide_is_current():
    page = ROOT / "docs" / "guide" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), (
        "write it anew: python -m boxwright.ui.settings.dialog > docs/guide/settings.md"
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_each_setting_can_be_stored_at_its_limits_and_choices(setting, tmp_path):
    values = [setting.default, *(value for value, _ in setting.choices)]
    if setting.range:
        values += [type(setting.default)(limit) for limit in setting.range]
    for value in values:
        update_settings(tmp_path / "s.json", **{setting.name: value})
        assert getattr(load_settings(tmp_path / "s.json")[0], setting.name) == value


def test_words_narrow_the_page_and_none_is_told(opened, dialog):
    QTest.keyClicks(dialog.search, "cross")
    shown = [name for name, row in dialog.rows.items() if row.isVisible()]
    assert shown == ["crosshair"]
    dialog.search.setText("gearbox")
    assert dialog.nothing.isVisible()


def test_a_change_holds_at_once_is_stored_and_goes_back(opened, dialog):
    row = dialog.rows["line_width"]
    row.control.setFocus()
    QTest.keyClick(row.control, Qt.Key.Key_Up)
    assert load_settings()[0].line_width == 3
    assert opened.canvas.box_painter.line == 3
    QTest.mouseClick(row.back, Qt.MouseButton.LeftButton)
    assert load_settings()[0].line_width == 2
    assert opened.canvas.box_painter.line == 2
    assert row.control.value() == 2
    assert not row.back.isEnabled()


def test_what_is_set_here_shows_where_else_it_can_be_set(opened, dialog):
    dialog.rows["stay_in_draw"].control.click()
    assert opened.canvas.stay_in_draw
    assert opened.window.live_actions["tool.stay"].isChecked()
    dialog.rows["threshold"].control.setValue(0.6)
    assert opened.workspace.model.threshold == 0.6
    assert opened.window.opened.area.boxes_panel.threshold.value() == 60
    dialog.rows["key_map"].control.setCurrentIndex(2)
    assert opened.window.live_actions.keys_of("go.next")[0] == "F"
    QTest.keyClicks(dialog.rows["annotator"].control, "Kim")
    assert opened.workspace.model.annotator == "Kim"
    QTest.mouseClick(dialog.all_back, Qt.MouseButton.LeftButton)
    assert load_settings()[0] == Settings(recent_projects=load_settings()[0].recent_projects)
    assert not opened.canvas.stay_in_draw
    assert dialog.rows["threshold"].control.value() == 0.25


def test_the_theme_changes_without_a_restart(opened, dialog):
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    dialog.rows["theme"].control.setCurrentIndex(dialog.rows["theme"].control.findData("dark"))
    assert shown_theme() == "dark"
    dialog.rows["theme"].control.setCurrentIndex(dialog.rows["theme"].control.findData("light"))
    assert shown_theme() == "light"


def test_settings_that_cannot_be_written_hold_until_the_window_closes_and_say_so(opened, dialog):
    settings_file().unlink(missing_ok=True)
    settings_file().mkdir(parents=True)
    dialog.rows["stay_in_draw"].control.click()
    assert "cannot be stored" in dialog.problem.text()
    assert opened.canvas.stay_in_draw
