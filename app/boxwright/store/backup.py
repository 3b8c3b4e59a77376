"""Copies of the pool in the project's `backups` folder."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from boxwright.domain.errors import ProjectError
from boxwright.store.connection import Store

FOLDER = "backups"


def back_up(store: Store, why: str = "copy") -> Path:
    """Copy the pool to `backups/TIME-WHY.db` through SQLite's backup API and return the path.

    Written aside, checked, then renamed: a file with the final name is always whole. Raises ProjectError.
    """
    folder = store.folder / FOLDER
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = folder / f"{stamp}-{why}.db"
    aside = target.with_suffix(".part")
    try:
        folder.mkdir(exist_ok=True)
        store.copy_to(aside)
        _check(aside)
        aside.replace(target)
    except OSError as error:
        raise ProjectError(f"The backup {target} could not be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()
    return target


def _check(path: Path) -> None:
    copy = Store(path, read_only=True)
    try:
        verdict = copy.value("PRAGMA quick_check")
    finally:
        copy.close()
    if verdict != "ok":
        raise ProjectError(f"The backup {path} did not come out whole ({verdict}): check the disk.")
