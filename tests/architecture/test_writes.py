"""Whatever the window hands to the writer tells a person when it fails."""

from __future__ import annotations

import ast

from tests.conftest import REPOSITORY

UI = REPOSITORY / "app" / "boxwright" / "ui"


def is_write(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("riter.submit")


def functions(source: str) -> list[ast.AST]:
    """The outermost, with what is inside them."""
    tree = ast.parse(source)
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return [node for body in bodies for node in body if isinstance(node, ast.FunctionDef)]


def untold(source: str) -> list[str]:
    """Writes that no task follows, or whose task nobody hears fail."""
    found = []
    for function in functions(source):
        text = ast.unparse(function)
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        followed = [a for c in calls if ast.unparse(c.func).endswith(".follow") for a in c.args if is_write(a)]
        heard = ".failed.connect(" in text or ".failed)" in text or ".failed," in text
        found += [ast.unparse(call) for call in calls if is_write(call) and not (call in followed and heard)]
    return found


def test_a_write_from_the_window_is_followed_and_heard_when_it_fails() -> None:
    files = (file for file in UI.rglob("*.py") if file.name != "saving.py")
    found = {file.name: untold(file.read_text(encoding="utf-8")) for file in files}
    assert {name: writes for name, writes in found.items() if writes} == {}


def test_a_write_that_nobody_follows_is_found() -> None:
    assert untold("def f(self):\n    self.writer.submit(print)")
    assert untold("def f(self):\n    task.follow(self.writer.submit(print))")
    assert not untold("def f(self):\n    task.failed.connect(say)\n    task.follow(self.writer.submit(print))")
