"""What may not stand in any file: hosts of package indexes, and paths of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# Written in two halves, so that this file does not find itself.
HALVES = [
    ("py", r"pi\.org"),
    ("python", r"hosted\.org"),
    ("download", r"\.pytorch\.org"),
    ("anaconda", r"\.org"),
    ("npm", r"js\.(?:com|org)"),
    ("crates", r"\.io"),
    ("proxy", r"\.golang\.org"),
    ("(?<![\\w.])/ro", r"ot/"),
    ("(?<![\\w./])/wo", r"rk/"),
    (r"\.\./sha", r"red"),
    ("/ho", r"me/\w"),
]
FORBIDDEN = re.compile("|".join(first + second for first, second in HALVES))


def text_files() -> list[Path]:
    """Every file that git tracks and that holds text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def strange_words(text: str) -> list[str]:
    return [
        f"line {number}: {match.group()}"
        for number, line in enumerate(text.splitlines(), start=1)
        for match in FORBIDDEN.finditer(line)
    ]


def test_no_file_names_an_index_or_a_machine() -> None:
    found = {
        str(file.relative_to(REPOSITORY)): words
        for file in text_files()
        if (words := strange_words(file.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize("pair", HALVES, ids=range(len(HALVES)))
def test_each_pattern_finds_what_it_is_for(pair: tuple[str, str]) -> None:
    written = "".join(pair).replace("(?<![\\w.])", "").replace("(?<![\\w./])", "")
    written = written.replace("(?:com|org)", "com").replace(r"\w", "x").replace("\\", "")
    assert strange_words(f"see {written} there")


@pytest.mark.parametrize("text", ["the framework/core", "network/", "homework/x", "a/root/b", "docs/work/x"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert strange_words(text) == []
