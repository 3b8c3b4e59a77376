"""Backups of the pool in the project's `backups` folder, and how one of them is put in the pool's place."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from boxwright.config.atomic import writing
from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import reason_of
from boxwright.store.backup_files import DAMAGED, FOLDER, backups, name_for, remove, superfluous
from boxwright.store.connection import Store
from boxwright.store.errors import DamagedProject

# What is left for the work itself.
ROOM = 16 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """Images and boxes in a project file."""

    images: int
    labeled: int
    boxes: int


def back_up(database: Path, why: str, spare: Path | None = None) -> Path:
    """Copy the pool in `database` to `backups/TIME-WHY.db` through SQLite's backup API and return the path. Others may
    read and write meanwhile: the connection is its own, and the copy is the state of one moment.

    Written aside, checked, flushed, then renamed: a file with the final name is always whole. Only then older ones go,
    but for `spare`. Raises ProjectError; then nothing is left and all older ones stay.
    """
    folder = database.parent / FOLDER
    target = folder / name_for(datetime.now(UTC), why)
    try:
        folder.mkdir(exist_ok=True)
        _check_room(database, folder)
        with writing(target) as aside:
            _copy(database, aside)
            if (verdict := flaw_of(aside)) is not None:
                if flaw_of(database) is not None:
                    raise DamagedProject(database)
                raise ProjectError("The backup {0} did not come out whole ({1}): check the disk.", target, verdict)
    except OSError as error:
        raise ProjectError("The backup {0} could not be written: {1}.", target, reason_of(error)) from error
    for old in superfluous(backups(database.parent)):
        if old.path != spare:
            remove(old)
    return target


def flaw_of(database: Path) -> str | None:
    """What SQLite finds wrong with the file; None when it is whole. Raises ProjectError where it cannot be read."""
    store = Store(database, read_only=True)
    try:
        verdict = str(store.value("PRAGMA quick_check(1)"))
    finally:
        store.close()
    return None if verdict == "ok" else verdict.splitlines()[-1]


def counts_of(database: Path) -> Counts:
    """Raises ProjectError where the file is damaged or no project."""
    store = Store(database, read_only=True)
    try:
        images, labeled = store.rows("SELECT count(*), coalesce(sum(state = 'labeled'), 0) FROM image")[0]
        return Counts(images, labeled, store.value("SELECT count(*) FROM annotation"))
    finally:
        store.close()


def put_back(backup: Path, database: Path) -> None:
    """Let the pool in `database`, which is whole, hold what `backup` holds: one transaction of SQLite, so that a kill
    leaves the one or the other. For the one who holds the writer lock. Raises ProjectError."""
    source, target = Store(backup, read_only=True), Store(database)
    try:
        source.copy_into(target)
    finally:
        target.close()
        source.close()


def put_in_place(backup: Path, database: Path) -> Path:
    """As `put_back` for a `database` that is damaged, or gone: it is kept in `backups`, then replaced in one step.
    Returns where it is kept. Raises OSError."""
    kept = database.parent / FOLDER / name_for(datetime.now(UTC), DAMAGED)
    wal = Path(f"{database}-wal")
    if database.exists():
        with writing(kept) as aside:
            shutil.copyfile(database, aside)
    with writing(database) as aside:
        shutil.copyfile(backup, aside)
        # Its journal would be played into the new file.
        if wal.exists() and wal.stat().st_size:
            wal.replace(f"{kept}-wal")
        wal.unlink(missing_ok=True)
        Path(f"{database}-shm").unlink(missing_ok=True)
    return kept


def _check_room(database: Path, folder: Path) -> None:
    size = sum(path.stat().st_size for path in (database, Path(f"{database}-wal")) if path.exists())
    if shutil.disk_usage(folder).free < size + ROOM:
        raise ProjectError(
            "There is no room on the disk for a backup of {0}: free {1:,} MB.", database, size + ROOM >> 20
        )


def _copy(database: Path, aside: Path) -> None:
    store = Store(database, read_only=True)
    try:
        store.copy_to(aside)
    finally:
        store.close()
