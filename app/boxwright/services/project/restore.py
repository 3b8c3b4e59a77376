"""Going back to a copy of the pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boxwright.config.lock import WriterLock
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.services.project.backups import Why, flaw_of, newest_whole
from boxwright.services.project.layout import DATABASE, LOCK, held_elsewhere
from boxwright.services.project.project import Project
from boxwright.services.project.roots import missing_roots
from boxwright.store import backup, backup_files
from boxwright.store.backup_files import Backup
from boxwright.store.connection import Store
from boxwright.store.migrations import migrate


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept`: the name of the copy of what was there before. `notes`: whole sentences on what then was there and is not
    any more."""

    backup: Backup
    kept: str
    notes: tuple[str, ...]


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
    if (flaw := flaw_of(chosen.path)) is not None:
        raise ProjectError(f"The backup '{chosen.name}' is damaged ({flaw}), so nothing was changed: choose another.")
    return chosen


def _exchange(folder: Path, chosen: Backup) -> str:
    """Put the copy in the pool's place; the name under which the pool as it was is kept."""
    database = folder / DATABASE
    if flaw_of(database) is None:
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
