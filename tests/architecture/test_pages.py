"""Every page of docs/ has its place in mkdocs.yml, and every name of code that a page gives exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.architecture.code_names import PACKAGE, defines
from tests.architecture.test_words import REPOSITORY

DOCS = REPOSITORY / "docs"
# What changed once is told in the words of its time.
PAGES = [p for p in [*sorted(REPOSITORY.glob("*.md")), *sorted(DOCS.rglob("*.md"))] if p.name != "CHANGELOG.md"]
RENDERED = re.compile(r"^::: boxwright\.([\w.]+)$", re.MULTILINE)


def placed(settings: str) -> list[str]:
    """Pages of the navigation, in its order."""
    return re.findall(r"^ *- (?:[^:\n]+: )?([\w/-]+\.md)$", settings, re.MULTILINE)


def names_in_code(text: str) -> list[str]:
    """The dotted names in backticks that begin with a package of ours, without the name of the whole."""
    found = re.findall(r"`(?:boxwright\.)?([a-z_]+(?:\.\w+)+)", text)
    return [name for name in found if (PACKAGE / name.split(".")[0]).is_dir()]


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [page for page in placed((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")) if page != "index.md"]
    there = [str(file.relative_to(DOCS).as_posix()) for file in DOCS.rglob("*.md")]
    beside = [file.name for file in REPOSITORY.glob("*.md") if file.name != "README.md"]
    assert sorted(pages) == sorted([*there, *beside])


def test_what_pages_render_from_docstrings_exists() -> None:
    names = [name for page in PAGES for name in RENDERED.findall(page.read_text(encoding="utf-8"))]
    assert names
    assert [name for name in names if not defines(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_name_of_code_that_a_page_gives_is_there(page: Path) -> None:
    names = names_in_code(page.read_text(encoding="utf-8"))
    assert [name for name in names if not defines(name)] == []


@pytest.mark.parametrize("heading", ["## The field's words", "## Flagged ambiguities"])
def test_the_words_say_where_each_thing_is(heading: str) -> None:
    words = (DOCS / "CONTEXT.md").read_text(encoding="utf-8")
    section = words.partition(heading)[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row.split("|")[1] for row in rows if not names_in_code(row)] == []


@pytest.mark.parametrize(
    "name",
    [
        "nowhere",
        "nowhere.Box",
        "domain.boxes",
        "domain.box.Nothing",
        "domain.box.Box.nothing",
        "domain.box.Box.x1.real",
    ],
)
def test_a_name_that_is_not_there_is_noticed(name: str) -> None:
    assert not defines(name)


@pytest.mark.parametrize(
    "name",
    [
        "domain",
        "domain.box",
        "domain.box.Box.x1",
        "domain.box.iou_matrix",
        "domain.scores.FLIP",
        "formats.staging.Staging.placed",
        "services.demo.make_demo",
        "config.opencv.cv2",
    ],
)
def test_a_name_that_is_there_is_found(name: str) -> None:
    assert defines(name)
