"""Every line of the log is a literal with what is filled in apart, so that the log without names can leave it out."""

from __future__ import annotations

import ast

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "app" / "boxwright"
CALLS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "logger", "_log", "logging"}


def other_than_literals(source: str) -> list[str]:
    """Calls of a logger whose words are no literal."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in CALLS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in LOGGERS
        and not (call.args and isinstance(call.args[0], ast.Constant))
    ]


def test_the_words_of_the_log_are_literals() -> None:
    found = {
        str(file.relative_to(PACKAGE)): calls
        for file in PACKAGE.rglob("*.py")
        if (calls := other_than_literals(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_words_that_are_made_are_found() -> None:
    assert other_than_literals("log.info(f'{name} is gone')")
    assert other_than_literals("logger.warning(sentence)")
    assert not other_than_literals("logger.warning('%s is gone', name)")
