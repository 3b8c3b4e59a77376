"""Errors of SQLite, as sentences for the person whose work was to be saved."""

from __future__ import annotations

import errno
import sqlite3
import tempfile
from enum import Enum
from pathlib import Path

from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message, joined
from boxwright.store.backup_files import FOLDER, backups, to_offer

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG}
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
# A schema page that was hit tells of tables that are not there, a text page of letters that are none.
_SIGNS = (
    "malformed", "not a database", "encrypted", "no such table", "no such column", "no such index", "could not decode",
    "unsupported file format",
)  # fmt: skip
# More than SQLite asks a disk for at once.
_ROOM_BYTES = 1 << 18


class StorageTrouble(Enum):
    """Kind of trouble for which a write was refused. `ROOM` and `BUSY` pass by themselves: what was to be written
    can wait. `AWAY`: the file cannot be reached or written as things are. `BROKEN`: this can never be written to this
    file as it is."""

    ROOM = "room"
    BUSY = "busy"
    AWAY = "away"
    BROKEN = "broken"


class StorageError(ProjectError):
    """The project file could not be read or written."""

    def __init__(self, template: str, *arguments: object, trouble: StorageTrouble = StorageTrouble.BUSY) -> None:
        super().__init__(template, *arguments)
        self.trouble = trouble

    @property
    def passes(self) -> bool:
        """What was to be written can wait until it is over."""
        return self.trouble in (StorageTrouble.ROOM, StorageTrouble.BUSY)


class DamagedProject(StorageError):
    """The project file is no whole database any more, or holds `what` cannot be right."""

    def __init__(self, path: Path, what: str = "") -> None:
        super().__init__(joined(" ", (_damage(path, what), _way_out(path))), trouble=StorageTrouble.BROKEN)


def explain(error: sqlite3.Error, path: Path) -> StorageError:
    """One sentence for `error`: what, where and what to do."""
    text = str(error).lower()
    where = Message("the project file {0}", path)
    if _is_damage(error, text):
        return DamagedProject(path)
    if "full" in text or ("disk i/o" in text and _no_room(path.parent)):
        return StorageError(
            "There is no room left on the disk for {0}: free some space, then it is tried again.",
            where,
            trouble=StorageTrouble.ROOM,
        )
    if "locked" in text or "busy" in text:
        return StorageError(
            "Another program keeps {0} locked: close it, then it is tried again.", where, trouble=StorageTrouble.BUSY
        )
    if "readonly" in text or "read-only" in text:
        return StorageError(
            "Nothing can be written to {0}: check the rights of the file and of its folder.",
            where,
            trouble=StorageTrouble.AWAY,
        )
    if "unable to open" in text:
        return StorageError(
            "It was not possible to open {0}: check that the folder is there and can be written.",
            where,
            trouble=StorageTrouble.AWAY,
        )
    if "disk i/o" in text:
        return StorageError(
            "The disk failed while using {0}: check the drive or the network connection.",
            where,
            trouble=StorageTrouble.AWAY,
        )
    return StorageError("It was not possible to use {0} ({1}).", where, error, trouble=StorageTrouble.BROKEN)


def _no_room(folder: Path) -> bool:
    """SQLite calls a used-up quota, and a disk too full for its shared memory, a failure of the disk."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(b"\0" * _ROOM_BYTES)
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return False


def _damage(path: Path, what: str) -> Message:
    if what:
        return Message("The project file {0} holds what cannot be right ({1}).", path, what)
    return Message("The project file {0} is damaged or is no project.", path)


def _way_out(path: Path) -> Message:
    """What to do depends on what there is."""
    kept = to_offer(backups(path.parent))
    if kept:
        return Message(
            "Its newest backup is of {0}: Project → Go back to… in the window, "
            "or 'boxwright restore \"{1}\"', puts it in place.",
            f"{kept[0].made.astimezone():%Y-%m-%d %H:%M}",
            path.parent,
        )
    return Message("There is no backup of it in {0}: put a copy of yours in its place.", path.parent / FOLDER)


def _is_damage(error: sqlite3.Error, text: str) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return (code is not None and (code & 0xFF in _DAMAGE or code == _SHORT_READ)) or any(
        sign in text for sign in _SIGNS
    )
