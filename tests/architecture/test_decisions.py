"""Decisions in docs/adr are numbered in sequence, listed on their index, and every mention of one leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.architecture.test_words import REPOSITORY, text_files

FOLDER = REPOSITORY / "docs" / "adr"
NAME = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
HEADING = re.compile(r"# (\d+)\. (.+)")
ROW = re.compile(r"\| (\d+) \| \[(.+)\]\((.+)\) \| (.+) \|")
# "ADR 7", "ADR-0007", "adr/0007-saving-and-undo.md", "(0007-saving-and-undo.md)"
MENTION = re.compile(r"\bADRs?[ -]?(\d{1,4})\b|\badr/(\d{4}[\w-]*(?:\.md)?)|\((\d{4}-[\w-]+\.md)\b")


def pages() -> list[Path]:
    return sorted(file for file in FOLDER.iterdir() if file.name != "README.md")


def numbering_faults(names: Sequence[str], headings: Sequence[str]) -> Iterator[str]:
    """What is wrong with file names, in their order, and the first line of each file."""
    for place, (name, heading) in enumerate(zip(names, headings), start=1):
        number, told = NAME.fullmatch(name), HEADING.fullmatch(heading)
        if number is None or told is None:
            yield f"{name} is no NNNN-words.md, or does not begin with '# N. Title'."
        elif int(number[1]) != place:
            yield f"{name} should have the number {place:04d}: numbers are in sequence, each used once."
        elif int(told[1]) != place:
            yield f"{name} has the number {told[1]} in its heading."


def broken_mentions(text: str, names: Sequence[str]) -> list[str]:
    numbers = {int(name[:4]) for name in names}
    found = []
    for by_number, by_path, by_name in MENTION.findall(text):
        path = by_path or by_name
        if by_number and int(by_number) not in numbers:
            found.append(f"ADR {by_number}")
        elif path and not any(name.startswith(path) for name in names):
            found.append(path)
    return found


def test_numbers_are_unique_in_sequence_and_in_the_heading() -> None:
    names = [page.name for page in pages()]
    headings = [page.read_text(encoding="utf-8").partition("\n")[0] for page in pages()]
    assert list(numbering_faults(names, headings)) == []


def test_the_index_lists_each_decision_by_its_title_with_a_line() -> None:
    rows = ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    expected = []
    for page in pages():
        told = HEADING.fullmatch(page.read_text(encoding="utf-8").partition("\n")[0])
        assert told is not None, page.name
        expected.append((told[1], told[2], page.name))
    assert [row[:3] for row in rows] == expected
    assert all(row[3].strip() for row in rows)


def test_every_mention_of_a_decision_leads_to_one() -> None:
    names = [page.name for page in pages()]
    found = {
        str(file.relative_to(REPOSITORY)): broken
        for file in text_files()
        if file != Path(__file__)
        if (broken := broken_mentions(file.read_text(encoding="utf-8", errors="replace"), names))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("names", "headings"),
    [
        (["0001-a.md", "0001-b.md"], ["# 1. A", "# 1. B"]),
        (["0001-a.md", "0003-b.md"], ["# 1. A", "# 3. B"]),
        (["0001-a.md"], ["# 2. A"]),
        (["notes.md"], ["# 1. A"]),
    ],
    ids=["twice", "gap", "heading", "name"],
)
def test_a_planted_fault_of_numbering_is_found(names: list[str], headings: list[str]) -> None:
    assert len(list(numbering_faults(names, headings))) == 1


@pytest.mark.parametrize("text", ["see ADR 9", "see ADR-0009", "docs/adr/0001-other.md", "[9](0009-a.md)"])
def test_a_planted_mention_of_nothing_is_found(text: str) -> None:
    assert len(broken_mentions(text, ["0001-a.md"])) == 1


@pytest.mark.parametrize(
    "text", ["see ADR 1", "docs/adr/0001-a.md", "[1](0001-a.md)", "docs/adr/", "docs/adr/README.md"]
)
def test_a_mention_that_leads_somewhere_is_left_alone(text: str) -> None:
    assert broken_mentions(text, ["0001-a.md"]) == []
