"""Additions of other packages: found when they are asked for, and what is wrong with one is its own trouble."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from boxwright.config.plugins import Plugins

STRANGERS = """
class Drum:
    name = "drum"
    def play(self): return "boom"

class Tuba(Drum): name = "tuba"
class Lyre(Drum): name = "lyre"
class Piano(Drum): name = "grand piano"
class Score: name = "score"
class Cracked(Drum):
    name = "cracked"
    def __init__(self): raise ValueError("the skin\\nhas a hole.")
class Mute(Drum):
    name = "mute"
    def __init__(self): raise ValueError
"""
GROUP = "boxwright.instruments"
Install = Callable[..., None]


class Instrument(Protocol):
    name: str

    def play(self) -> str: ...


class Flute:
    name = "flute"

    def play(self) -> str:
        return "toot"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package of that name which announces `entries`, until the end of the test."""
    (tmp_path / "strangers.py").write_text(STRANGERS)
    monkeypatch.syspath_prepend(str(tmp_path))

    def installed(package: str, *entries: str) -> None:
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n" + "\n".join(entries) + "\n")

    yield installed
    sys.modules.pop("strangers", None)


def instruments() -> Plugins[Instrument]:
    return Plugins("instrument", GROUP, Instrument, {"flute": f"{__name__}:Flute"})


def test_those_of_others_follow_the_built_in_ones_by_name(install: Install) -> None:
    install("brass", "tuba = strangers:Tuba")
    install("alien", "drum = strangers:Drum")
    known = instruments()
    assert [(name, one.play()) for name, one in known.all().items()] == [
        ("flute", "toot"), ("drum", "boom"), ("tuba", "boom")
    ]  # fmt: skip
    assert known.get("tuba") is known.all()["tuba"]
    assert known.get("harp") is None
    assert known.broken == ()


def test_a_built_in_one_is_found_without_those_of_others(install: Install) -> None:
    install("percussion", "drum = strangers:Drum")
    known = instruments()
    flute = known.get("flute")
    assert "strangers" not in sys.modules
    assert known.all()["flute"] is flute
    assert "strangers" in sys.modules


def test_each_that_cannot_be_used_is_told_in_a_sentence_and_the_others_stay(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install(
        "orchestra", "drum = strangers:Drum", "piano = strangers:Piano", "score = strangers:Score",
        "cracked = strangers:Cracked", "mute = strangers:Mute", "lost = strangers:Lost", "gone = no_such_package:X",
    )  # fmt: skip
    known = instruments()
    assert list(known.all()) == ["flute", "drum"]
    left_out = "The instrument '{}' ({}) is left out: {}."
    assert known.broken == (
        left_out.format("cracked", "strangers:Cracked", "the skin has a hole"),
        left_out.format("gone", "no_such_package:X", "No module named 'no_such_package'"),
        left_out.format("lost", "strangers:Lost", "module 'strangers' has no attribute 'Lost'"),
        left_out.format("mute", "strangers:Mute", "ValueError"),
        left_out.format("piano", "strangers:Piano", "it calls itself 'grand piano'"),
        left_out.format("score", "strangers:Score", "it has no 'play', which one of this version has"),
    )
    assert [record.getMessage() for record in caplog.records] == list(known.broken)
    assert all(record.exc_info is None for record in caplog.records)


def test_a_name_that_is_taken_stays_with_the_built_in_one_or_else_the_first(install: Install) -> None:
    install("copies", "flute = strangers:Drum", "drum = strangers:Drum")
    install("more", "drum = strangers:Tuba")
    known = instruments()
    assert isinstance(known.all()["flute"], Flute)
    assert type(known.all()["drum"]).__name__ == "Drum"
    assert len(known.broken) == 2
    assert all("the name is taken" in sentence for sentence in known.broken)


def test_a_built_in_one_that_does_not_load_leaves_its_name_to_nobody(install: Install) -> None:
    install("copies", "lyre = strangers:Lyre")
    known: Plugins[Instrument] = Plugins("instrument", GROUP, Instrument, {"lyre": "no_such_package:Lyre"})
    assert known.all() == {}
    assert len(known.broken) == 2


def test_what_an_older_version_announced_of_itself_is_no_double(install: Install) -> None:
    install("older", f"flute = {__name__}:Flute")
    assert list(instruments().all()) == ["flute"]
    assert instruments().broken == ()
