"""`boxwright trainers --install` in a real environment without torch: small wheels from an index or a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bare_environment import (
    HELPER,
    ONNX,
    TORCH,
    index,
    make_environment,
    pip_settings,
    training_wheels,
)  # fmt: skip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the build for the processor is for Linux")
INSTALL = ("trainers", "--install", "--json")


def typed(python: Path, home: Path, *words: object, address: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "boxwright", *map(str, words)],
        env=pip_settings(home, address), capture_output=True, text=True, check=False,
    )  # fmt: skip


def lacking(python: Path, home: Path) -> list[str]:
    """Trainers of ours that cannot run there."""
    listed = json.loads(typed(python, home, "trainers", "--json").stdout)["trainers"]
    return [one["name"] for one in listed if one["obstacle"] and one["name"] != "ultralytics"]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return make_environment(tmp_path / "environment")


def test_what_training_needs_is_added_from_the_index_that_pip_is_set_to(python: Path, tmp_path: Path) -> None:
    home, wheels = tmp_path / "home", training_wheels(tmp_path / "wheels")
    assert lacking(python, home) == ["scratch", "transfer"]
    with index(wheels) as address:
        done = typed(python, home, *INSTALL, "--build", "cpu", address=address)
    assert done.returncode == 0, done.stderr
    assert "Missing: torch, onnx (about " in done.stderr
    added = {one["name"]: one["version"] for one in json.loads(done.stdout)["added"]}
    assert added == {"torch": f"{TORCH}+cpu", "onnx": ONNX, "sympy": HELPER}, "numpy is there and stays"
    assert lacking(python, home) == []
    left = {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()}
    assert left == {"cache/training-parts/lock", "log/training-parts.log"}
    assert "Successfully installed" in (home / "log" / "training-parts.log").read_text()
    assert json.loads(typed(python, home, *INSTALL).stdout) == {"added": []}
