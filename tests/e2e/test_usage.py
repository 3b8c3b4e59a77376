"""What a slip of the finger on the command line gives: one sentence and exit status 2, never a window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boxwright.cli.app import COMMANDS


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "boxwright", *words],
        cwd=folder, env={**os.environ, "COLUMNS": "100"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("words", [["stauts"], ["stauts", "fish"], ["--nonsense"], ["next"], ["status", "a", "b"]])
def test_a_slip_is_wrong_usage(tmp_path: Path, words: list[str]) -> None:
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip()) > 20


@pytest.mark.quick
def test_help_names_every_command(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.split("Commands:")[1].splitlines() if line.strip()}
    assert listed >= set(COMMANDS)


@pytest.mark.parametrize("name", ["status", "prelabel", "next", "export"])
def test_a_folder_that_is_no_project_is_one_sentence(tmp_path: Path, name: str) -> None:
    words = [name, str(tmp_path), *(["out", "--format", "coco"] if name == "export" else [])]
    done = run(*words, folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip().count("\n") == 0
    assert str(tmp_path) in done.stderr
    assert list(tmp_path.iterdir()) == []
