"""Start-up is all imports: what is slow to load is loaded by the first who needs it, after the window is painted."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxwright.cli.app import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "app" / "boxwright"
SLOW = ("cv2", "onnxruntime", "torch", "onnx", "PIL", "hotcoco", "matplotlib", "scipy")


def loaded_by(*modules: str) -> set[str]:
    """Which of `SLOW` a fresh interpreter holds after importing `modules`."""
    program = f"import sys, {', '.join(modules)}; print([m for m in {SLOW!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr.splitlines()[-1]
    return set(ast.literal_eval(done.stdout))


def imports(nodes: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Line and module of every import that runs when the module is loaded."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from imports(node.orelse)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for name in ("body", "orelse", "finalbody", "handlers"):
                yield from imports(getattr(node, name, []))


def eager(root: Path, module: str) -> list[str]:
    """Where under `root` `module` is imported as soon as the importing file is."""
    return [
        f"{file.relative_to(root)}:{line} imports {name} when it is loaded."
        for file in sorted(root.rglob("*.py"))
        for line, name in imports(ast.parse(file.read_text(encoding="utf-8")).body)
        if name == module or name.startswith(module + ".")
    ]


def test_the_window_loads_nothing_slow_before_it_is_painted() -> None:
    assert loaded_by("boxwright.main", "boxwright.ui.shell.application") == set()


def test_no_command_is_slow_to_explain_itself() -> None:
    assert loaded_by("boxwright.cli.app", *(f"boxwright.cli.{name}_command" for name in COMMANDS)) == set()


@pytest.mark.parametrize("module", ["torch", "onnx"])
def test_training_libraries_are_imported_inside_functions(module: str) -> None:
    """`training/nets` holds the networks themselves; functions import it, as they would torch."""
    found = [place for place in eager(PACKAGE, module) if not place.startswith("training/nets/")]
    assert found == []


def test_no_module_outside_the_networks_loads_torch() -> None:
    names = [info.name for info in pkgutil.walk_packages([str(PACKAGE)], "boxwright.")]
    rest = [name for name in names if not name.endswith("__main__") and "training.nets" not in name]
    assert len(rest) > 50
    assert loaded_by(*rest) & {"torch", "onnx"} == set()


def test_nothing_uses_a_part_of_qt_whose_licence_we_cannot_keep() -> None:
    for file in PACKAGE.rglob("*.py"):
        assert "QtCharts" not in file.read_text(encoding="utf-8"), f"{file} uses QtCharts, which is GPL."


@pytest.mark.parametrize(
    "source",
    ["import torch.nn\n", "from torch import nn\n", "try:\n    import torch\nexcept ImportError:\n    pass\n"],
)
def test_a_planted_eager_import_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "planted.py").write_text(source)
    assert len(eager(tmp_path, "torch")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    import torch\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n",
        "import torchlight\n",
    ],
)
def test_a_lazy_import_is_none(tmp_path: Path, source: str) -> None:
    (tmp_path / "planted.py").write_text(source)
    assert eager(tmp_path, "torch") == []
