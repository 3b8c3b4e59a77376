"""The catalogue: what comes with Boxwright is whole, pinned and permissive, and a person's list cannot harm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from boxwright.config import paths
from boxwright.domain.errors import ModelError
from boxwright.services.detectors.catalogue import (
    add_entries,
    catalogue,
    entry_of,
    own_entries,
    own_list,
    read_list,
    remove_entry,
    shipped_list,
)
from boxwright.services.detectors.catalogue_entry import CatalogueEntry

PERMISSIVE = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause"}
NOT_OFFERED = re.compile(
    r"yolov\d|yolo11|yolo26|yoloe|yolo-?world|gold-?yolo|yolo-?nas|edgesam|dinov3|ultralytics", re.I
)
TRIED = {"yolox-nano", "deimv2-femto", "deimv2-atto"}
UNTRIED = {
    "yolox-tiny", "yolox-s", "yolox-s-int8", "yolox-m", "nanodet-m", "nanodet-plus-m", "deimv2-pico", "deimv2-n",
    "dfine-n", "dfine-s", "dfine-m", "dfine-l", "rfdetr-nano", "rfdetr-small", "rfdetr-medium",
}  # fmt: skip
"""Nobody has had these files in hand yet: what is said of them is what their makers and repositories say."""

SHIPPED = read_list(shipped_list(), own=False)
EVERY = pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / "home"))


@EVERY
def test_every_entry_is_permissive_pinned_and_says_what_it_is(entry: CatalogueEntry) -> None:
    assert entry.licence in PERMISSIVE
    assert entry.source.startswith("https://") and entry.pinned_to
    assert not NOT_OFFERED.search(f"{entry.name} {entry.title} {entry.source}")
    assert entry.input and entry.parameters and entry.trained_on and entry.good_for and entry.probabilities
    assert entry.title != entry.name
    assert len(entry.classes) in (80, 91)
    assert not entry.own


@EVERY
def test_what_nobody_has_seen_of_a_file_is_said_to_be_unknown(entry: CatalogueEntry) -> None:
    told = next(one for one in json.loads(shipped_list().read_text())["detectors"] if one["name"] == entry.name)
    assert "bytes" in told and "sha256" in told, "null where it is not known"
    assert (entry.bytes is None) != (entry.about_bytes is None)


def test_what_was_tried_and_what_was_not_is_listed() -> None:
    assert {entry.name for entry in SHIPPED} == TRIED | UNTRIED
    assert all(entry_of(name).sha256 and entry_of(name).bytes for name in TRIED)


def test_no_two_entries_are_one_file() -> None:
    hashes = [entry.sha256 for entry in SHIPPED if entry.sha256]
    assert len({entry.source for entry in SHIPPED}) == len(SHIPPED)
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/a/b/releases/latest/download/x.onnx",
        "https://raw.githubusercontent.com/a/b/main/x.onnx",
        "https://huggingface.co/a/b/resolve/main/x.onnx",
        "https://example.org/x.onnx",
    ],
)
def test_an_address_that_may_hold_another_file_tomorrow_is_not_pinned(address: str) -> None:
    assert CatalogueEntry("owl", address).pinned_to == ""


def told(**more: Any) -> dict[str, Any]:
    return {"name": "team-bolts", "source": "https://files.example.org/bolts.onnx", **more}


def team_list(folder: Path, *entries: Any) -> Path:
    file = folder / "team.json"
    file.write_text(json.dumps({"detectors": list(entries)}), encoding="utf-8")
    return file


def test_a_team_s_list_is_taken_over_renewed_and_taken_out_again(tmp_path: Path) -> None:
    file = team_list(tmp_path, told(classes=["bolt", "nut"], licence="ours"), told(name="team-owls", classes="coco91"))
    add_entries(read_list(file))
    assert [entry.name for entry in catalogue()][-2:] == ["team-bolts", "team-owls"]
    assert entry_of("Team-Bolts ").classes == ("bolt", "nut")
    assert entry_of("team-owls").classes[1] == "person" and entry_of("team-owls").own
    add_entries(read_list(team_list(tmp_path, told(classes=["bolt"]))))
    assert [entry.name for entry in own_entries()] == ["team-owls", "team-bolts"]
    assert entry_of("team-bolts").classes == ("bolt",)
    remove_entry("team-bolts")
    with pytest.raises(ModelError, match="No detector 'team-bolts' is in the catalogue; it has yolox-nano"):
        entry_of("team-bolts")


def test_what_comes_with_boxwright_is_neither_replaced_nor_removed(tmp_path: Path) -> None:
    mine = read_list(team_list(tmp_path, told(), told(name="yolox-nano")))
    with pytest.raises(ModelError, match="'yolox-nano' is in the catalogue that comes with Boxwright"):
        add_entries(mine)
    assert own_entries() == ()
    with pytest.raises(ModelError, match="only entries of your own"):
        remove_entry("yolox-nano")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("text", "must be an object"),
        ({"name": "team"}, "'source' must be an address"),
        (told(name="../../etc/passwd"), "'name' must be"),
        (told(name="Team"), "'name' must be"),
        (told(name="nul"), "'name' must be"),
        (told(name="com1.x"), "'name' must be"),
        (told(name="a" * 80), "'name' must be"),
        (told(source="file:///etc/passwd"), "'source' must be an address"),
        (told(source="https:///x"), "'source' must be an address"),
        (told(source="http://[x/y"), "'source' must be an address"),
        (told(source="https://x.org/a b"), "'source' must be an address"),
        (told(sha256="ABC"), "'sha256' must be 64 hexadecimal digits"),
        (told(bytes=-1), "'bytes' must be a whole number"),
        (told(bytes=True), "'bytes' must be a whole number"),
        (told(ap=101), "'ap' must be a number from 0 to 100"),
        (told(classes="coco81"), "'classes' must be a list of names, or a known one such as coco80"),
        (told(classes=["a", 1]), "'classes' must be a list of names"),
        (told(title="a\u202eb"), "'title' must be text"),
        (told(good_for=["war"]), "'good_for' must be a list of 'guess' and 'base'"),
        (told(card=[]), "'card' must be an object"),
        (told(licens="MIT"), "'licens' is no point of an entry; it has name, title"),
        (told(own=True), "'own' is no point of an entry"),
    ],
)
def test_an_entry_that_is_wrong_is_named_with_the_point(tmp_path: Path, entry: Any, words: str) -> None:
    with pytest.raises(
        ModelError, match=rf"^{re.escape(str(tmp_path))}.*cannot be used as a list of detectors\. .*{words}"
    ):
        read_list(team_list(tmp_path, entry))


@pytest.mark.parametrize("text", ["", "[", "[]", "{}", '{"detectors": 3}', "[" * 100_000])
def test_a_file_that_is_no_list_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text)
    with pytest.raises(ModelError, match="is no list of detectors"):
        read_list(tmp_path / "list.json")
    with pytest.raises(ModelError, match="cannot be read"):
        read_list(tmp_path / "not there.json")


def test_a_name_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'team-bolts' is in it twice"):
        read_list(team_list(tmp_path, told(), told()))


def test_the_list_that_comes_with_boxwright_is_among_its_models() -> None:
    assert shipped_list() == paths.models() / "catalogue.json"
    assert own_list().parent == paths.config_dir()
