"""No test waits by a clock: it would fail on a machine that is slow or busy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY

TESTS = sorted(
    path
    for path in (REPOSITORY / "tests").rglob("*.py")
    if path.parent.name not in ("benchmarks", "judges") and path != Path(__file__)
)
# What waits for something for as long as its first argument or `timeout` says, in seconds or milliseconds.
WAITING = {"wait", "result", "join"}
# A pause between two looks, in a loop that ends by what it sees.
PAUSE = 0.05
# Of pytest-qt; a signal that is sent at once is not waited for.
BY_A_CLOCK = {"waitUntil", "waitActive", "waitExposed", "waitCallback"}
# These are about seconds: what is on disk a second later, how long an event takes, a program that shall be ended.
ABOUT_TIME = {"test_sigkill.py", "test_kill.py", "labelling_child.py", "puppet_trainer.py"}


def clocks(source: str) -> Iterator[str]:
    """Calls that wait for a fixed time, a line each."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        said = [k.value for k in node.keywords if k.arg == "timeout"] + (node.args[:1] if name in WAITING else [])
        fixed = any(isinstance(a, ast.Constant) and isinstance(a.value, int | float) and a.value > PAUSE for a in said)
        if fixed or name in BY_A_CLOCK:
            yield f"line {node.lineno}: {name}"


def test_nothing_waits_by_a_clock() -> None:
    found = {
        path.name: lines
        for path in TESTS
        if path.name not in ABOUT_TIME and (lines := list(clocks(path.read_text(encoding="utf-8"))))
    }
    assert not found, "wait for what comes: tests.waiting, or wait_until of tests.ui.conftest"


def test_a_planted_clock_is_found() -> None:
    assert list(clocks("job.wait(60)\nqtbot.waitUntil(f)\nrun([], timeout=5)\nx.run([], timeout=5)\njob.wait()")) == [
        "line 1: wait", "line 2: waitUntil", "line 4: run",
    ]  # fmt: skip
