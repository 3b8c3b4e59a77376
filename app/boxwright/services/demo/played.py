"""Folder of the played demo: each run begins anew, and what somebody has changed since an earlier one stays."""

from __future__ import annotations

import hashlib
import shutil
from itertools import count
from pathlib import Path

from boxwright.config.atomic import atomic_write
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project

_SEAL = "played.txt"


def fresh_place(out: Path) -> Path:
    """`out/project` for a new project. One that an earlier run left there makes room where it is as that run left it;
    else `project-2` and so on."""
    for number in count(1):
        folder = out / ("project" if number == 1 else f"project-{number}")
        if _is_untouched(folder):
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return folder
    raise AssertionError("unreachable")


def seal(folder: Path) -> None:
    """Remember how a run left the project in `folder`."""
    if (folder / DATABASE).is_file():
        atomic_write(folder / _SEAL, _digest(folder).encode())


def _is_untouched(folder: Path) -> bool:
    try:
        sealed = (folder / _SEAL).read_text(encoding="ascii")
        if sealed != _digest(folder):
            return False
        with Project.open(folder) as project:
            # Somebody else has it open where the lock is taken.
            return not project.read_only
    except (OSError, UnicodeDecodeError):
        return False


def _digest(folder: Path) -> str:
    """Of everything that is written down of the project."""
    total = hashlib.sha256()
    for name in (DATABASE, f"{DATABASE}-wal"):
        file = folder / name
        total.update(file.read_bytes() if file.is_file() else b"")
    return total.hexdigest()
