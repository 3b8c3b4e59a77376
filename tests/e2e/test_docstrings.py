"""The first line of a docstring says what the thing is; its fields, shapes and hazards follow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "app" / "boxwright"
# "`width`, `height`: pixels", "boxes: (N,4) float32", "What is said", "How it looks"
FIELD_FIRST = re.compile(r"`[a-z_]+`(?:,| is| are|:| [a-z0-9(])|[a-z_]+: |(?:What|Which) ")


def faults(source: str) -> Iterator[str]:
    """Modules without a docstring, and public classes whose docstring begins with something else than the thing."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield "the module says nothing of itself"
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            first = (ast.get_docstring(node) or "").partition("\n")[0]
            if FIELD_FIRST.match(first):
                yield f"{node.name} begins with: {first}"


@pytest.mark.parametrize("package", sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()))
def test_docstrings_begin_with_what_the_thing_is(package: str) -> None:
    files = sorted((PACKAGE / package).rglob("*.py"))
    found = {str(file.relative_to(PACKAGE)): list(faults(file.read_text(encoding="utf-8"))) for file in files}
    assert {file: told for file, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "first",
    ["`width`, `height`: pixels.", "`ids` (N,) int64 in queue order.", "boxes: (N,4) float32.", "What a walk met.", ""],
)
def test_a_docstring_that_begins_with_a_field_is_found(first: str) -> None:
    source = f'class A:\n    """{first}"""\n' if first else "class A: ..."
    module = '"""A module."""\n' if first else ""
    assert len(list(faults(module + source))) == 1


@pytest.mark.parametrize(
    "first", ["`Exchange` of a `TrainingSet`.", "Box in pixels.", "QActions of the table: one each."]
)
def test_a_docstring_that_begins_with_the_thing_is_left_alone(first: str) -> None:
    assert list(faults(f'"""A module."""\nclass A:\n    """{first}"""\n')) == []
