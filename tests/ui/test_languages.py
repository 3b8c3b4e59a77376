"""A language costs one file: offered, spoken, and English where it has no words. Japanese has menus and labelling."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib
import pytest
from PySide6.QtCore import QLocale, Qt
from tests.ui.test_korean import latin

from boxwright.config import paths
from boxwright.config.settings import languages, load_settings, update_settings
from boxwright.domain.messages import Message, plural
from boxwright.ui.actions.table import ACTIONS
from boxwright.ui.language.translation import catalogue, language_name, resolve, tr, translate, use_language


@pytest.fixture(autouse=True)
def english(qapp):
    yield
    use_language(qapp, "en")


@pytest.fixture
def danish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The resources with one more file."""
    shutil.copytree(paths.resources(), tmp_path / "resources")
    file = tmp_path / "resources" / "translations" / "da.po"
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8", "Language": "da", "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }  # fmt: skip
    catalogue.append(polib.POEntry(msgid="Open project…", msgstr="Åbn projekt…"))
    catalogue.append(polib.POEntry(msgid="'{0}' is no colour such as #56b4e9.", msgstr="'{0}' er ingen farve."))
    catalogue.append(
        polib.POEntry(msgid="1 image", msgid_plural="{0} images", msgstr_plural={0: "1 billede", 1: "{0} billeder"})
    )
    catalogue.save(str(file))
    monkeypatch.setattr(paths, "resources", lambda: tmp_path / "resources")
    return file


def test_a_language_is_there_with_its_file(danish: Path, driver) -> None:
    assert "da" in languages()
    assert language_name("da") == "dansk"
    driver.window.live_actions["window.settings"].trigger()
    dialog = driver.dialog()
    combo = dialog.rows["language"].control
    combo.setCurrentIndex(combo.findText("dansk"))
    assert load_settings()[0].language == "da"
    dialog.reject()
    assert driver.window.live_actions["project.open"].text() == "Åbn projekt…"
    assert driver.window.live_actions["edit.undo"].text() == "Undo", "what is not translated is English"
    assert translate(Message("'{0}' is no colour such as #56b4e9.", "blå")) == "'blå' er ingen farve."
    assert [translate(plural("1 image", "{0} images", n)) for n in (1, 3)] == ["1 billede", "3 billeder"]
    assert QLocale().language() is QLocale.Language.Danish


def test_the_system_may_speak_it(danish: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for locale, language in (("da_DK", "da"), ("ja_JP", "ja"), ("ko_KR", "ko"), ("de_DE", "en")):
        monkeypatch.setattr(QLocale, "system", staticmethod(lambda name=locale: QLocale(name)))
        assert resolve("system") == language


def test_a_language_that_is_gone_is_told_and_the_default_used(danish: Path) -> None:
    update_settings(language="da")
    danish.unlink()
    settings, warnings = load_settings()
    assert settings.language == "system"
    assert [warning.template for warning in warnings] == ["The setting '{0}' in {1} must be {2}; the default is used."]
    assert "da" not in languages()


def test_every_shipped_catalogue_is_offered_in_its_own_words() -> None:
    names = {language: language_name(language) for language in languages()}
    assert names == {"system": "as the system", "en": "English", "ja": "日本語", "ko": "한국어"}


def test_the_start_page_and_the_menus_are_japanese(driver) -> None:
    driver.window.change_setting(language="ja")
    assert tr("Undo") == "元に戻す"
    assert latin(driver.window) == []


def test_every_action_is_japanese() -> None:
    # Beside the walk, which takes a word that is a name somewhere for one.
    said = {words for action in ACTIONS for words in (action.text, action.toolbar, action.menu) if words}
    assert sorted(said - catalogue("ja").texts.keys()) == []


def test_the_labelling_window_is_japanese(driver, folder: Path) -> None:
    driver.open(folder)
    window = driver.window
    window.change_setting(language="ja", annotator="山田")
    driver.until(lambda: window.status.device.text() != "")
    assert latin(window) == []
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_Tab)
    assert latin(window) == []
    driver.key(Qt.Key.Key_Return)
    driver.saved()
    assert latin(window) == []
