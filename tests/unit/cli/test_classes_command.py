"""`boxwright classes`: listing, removing, merging, and taking that back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.pools import make_pool

from boxwright.cli.app import run

Called = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Called:
    with make_pool(tmp_path) as project:
        folder = project.folder

    def called(*words: str) -> tuple[int, str, str]:
        status = run(["classes", str(folder), *words])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return called


def boxes(call: Called, *words: str) -> dict[str, int]:
    status, out, err = call(*words, "--json")
    assert status == 0, err
    found: Any = json.loads(out)
    return {one["name"]: one["boxes"] for one in found["classes"]}


def test_a_class_is_merged_removed_and_brought_back(call: Called) -> None:
    assert boxes(call) == {"nut": 1, "bolt": 2, "unused": 0}
    assert "2  bolt: 2 boxes on 2 images, 0 pre-labels" in call()[1]
    status, _, err = call("--remove", "bolt")
    assert status == 1
    assert "2 boxes have the class 'bolt': merge it into another class, or remove them with it." in err
    assert boxes(call, "--remove", "bolt", "--into", "nut") == {"nut": 3, "unused": 0}
    assert boxes(call, "--remove", "nut", "--with-boxes") == {"unused": 0}
    assert boxes(call, "--undo") == {"nut": 3, "unused": 0}
    assert "'bolt' is back, with what has it: 2 boxes, 0 pre-labels." in call("--undo")[1]
    assert boxes(call, "--remove", "unused") == {"nut": 1, "bolt": 2}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--remove", "gear"], "'gear' is no class of the project."),
        (["--remove", "nut", "--into", "gear"], "'gear' is no class of the project."),
        (["--into", "nut"], "Say --remove NAME"),
        (["--remove", "nut", "--undo"], "Say --remove NAME"),
        (["--remove", "nut", "--into", "bolt", "--with-boxes"], "Say what becomes of the boxes"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Called, words: list[str], sentence: str) -> None:
    status, _, err = call(*words)
    assert status == 2
    assert sentence in err
