from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.config.settings import (
    RECENT_PROJECTS,
    Settings,
    load_settings,
    save_settings,
    update_settings,
    with_recent,
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([f.name for f in fields(Settings)]) | st.text()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_no_file_means_the_defaults_without_a_warning(file: Path) -> None:
    assert load_settings(file) == (Settings(), [])


def test_what_was_saved_is_read_back(file: Path) -> None:
    settings = Settings(
        theme="dark",
        threshold=0.4,
        recent_projects=("/data/Vögel", "C:\\새", "/odd/\udcff"),
        shortcuts={"image.next": ("N", "PgDown"), "image.previous": ()},
    )
    save_settings(settings, file)
    assert load_settings(file) == (settings, [])


def test_the_user_folder_is_the_default_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path))
    save_settings(Settings(device="cpu"))
    assert (tmp_path / "config" / "settings.json").is_file()
    assert load_settings()[0].device == "cpu"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("theme", "purple", "must be one of system, light, dark"),
        ("threshold", 1.5, "must be from 0 to 1"),
        ("threshold", float("nan"), "must be from 0 to 1"),
        ("threshold", True, "must be a number"),
        ("image_cache_mb", 12.5, "must be a whole number"),
        ("stay_in_draw", "yes", "must be true or false"),
        ("recent_projects", "one", "must be a list of texts"),
        ("shortcuts", {"a": 1}, "must be a list of texts"),
        ("shortcuts", ["a"], "must be an object whose values are lists of texts"),
        ("colour", "red", "is unknown"),
    ],
)
def test_one_bad_setting_costs_only_itself(file: Path, name: str, value: object, complaint: str) -> None:
    file.write_text(json.dumps({name: value, "window_state": "kept"}))
    settings, warnings = load_settings(file)
    assert settings == Settings(window_state="kept")
    assert len(warnings) == 1
    assert f"'{name}'" in warnings[0]
    assert complaint in warnings[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_damaged_file_is_kept_aside_and_does_not_block_the_start(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    settings, warnings = load_settings(file)
    assert settings == Settings()
    assert len(warnings) == 1
    assert file.with_name("settings.json.bad").read_bytes() == content
    save_settings(settings, file)
    assert load_settings(file) == (Settings(), [])


def test_a_folder_in_place_of_the_file_does_not_block_the_start(file: Path) -> None:
    file.mkdir()
    settings, warnings = load_settings(file)
    assert settings == Settings()
    assert len(warnings) == 1


@given(st.dictionaries(names, anything))
def test_any_json_object_gives_settings_that_can_be_saved(tmp_path_factory: pytest.TempPathFactory, data: dict) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.json"
    file.write_text(json.dumps(data))
    settings, warnings = load_settings(file)
    assert len(warnings) <= len(data)
    save_settings(settings, file)
    assert load_settings(file) == (settings, [])


def test_an_update_changes_the_named_settings_of_what_is_on_disk_now(file: Path) -> None:
    save_settings(Settings(theme="dark"), file)
    assert update_settings(file, threshold=0.5) == Settings(theme="dark", threshold=0.5)
    assert load_settings(file)[0] == Settings(theme="dark", threshold=0.5)
    with pytest.raises(ValueError, match="from 0 to 1"):
        update_settings(file, threshold=7)
    assert load_settings(file)[0].threshold == 0.5


def test_every_setting_is_checked_when_it_is_read(file: Path) -> None:
    file.write_text(json.dumps(dict.fromkeys(asdict(Settings()), None)))
    settings, warnings = load_settings(file)
    assert settings == Settings()
    assert len(warnings) == len(fields(Settings))


def test_recent_projects_hold_each_once_latest_first(tmp_path: Path) -> None:
    settings = Settings()
    for number in [*range(20), 3]:
        settings = Settings(recent_projects=with_recent(settings, tmp_path / str(number)))
    assert len(settings.recent_projects) == RECENT_PROJECTS
    assert settings.recent_projects[:2] == (str(tmp_path / "3"), str(tmp_path / "19"))
    assert len(set(settings.recent_projects)) == RECENT_PROJECTS


def test_the_annotator_is_the_login_name_unless_a_person_set_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    monkeypatch.setenv("USERNAME", "anna")
    assert Settings().annotator_name == "anna"
    assert Settings(annotator=" Ben ").annotator_name == "Ben"
