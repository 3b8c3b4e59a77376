"""Backups of the pool: made once a day and before what changes much, and listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.domain.messages import Message
from boxwright.services.project.layout import DATABASE
from boxwright.store import backup, backup_files
from boxwright.store.backup import Counts
from boxwright.store.backup_files import Backup
from boxwright.store.connection import Store
from boxwright.store.migrations import applied, names


class Why(StrEnum):
    """Reason of a backup: the end of its file name."""

    DAILY = "daily"
    ASKED = "asked"
    IMPORT = "before-import"
    UNDO_IMPORT = "before-undoing-import"
    RETRAIN = "before-retraining"
    CLASSES = "before-removing-class"
    UPDATE = "before-update"
    GOING_BACK = backup_files.GOING_BACK
    DAMAGED = backup_files.DAMAGED


WORDS = {
    Why.DAILY: "once a day",
    Why.ASKED: "asked for",
    Why.IMPORT: "before an import",
    Why.UNDO_IMPORT: "before an import was undone",
    Why.RETRAIN: "before a retraining",
    Why.CLASSES: "before a class was removed",
    Why.UPDATE: "before an update of the project file",
    Why.GOING_BACK: "before going back",
    Why.DAMAGED: "damaged, kept as it was",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Backup in a list. `counts` None: it cannot be read any more."""

    backup: Backup
    counts: Counts | None

    @property
    def words(self) -> str:
        """Why it was made."""
        return WORDS[Why(self.backup.why)] if self.backup.why in set(Why) else self.backup.why.replace("-", " ")

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        counts = self.counts
        return {
            "name": self.backup.name,
            "made": self.backup.made.isoformat(timespec="seconds"),
            "why": self.backup.why,
            "bytes": self.backup.size,
            "images": counts and counts.images,
            "labeled": counts and counts.labeled,
            "boxes": counts and counts.boxes,
        }


def before(folder: Path, why: Why, tell: Callable[[str], object]) -> None:
    """Keep a copy of the pool of the project in `folder` as it is now, because much of it may change in one step.
    Nothing is copied when nothing has changed since the newest one. What does not work is a sentence for `tell` and
    never stops the work. On any thread; inside a transaction the copy is the state before it."""
    if not changed_since_copy(folder):
        return
    try:
        backup.back_up(folder / DATABASE, why)
    except ProjectError as error:
        tell(Message("{0} The work goes on without this backup.", error))


def daily(folder: Path, tell: Callable[[str], object]) -> None:
    """As `before`, unless there is a copy of today. It takes as long as reading and writing the file does, so where
    somebody waits it is for a thread of its own."""
    now = datetime.now(UTC)
    today = now.astimezone().date()
    listed = backup_files.good(backup_files.backups(folder))
    if not any(b.made.astimezone().date() == today and b.made <= now for b in listed):
        before(folder, Why.DAILY, tell)


def make(folder: Path) -> Backup:
    """A copy that somebody asked for. Raises ProjectError."""
    path = backup.back_up(folder / DATABASE, Why.ASKED)
    return next(b for b in backup_files.backups(folder) if b.path == path)


def changed_since_copy(folder: Path) -> bool:
    """Whether the pool may hold what the newest copy does not. Copies of the future, of a clock that was wrong, do not
    count."""
    now = datetime.now(UTC)
    newest = next((b for b in backup_files.good(backup_files.backups(folder)) if b.made <= now), None)
    if newest is None:
        return True
    written = [path.stat() for path in (folder / DATABASE, folder / f"{DATABASE}-wal") if path.exists()]
    latest = max((stat.st_mtime for stat in written if stat.st_size), default=0.0)
    return latest > newest.made.timestamp()


def listed(folder: Path) -> list[Listed]:
    """Newest first, with what is in each; damaged ones without."""
    return [Listed(found, _counts(found.path)) for found in backup_files.backups(folder)]


def now_there(folder: Path) -> Counts | None:
    """What is in the pool itself; None when it cannot be read."""
    return _counts(folder / DATABASE)


def newest_whole(folder: Path) -> Listed | None:
    """The copy to go back to when the project itself cannot be opened: checked from end to end."""
    for found in backup_files.to_offer(backup_files.backups(folder)):
        if flaw_of(found.path) is None and (counts := _counts(found.path)) is not None:
            return Listed(found, counts)
    return None


def _counts(path: Path) -> Counts | None:
    try:
        return backup.counts_of(path)
    except BoxwrightError:
        return None


def flaw_of(path: Path) -> str | None:
    """None: it is whole and a project that this program can read."""
    try:
        if (flaw := backup.flaw_of(path)) is not None:
            return flaw
        store = Store(path, read_only=True)
        try:
            done = applied(store)
        finally:
            store.close()
    except BoxwrightError as error:
        return str(error).rstrip(".")
    if not done:
        return Message("it is no project")
    return Message("it was made by a newer Boxwright") if set(done) - set(names()) else None
