"""Copies of the pool: made once a day and before what changes much, listed, and gone back to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from boxwright.config.lock import WriterLock
from boxwright.domain.errors import BoxwrightError, ProjectError, ReadOnlyProject
from boxwright.services.project.project import DATABASE, LOCK, Project, held_elsewhere
from boxwright.services.project.roots import missing_roots
from boxwright.store import backup, backup_files
from boxwright.store.backup import Counts
from boxwright.store.backup_files import Backup
from boxwright.store.connection import Store
from boxwright.store.migrations import applied, migrate, names

log = logging.getLogger(__name__)


class Why(StrEnum):
    """The end of a backup's file name."""

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
    """`counts` None: it cannot be read any more."""

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


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept`: the name of the copy of what was there before. `notes`: whole sentences on what then was there and is not
    any more."""

    backup: Backup
    kept: str
    notes: tuple[str, ...]


def before(project: Project, why: Why) -> None:
    """Keep a copy of the pool as it is now, because much of it may change in one step. Nothing is copied when nothing
    has changed since the newest one. What does not work is told by `project.tell` and never stops the work. On any
    thread; inside a transaction the copy is the state before it."""
    if not changed_since_copy(project.folder):
        return
    try:
        backup.back_up(project.folder / DATABASE, why)
    except ProjectError as error:
        project.tell(f"{error} The work goes on without this backup.")


def daily(project: Project) -> None:
    """As `before`, unless there is a copy of today. It takes as long as reading and writing the file does, so where
    somebody waits it is for a thread of its own."""
    now = datetime.now(UTC)
    today = now.astimezone().date()
    listed = backup_files.good(backup_files.backups(project.folder))
    if not project.read_only and not any(b.made.astimezone().date() == today and b.made <= now for b in listed):
        before(project, Why.DAILY)


def make(project: Project) -> Backup:
    """A copy that somebody asked for. Raises ProjectError."""
    path = backup.back_up(project.folder / DATABASE, Why.ASKED)
    return next(b for b in backup_files.backups(project.folder) if b.path == path)


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
        if _flaw(found.path) is None and (counts := _counts(found.path)) is not None:
            return Listed(found, counts)
    return None


def restore(folder: Path, name: str | None = None) -> Restored:
    """Let the project be as the copy `name` has it, by default the newest that is whole. What is there now is kept as a
    copy first, also when it is damaged, so that one can go back from going back. Detectors of then whose file is gone
    are not in use afterwards. Raises ReadOnlyProject while the project is open, and ProjectError; then nothing has
    changed."""
    folder = Path(folder).expanduser().absolute()
    with _locked(folder):
        chosen = _chosen(folder, name)
        kept = _exchange(folder, chosen)
        notes = _settled(folder)
    return Restored(chosen, kept, notes)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if not folder.is_dir():
        raise ProjectError(f"There is no folder {folder}: check the path.")
    lock = WriterLock(folder / LOCK)
    try:
        if not lock.acquire():
            raise ReadOnlyProject(held_elsewhere(folder, lock))
    except OSError as error:
        raise ProjectError(f"Nothing can be changed in {folder}: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def _chosen(folder: Path, name: str | None) -> Backup:
    if name is None:
        newest = newest_whole(folder)
        if newest is None:
            raise ProjectError(f"There is no backup in {folder / backup_files.FOLDER} that could be gone back to.")
        return newest.backup
    known = {found.name: found for found in backup_files.backups(folder)}
    chosen = known.get(Path(name).name.removesuffix(".db"))
    if chosen is None:
        raise ProjectError(f"There is no backup '{name}' in {folder}: 'boxwright backups \"{folder}\"' lists them.")
    if (flaw := _flaw(chosen.path)) is not None:
        raise ProjectError(f"The backup '{chosen.name}' is damaged ({flaw}), so nothing was changed: choose another.")
    return chosen


def _exchange(folder: Path, chosen: Backup) -> str:
    """Put the copy in the pool's place; the name under which the pool as it was is kept."""
    database = folder / DATABASE
    if _flaw(database) is None:
        kept = backup.back_up(database, Why.GOING_BACK, spare=chosen.path).stem
        backup.put_back(chosen.path, database)
        return kept
    try:
        return backup.put_in_place(chosen.path, database).stem
    except OSError as error:
        raise ProjectError(
            f"The backup '{chosen.name}' could not be put in place: {error.strerror or error}; nothing was changed."
        ) from error


def _settled(folder: Path) -> tuple[str, ...]:
    """Bring an old copy up to date, and let nothing point at files that are gone."""
    with Project(folder, Store(folder / DATABASE)) as project:
        migrate(project.store)
        notes = []
        for model in project.models.all():
            if not model.file or (folder / model.file).is_file():
                continue
            if model.active:
                project.models.deactivate()
                notes.append(
                    f"The file of the detector '{model.name}' that was in use then is gone, so no detector is in use: "
                    "choose another, or add it again."
                )
            else:
                notes.append(f"The file of the detector '{model.name}' is gone, so it cannot be used.")
        notes += [
            f"The image folder '{root.name}' of then is not at {root.folder}: point to its new place, or its images "
            "cannot be shown."
            for root in missing_roots(project)
        ]
    return tuple(notes)


def _counts(path: Path) -> Counts | None:
    try:
        return backup.counts_of(path)
    except BoxwrightError:
        return None


def _flaw(path: Path) -> str | None:
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
        return "it is no project"
    return "it was made by a newer Boxwright" if set(done) - set(names()) else None
