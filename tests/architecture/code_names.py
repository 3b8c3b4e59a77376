"""Whether a dotted name below `boxwright`, as documentation gives it, is in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.architecture.test_words import REPOSITORY

PACKAGE = REPOSITORY / "app" / "boxwright"


def defines(name: str) -> bool:
    """Whether `name`, without the package's own, is a package, a module, or something that one has: a function, a
    class, a constant, an import, or a member of a class, one that its `__init__` makes included."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return _has(_body(file), parts[length:])
    return False


@cache
def _body(file: Path) -> Sequence[ast.stmt]:
    return ast.parse(file.read_text(encoding="utf-8")).body


def _has(body: Sequence[ast.stmt], parts: Sequence[str]) -> bool:
    if not parts:
        return True
    for node in _flat(body):
        if parts[0] in _named(node):
            return len(parts) == 1 or (isinstance(node, ast.ClassDef) and _has(node.body, parts[1:]))
        if isinstance(node, ast.FunctionDef) and node.name == "__init__" and len(parts) == 1:
            made = [name for inner in ast.walk(node) if isinstance(inner, ast.stmt) for name in _named(inner)]
            if parts[0] in made:
                return True
    return False


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield from _flat([*node.body, *node.orelse]) if isinstance(node, ast.If) else [node]


def _named(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [ast.unparse(target).removeprefix("self.") for target in targets]
