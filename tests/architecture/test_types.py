"""mypy sees the libraries that hold the arrays, the graphs and the rows, and tells of a wrong call of one of them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.test_words import REPOSITORY

CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
SEEN = ("torch", "torch.nn", "onnx", "onnxruntime", "cv2", "sqlite_utils", "PIL", "numpy", "PySide6", "hotcoco")
# What makes a library that is installed look as if everything were right.
BLINDS = {"follow_imports": ("skip", "silent"), "ignore_missing_imports": (True,), "ignore_errors": (True,)}


def blinded(configuration: dict[str, Any], libraries: Iterable[str] = SEEN) -> list[str]:
    """Those of `libraries` that mypy is told not to look at."""
    parts = [{"module": "*", **configuration}, *configuration.get("overrides", [])]
    patterns = [
        pattern
        for part in parts
        if any(part.get(option) in values for option, values in BLINDS.items())
        for pattern in ([part["module"]] if isinstance(part["module"], str) else part["module"])
    ]
    return [name for name in libraries if any(fnmatchcase(f"{name}.", f"{p.removesuffix('*')}*") for p in patterns)]


def complaints(program: Path) -> list[int]:
    """Lines of all that mypy says of `program` with the configuration of this project."""
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--no-error-summary", str(program)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return [int(line) for line in re.findall(r"planted\.py:(\d+): error: ", done.stdout)]


def test_no_library_of_weight_is_hidden() -> None:
    assert blinded(CONFIGURATION) == []
    assert CONFIGURATION["strict"] and CONFIGURATION.get("warn_unused_ignores", True)
    assert CONFIGURATION["files"] == ["app", "packaging", "tests"]


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ({"overrides": [{"module": ["cv2.*", "torch.*"], "follow_imports": "skip"}]}, ["torch", "torch.nn", "cv2"]),
        ({"overrides": [{"module": "onnx.*", "ignore_errors": True}]}, ["onnx"]),
        ({"overrides": [{"module": ["pyarrow.*"], "ignore_missing_imports": True}]}, []),
        ({"ignore_missing_imports": True}, list(SEEN)),
    ],
)
def test_a_planted_blind_is_found(planted: dict[str, Any], found: list[str]) -> None:
    assert blinded(planted) == found


def test_a_wrong_call_of_torch_is_found_and_a_right_one_is_not(tmp_path: Path) -> None:
    program = tmp_path / "planted.py"
    program.write_text("""
import torch
from torch import Tensor
from boxwright.training.nets.head import Head, HeadOutput
def joined(maps: list[Tensor]) -> Tensor:
    return torch.cat(maps, dim="channels")
def scored(head: Head, picture: Tensor) -> HeadOutput:
    return head(picture)
def best(scores: Tensor) -> Tensor:
    return scores.topk(3, dim=1)
def right(head: Head, maps: list[Tensor]) -> Tensor:
    return torch.cat([head(maps).logits.sigmoid(), torch.zeros(1)], dim=1).amax(1)
""")
    assert complaints(program) == [6, 8, 10]
