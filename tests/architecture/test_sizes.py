"""A file that grows holds two ideas: find the second one's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

FILE_LINES = 500
LONG_FILE_LINES = 300
LONG_FILES_PERCENT = 10
CLASS_LINES = 350
FUNCTION_LINES = 50


def python_files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*.py") if "__pycache__" not in p.parts)


def line_count(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def long_files(root: Path) -> Iterator[str]:
    for file in python_files(root):
        if (lines := line_count(file)) > FILE_LINES:
            yield f"{file.relative_to(root)} has {lines} lines, {FILE_LINES} are the most."


def long_definitions(root: Path) -> Iterator[str]:
    for file in python_files(root):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                what, most = "class", CLASS_LINES
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                what, most = "function", FUNCTION_LINES
            else:
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > most:
                yield f"The {what} {node.name} in {file.relative_to(root)} has {lines} lines, {most} are the most."


def too_many_rather_long(root: Path) -> Iterator[str]:
    files = python_files(root)
    rather_long = [f"{p.relative_to(root)} ({line_count(p)})" for p in files if line_count(p) > LONG_FILE_LINES]
    if len(rather_long) * 100 > len(files) * LONG_FILES_PERCENT:
        yield f"More than {LONG_FILES_PERCENT} % of the files pass {LONG_FILE_LINES} lines: {', '.join(rather_long)}."


def complaints(root: Path) -> list[str]:
    return [*long_files(root), *long_definitions(root), *too_many_rather_long(root)]


def test_the_program_keeps_files_classes_and_functions_short() -> None:
    assert complaints(REPOSITORY / "app") == []


@pytest.mark.parametrize("folder", ["tests", "packaging"])
def test_other_files_are_never_very_long(folder: str) -> None:
    assert list(long_files(REPOSITORY / folder)) == []


def test_the_main_window_only_puts_parts_together() -> None:
    assert line_count(REPOSITORY / "app/boxwright/ui/shell/main_window.py") < 400


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 501, "planted.py has 501 lines, 500 are the most."),
        ("class Big:\n" + "    x = 1\n" * 350, "The class Big in planted.py has 351 lines, 350 are the most."),
        ("def f():\n" + "    x = 1\n" * 50, "The function f in planted.py has 51 lines, 50 are the most."),
        ("x = 1\n" * 301, "More than 10 % of the files pass 300 lines: planted.py (301)."),
    ],
    ids=["file", "class", "function", "share of long files"],
)
def test_a_planted_giant_is_found(tmp_path: Path, source: str, complaint: str) -> None:
    (tmp_path / "small.py").write_text("x = 1\n")
    assert complaints(tmp_path) == []
    (tmp_path / "planted.py").write_text(source)
    assert complaint in complaints(tmp_path)
