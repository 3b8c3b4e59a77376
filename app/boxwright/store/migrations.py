"""Schema of the pool, as steps that are applied in order and never changed once released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.errors import ProjectError
from boxwright.store.backup import back_up
from boxwright.store.connection import Store
from boxwright.store.steps import STEPS

if TYPE_CHECKING:
    from sqlite_utils.migrations import Migrations

NAME = "boxwright"


def names() -> list[str]:
    """Every step this program knows, in order."""
    return [step.__name__ for step in STEPS]


def applied(store: Store) -> list[str]:
    """The steps that the file has seen; empty for a new file."""
    if not store.value("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"):
        return []
    return [r[0] for r in store.rows("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", [NAME])]


def migrations() -> Migrations:
    """The steps as a `sqlite_utils` migration set."""
    from sqlite_utils.migrations import Migrations

    found = Migrations(NAME)
    for step in STEPS:
        found()(step)
    return found


def migrate(store: Store) -> None:
    """Bring the file up to date, after a copy of it into `backups/` when it already holds work.

    Raises ProjectError when a newer program made the file, or when it is old and may not be written.
    """
    done = applied(store)
    unknown = set(done) - set(names())
    if unknown:
        raise ProjectError(
            "The project {0} was made by a newer Boxwright: update this program to open it.", store.folder
        )
    if len(done) == len(STEPS):
        return
    if store.read_only:
        raise ProjectError(
            "The project {0} is from an older Boxwright: open it once where it can be changed, "
            "in its window for instance, and it is brought up to date.",
            store.folder,
        )
    if done:
        back_up(store.path, "before-update")
    with store.transaction():
        migrations().apply(store.db)
