"""This program starts itself in one place, which works without a Python beside it as well."""

from __future__ import annotations

import ast

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "app" / "boxwright"
DOOR = "config/own_program.py"


def names_the_interpreter(source: str) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.executable")
        or (isinstance(node, ast.ImportFrom) and node.module == "sys")
        for node in ast.walk(ast.parse(source))
    )


def test_one_file_knows_what_runs_this_program() -> None:
    files = {str(file.relative_to(PACKAGE)): file for file in PACKAGE.rglob("*.py")}
    found = [name for name, file in sorted(files.items()) if names_the_interpreter(file.read_text(encoding="utf-8"))]
    assert found == [DOOR], "a bundle has no interpreter: boxwright.config.own_program starts modules in it too"


def test_another_way_to_the_interpreter_is_found() -> None:
    assert names_the_interpreter("import sys\nprint(sys.executable)")
    assert names_the_interpreter("from sys import executable")
    assert not names_the_interpreter("import sys\nprint(sys.argv)")
