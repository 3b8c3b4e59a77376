"""SQLite's failures, as sentences for the person whose work was to be saved."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from boxwright.domain.errors import ProjectError
from boxwright.store.backup_files import FOLDER, backups, to_offer


class StorageError(ProjectError):
    """The project file could not be read or written. `transient` is True when trying again may help."""

    def __init__(self, message: str, transient: bool = True) -> None:
        super().__init__(message)
        self.transient = transient


class DamagedProject(StorageError):
    """The project file is no whole database any more. `folder`: of the project."""

    def __init__(self, path: Path) -> None:
        super().__init__(_damaged(path), transient=False)
        self.folder = path.parent


def explain(error: sqlite3.Error, path: Path) -> StorageError:
    """One sentence for `error`: what, where and what to do."""
    text = str(error).lower()
    where = f"the project file {path}"
    if "full" in text:
        return StorageError(f"There is no room left on the disk for {where}: free some space, then it is tried again.")
    if "locked" in text or "busy" in text:
        return StorageError(f"Another program keeps {where} locked: close it, then it is tried again.")
    if "readonly" in text or "read-only" in text:
        return StorageError(f"Nothing can be written to {where}: check the rights of the file and of its folder.")
    if "malformed" in text or "not a database" in text or "encrypted" in text:
        return DamagedProject(path)
    if "unable to open" in text:
        return StorageError(f"It was not possible to open {where}: check that the folder is there and can be written.")
    if "disk i/o" in text:
        return StorageError(f"The disk failed while using {where}: check the drive or the network connection.")
    return StorageError(f"It was not possible to use {where} ({error}).", transient=False)


def _damaged(path: Path) -> str:
    """What to do depends on what there is."""
    kept = to_offer(backups(path.parent))
    if kept:
        when = f"{kept[0].made.astimezone():%Y-%m-%d %H:%M}"
        return (
            f"The project file {path} is damaged or is no project: its newest backup is of {when}; Project → Go back "
            f"to… in the window, or 'boxwright restore \"{path.parent}\"', puts it in place."
        )
    return (
        f"The project file {path} is damaged or is no project, and there is no backup of it in {path.parent / FOLDER}: "
        "put a copy of yours in its place."
    )
