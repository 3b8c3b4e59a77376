"""Schema guard: what may stand in a project file, which can come from anybody."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from boxwright.store.errors import StorageError, StorageTrouble

# Such as keep the log of edits as it is: they end at once and change nothing.
_REFUSING = re.compile(
    r"CREATE TRIGGER \w+ (?:BEFORE |AFTER )?(?:INSERT|UPDATE|DELETE) ON \w+ (?:FOR EACH ROW )?"
    r"BEGIN SELECT RAISE ?\((?:ABORT|FAIL|ROLLBACK), ?'[^']*'\); END",
    re.IGNORECASE,
)
_COMPUTED = (
    "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c "
    "WHERE m.type = 'table' AND c.hidden IN (2, 3) LIMIT 1"
)


def disarm(connection: sqlite3.Connection) -> None:
    """Let nothing in the file call what reaches beyond it, and notice damage where it is first read."""
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Reads the schema alone. Raises StorageError for a trigger that does more than refuse, a view, a virtual table or
    a computed column: each can run without end, or change what nobody asked for."""
    found = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'"
    for kind, name, sql in connection.execute(found).fetchall():
        if kind != "trigger" or _REFUSING.fullmatch(" ".join(str(sql).split())) is None:
            raise _strange(path, "virtual table" if kind == "table" else kind, name)
    if (column := connection.execute(_COMPUTED).fetchone()) is not None:
        raise _strange(path, "computed column", column[0])


def _strange(path: Path, kind: str, name: str) -> StorageError:
    return StorageError(
        "The project file {0} holds the {1} '{2:.60}', which this Boxwright does not make, so it was not "
        "opened: it is of a newer one, or somebody has put it there.",
        path,
        kind,
        name,
        trouble=StorageTrouble.BROKEN,
    )
