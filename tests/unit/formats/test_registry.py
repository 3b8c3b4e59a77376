"""Formats by name, by looking, and by installing a package that brings one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from boxwright.domain.errors import FormatError, SettingError
from boxwright.formats.registry import by_name, formats, reader_for, recognise

BUILT_IN = [known.name for known in formats() if type(known).__module__.startswith("boxwright.")]
PLUGIN = """
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset

class Lines(Format):
    name = {name!r}
    title = "One line a box"
    capabilities = Capabilities(accuracy=1.0)
    def recognise(self, path): return FormatGuess(self.name, 0.3, "a .lines file") if path.suffix == ".lines" else None
    def read(self, path, problems): return Dataset()
    def write_files(self, dataset, staging, image_mode): staging.write("all.lines", b"")
"""


def test_the_three_formats_are_there_with_what_they_hold() -> None:
    assert [known.name for known in formats()][:3] == ["coco", "yolo", "voc"]
    assert by_name(" COCO ").name == "coco"
    assert all(known.capabilities.accuracy <= 0.001 for known in formats()[:3])


def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(SettingError, match="known are coco, yolo, voc"):
        by_name("nosuch")


def test_a_folder_of_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "package.json").write_text('{"images": 1}')
    (tmp_path / "icon.xml").write_text("<svg/>")
    (tmp_path / "conf.yaml").write_text("a: 1")
    assert recognise(tmp_path) == []
    with pytest.raises(FormatError, match="no dataset in a known format"):
        reader_for(tmp_path)


def test_the_surer_guess_comes_first(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("train: images\nnames: [a]\n")
    (tmp_path / "a.xml").write_text("<annotation></annotation>")
    guesses = recognise(tmp_path)
    assert [g.format for g in guesses] == ["yolo", "voc"]
    assert guesses[0].confidence > guesses[1].confidence
    assert reader_for(tmp_path).name == "yolo"
    assert reader_for(tmp_path, "voc").name == "voc"


def test_what_came_into_a_folder_since_is_seen(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    assert recognise(tmp_path) == []
    (tmp_path / "deep" / "classes.txt").write_text("nut\n")
    (tmp_path / "deep" / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    assert [g.format for g in recognise(tmp_path)] == ["labelimg"]


def in_a_process_with(folder: Path, *entries: str) -> list[str]:
    """The names of the formats in a fresh process for which `entries` are installed."""
    info = folder / "lines_format-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-format\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[boxwright.formats]\n" + "\n".join(entries) + "\n")
    code = "from boxwright.formats.registry import formats; print(*[f.name for f in formats()])"
    path = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    done = subprocess.run([sys.executable, "-c", path + code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_an_installed_package_adds_a_format(tmp_path: Path) -> None:
    (tmp_path / "lines_format.py").write_text(PLUGIN.format(name="lines"))
    built_in = [known.name for known in formats()]
    assert in_a_process_with(tmp_path, "lines = lines_format:Lines") == [*built_in, "lines"]


def test_an_addition_that_is_broken_or_takes_a_built_in_name_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "lines_format.py").write_text(PLUGIN.format(name="coco"))
    entries = ("a = lines_format:Lines", "b = lines_format:Missing", "c = no_such_module:X", "d = pathlib:Path")
    assert in_a_process_with(tmp_path, *entries) == [known.name for known in formats()]
