"""The import rule, and that breaking it is noticed: each contract is broken once in a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package `folder/boxwright` under the contracts of pyproject.toml."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(REPOSITORY / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of the package, to be spoiled."""
    shutil.copytree(
        REPOSITORY / "app" / "boxwright", tmp_path / "boxwright", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def test_the_package_keeps_every_contract(copied: Path) -> None:
    done = lint_imports(copied)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/box.py", "import boxwright.store", "Layers"),
        ("config/paths.py", "import boxwright.store", "Layers"),
        ("domain/box.py", "import boxwright.config", "Layers"),
        ("sampling/scores.py", "import boxwright.inference", "Layers"),
        ("services/__init__.py", "import boxwright.cli", "Layers"),
        ("services/__init__.py", "import boxwright.simulate", "Layers"),
        ("simulate/__init__.py", "import boxwright.worker", "Layers"),
        ("simulate/__init__.py", "import torch", "torch only in training"),
        ("cli/app.py", "import boxwright.ui", "Layers"),
        ("services/__init__.py", "from PySide6 import QtCore", "Qt only in ui"),
        ("services/__init__.py", "import sqlite3", "SQLite only in store"),
        ("ui/__init__.py", "import sqlite_utils", "SQLite only in store"),
        ("inference/__init__.py", "import torch", "torch only in training"),
        ("services/detectors/catalogue.py", "import requests", "A network only where"),
        ("ui/__init__.py", "from http.client import HTTPConnection", "A network only where"),
        ("ui/panels/queue_panel.py", "from boxwright.ui.shell.main_window import MainWindow", "Rooms of the window"),
        ("ui/retraining/controller.py", "from boxwright.ui.actions.table import ACTIONS", "Rooms of the window"),
        ("ui/detectors/prelabel.py", "import boxwright.ui.batches.next_batch", "Rooms of the window"),
        ("ui/project/workspace.py", "import boxwright.ui.canvas.canvas", "Rooms of the window"),
        ("ui/labelling/session.py", "import boxwright.ui.project.workspace", "Rooms of the window"),
    ],
)
def test_a_planted_import_breaks_its_contract(copied: Path, module: str, line: str, contract: str) -> None:
    with (copied / "boxwright" / module).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = lint_imports(copied)
    assert done.returncode != 0
    broken = [text for text in done.stdout.splitlines() if " BROKEN" in text]
    assert len(broken) == 1, done.stdout
    assert broken[0].startswith(contract)


def test_a_package_without_a_place_in_the_layers_breaks_the_contract(copied: Path) -> None:
    (copied / "boxwright" / "helpers.py").touch()
    done = lint_imports(copied)
    assert done.returncode != 0
    assert "boxwright.helpers" in done.stdout
