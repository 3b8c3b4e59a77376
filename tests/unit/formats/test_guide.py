"""The guide's table is what the formats declare, and its example of another format works as a package of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from tests.conftest import REPOSITORY

from boxwright.formats.guide import COLUMNS, format_table, with_table
from boxwright.formats.registry import BUILT_IN

PAGE = REPOSITORY / "docs" / "guide" / "formats.md"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "lines-format"
version = "0.1"
[tool.hatch.build.targets.wheel]
include = ["lines_format.py"]
"""


def test_the_table_in_the_guide_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "write it anew: python -m boxwright.formats.guide docs/guide/formats.md"


def test_every_built_in_format_has_a_row_of_its_own() -> None:
    rows = format_table().splitlines()[2:]
    assert [re.split(r" \| ", row)[1] for row in rows] == [f"`{name}`" for name in BUILT_IN]
    assert {row.count("|") for row in rows} == {len(COLUMNS) + 3}


def test_a_page_without_a_place_for_the_table_is_no_page() -> None:
    with pytest.raises(ValueError, match="no place"):
        with_table("# Formats\n")


def block(language: str, start: str) -> str:
    """The code block of the guide that begins with `start`."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return next(text for text in found if text.startswith(start))


def example() -> str:
    """The example in the guide with the lines by which it is written as well."""
    return "\n\n".join((block("python", "from boxwright"), block("python", "class WritableLines")))


def test_the_example_of_another_format_takes_ten_lines() -> None:
    lines = [line for line in block("python", "from boxwright").splitlines() if line.strip()]
    assert len([line for line in lines if not line.startswith("from ")]) == 10
    assert max(map(len, lines)) <= 120


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a program that finds the guide's example among its packages, put there by pip."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "source").mkdir()
    (folder / "source" / "lines_format.py").write_text(example(), encoding="utf-8")
    entry_points = block("toml", '[project.entry-points."boxwright.formats"]').replace(":Lines", ":WritableLines")
    (folder / "source" / "pyproject.toml").write_text(PROJECT + entry_points, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [*pip, "--target", str(folder / "site"), str(folder / "source")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    paths = [str(folder / "site"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run(environment: dict[str, str], *words: object) -> Any:
    """What `boxwright WORDS --json` prints there."""
    command = [sys.executable, "-m", "boxwright", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_example_of_another_format_is_installed_recognised_written_and_read(
    installed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    Picture.new("RGB", (64, 48)).save(tmp_path / "images" / "a b.png")
    (tmp_path / "boxes.lines").write_text("nut\t1\t2\t30\t40\ta b.png\nbolt\t5\t5\t9.5\t9\ta b.png\n", encoding="utf-8")
    listed = run(installed, "formats")["formats"]
    assert [f["title"] for f in listed if f["name"] == "lines"] == ["A line a box: class x1 y1 x2 y2 image"]
    assert [g["format"] for g in run(installed, "formats", tmp_path / "boxes.lines")["guesses"]] == ["lines"]
    run(installed, "init", tmp_path / "p", "--images", tmp_path / "images")
    result = run(installed, "import", tmp_path / "p", tmp_path / "boxes.lines")
    assert (result["format"], result["images"], result["boxes"]) == ("lines", 1, 2)
    run(installed, "export", tmp_path / "p", tmp_path / "out", "--format", "lines")
    written = (tmp_path / "out" / "all.lines").read_text(encoding="utf-8")
    assert written == "nut\t1.0\t2.0\t30.0\t40.0\ta b.png\nbolt\t5.0\t5.0\t9.5\t9.0\ta b.png\n"
