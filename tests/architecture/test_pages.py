"""Every page of docs/ has its place in mkdocs.yml, and every name that a page has rendered from docstrings exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.architecture.test_words import REPOSITORY

DOCS = REPOSITORY / "docs"
SOURCE = REPOSITORY / "app"
RENDERED = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)


def placed(settings: str) -> list[str]:
    """Pages of the navigation, in its order."""
    return re.findall(r"^ *- (?:[^:\n]+: )?([\w/-]+\.md)$", settings, re.MULTILINE)


def defines(name: str) -> bool:
    """Whether `name` is a module of this package, or what one defines at its top."""
    path = SOURCE / Path(*name.split("."))
    if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    if not module.is_file():
        return False
    body = ast.parse(module.read_text(encoding="utf-8")).body
    named = {node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    named |= {ast.unparse(t) for node in body if isinstance(node, ast.Assign) for t in node.targets}
    return path.name in named


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [page for page in placed((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")) if page != "index.md"]
    there = [str(file.relative_to(DOCS).as_posix()) for file in DOCS.rglob("*.md")]
    beside = [file.name for file in REPOSITORY.glob("*.md") if file.name != "README.md"]
    assert sorted(pages) == sorted([*there, *beside])


def test_what_pages_render_from_docstrings_exists() -> None:
    names = [name for page in sorted(DOCS.rglob("*.md")) for name in RENDERED.findall(page.read_text(encoding="utf-8"))]
    assert names
    assert [name for name in names if not defines(name)] == []


@pytest.mark.parametrize("name", ["boxwright.nowhere", "boxwright.domain.box.Nothing", "boxwright.nowhere.Box"])
def test_a_name_that_is_not_there_is_noticed(name: str) -> None:
    assert not defines(name)
