"""Going back to a backup of the pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boxwright.config.lock import WriterLock
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.domain.messages import Message, reason_of
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
    """Result of going back.

    `kept`: the name of the copy of what was there before. `notes`: whole sentences on what then was there and is not
    any more.
    """

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
        raise ProjectError("There is no folder {0}: check the path.", folder)
    lock = WriterLock(folder / LOCK)
    try:
        if not lock.acquire():
            raise ReadOnlyProject(held_elsewhere(folder, lock))
    except OSError as error:
        raise ProjectError("Nothing can be changed in {0}: {1}.", folder, reason_of(error)) from error
    try:
        yield
    finally:
        lock.release()


def _chosen(folder: Path, name: str | None) -> Backup:
    if name is None:
        newest = newest_whole(folder)
        if newest is None:
            raise ProjectError("There is no backup in {0} that could be gone back to.", folder / backup_files.FOLDER)
        return newest.backup
    known = {found.name: found for found in backup_files.backups(folder)}
    chosen = known.get(Path(name).name.removesuffix(".db"))
    if chosen is None:
        raise ProjectError("There is no backup '{0}' in {1}: 'boxwright backups \"{1}\"' lists them.", name, folder)
    if (flaw := flaw_of(chosen.path)) is not None:
        raise ProjectError(
            "The backup '{0}' is damaged ({1}), so nothing was changed: choose another.", chosen.name, Message(flaw)
        )
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
            "The backup '{0}' could not be put in place: {1}; nothing was changed.", chosen.name, reason_of(error)
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
                    Message(
                        "The file of the detector '{0}' that was in use then is gone, so no detector is in use: "
                        "choose another, or add it again.",
                        model.name,
                    )
                )
            else:
                notes.append(Message("The file of the detector '{0}' is gone, so it cannot be used.", model.name))
        notes += [
            Message(
                "The image folder '{0}' of then is not at {1}: point to its new place, or its images cannot be shown.",
                root.name,
                root.folder,
            )
            for root in missing_roots(project)
        ]
    return tuple(notes)
