"""No process loads a library that reports by itself before that is switched off."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.test_words import REPOSITORY, text_files

PACKAGE = REPOSITORY / "app" / "boxwright"
DOOR = PACKAGE / "config" / "onnx_runtime.py"
LOADING = re.compile(
    r"^[^#\n]*?(?:\bimport\b[^\n#]*\bonnxruntime\b|\bfrom onnxruntime\b"
    r"|(?:import_module|__import__)\(\s*[\"']onnxruntime)",
    re.M,
)


def past_the_door(text: str) -> list[str]:
    """Lines that load ONNX Runtime and not the package before it."""
    lines = [match.group() for match in LOADING.finditer(text)]
    return [line for line in lines if "boxwright" not in line.split("onnxruntime")[0]]


def test_nothing_loads_onnx_runtime_past_the_door() -> None:
    found = {
        str(file.relative_to(REPOSITORY)): lines
        for file in text_files()
        if file not in (DOOR, Path(__file__)) and file.suffix not in (".md", ".txt")
        if (lines := past_the_door(file.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "import onnxruntime",
        "    import onnxruntime as ort",
        "import numpy, onnxruntime",
        "from onnxruntime import InferenceSession",
        "from onnxruntime.quantization import quantize",
        "ort = importlib.import_module('onnxruntime')",
        "python -c 'import cv2, onnxruntime'",
        'program = "import onnxruntime; print(1)"',
    ],
)
def test_a_planted_import_is_found(line: str) -> None:
    assert past_the_door(f"x = 1\n{line}\n")


@pytest.mark.parametrize("line", ["# import onnxruntime", "heavy = ('onnxruntime',)", "import boxwright, onnxruntime"])
def test_what_loads_nothing_too_early_is_none(line: str) -> None:
    assert past_the_door(line) == []


def test_the_switch_is_the_first_thing_that_the_package_imports() -> None:
    """And the switch itself imports nothing but the standard library."""
    first = next(
        node for node in ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )  # fmt: skip
    assert ast.unparse(first) == "from boxwright.config.offline import stay_offline"
    program = (
        "import sys; from boxwright.config import offline; "
        "print([n for n in sys.modules if n.partition('.')[0] in ('numpy', 'onnxruntime', 'cv2', 'torch', 'PySide6')])"
    )
    assert said(program) == "[]"


@pytest.mark.parametrize(
    "module", ["boxwright", "boxwright.worker", "boxwright.training.process_group_guard", "boxwright.main"]
)
def test_it_is_off_whatever_the_person_had_set(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    assert said(f"import os, {module}; print(os.environ['ORT_DISABLE_TELEMETRY'])") == "1"


def said(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
