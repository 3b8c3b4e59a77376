"""SQLite connection to the pool: WAL, foreign keys, immediate transactions that nest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.domain.errors import ReadOnlyProject
from boxwright.domain.messages import Message
from boxwright.store.errors import DamagedProject, explain
from boxwright.store.guard import check_schema, disarm

if TYPE_CHECKING:
    from sqlite_utils import Database

# numpy scalars speak the buffer protocol, so without these SQLite would take them for blobs and find nothing.
for _scalar in (np.int64, np.int32, np.float32, np.float64):
    sqlite3.register_adapter(_scalar, methodcaller("item"))

Parameters = Sequence[Any]
BUSY_MS = 10_000
WAL_BYTES = 64 << 20
READ_ONLY = Message("This project was opened for reading only, so nothing can be changed in it.")


class Store:
    """SQLite connection of one thread: it belongs to the thread that made it; other threads open their own.

    Every commit is on disk when it returns (`synchronous=FULL`). Raises `StorageError` for what the disk or another
    program does, `ReadOnlyProject` for a write to a store opened with `read_only`. `must_exist`: a file that is gone
    meanwhile is not made anew.
    """

    def __init__(self, path: Path, read_only: bool = False, busy_ms: int = BUSY_MS, must_exist: bool = False) -> None:
        self.path = Path(path)
        self.folder = self.path.parent.absolute()
        self.read_only = read_only
        self.read_only_reason: str = READ_ONLY
        self._depth = 0
        with self._explained():
            mode = "rw" if must_exist else "rwc"
            self._connection = self._connect_to_read() if read_only else _connect(f"{self._uri}?mode={mode}")
            try:
                self._configure(busy_ms)
            except BaseException:
                self._connection.close()
                raise

    @property
    def _uri(self) -> str:
        return self.path.absolute().as_uri()

    def _connect_to_read(self) -> sqlite3.Connection:
        connection = _connect(f"{self._uri}?mode=ro")
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.OperationalError:
            connection.close()
            # On a read-only medium SQLite cannot make the WAL's shared memory; with no WAL the file cannot change.
            if Path(f"{self.path}-wal").exists() or not self.path.exists():
                raise
            connection = _connect(f"{self._uri}?mode=ro&immutable=1")
        return connection

    def _configure(self, busy_ms: int) -> None:
        connection = self._connection
        disarm(connection)
        check_schema(connection, self.path)
        connection.execute(f"PRAGMA busy_timeout={busy_ms:d}")
        connection.execute("PRAGMA foreign_keys=ON")
        # Without it REPLACE deletes rows behind the back of the edit log's triggers.
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA cache_size=-16000")
        if not self.read_only:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            # After a large write (scores of a million images) the WAL gives its room back.
            connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES:d}")

    @cached_property
    def db(self) -> Database:
        """The same connection for `sqlite_utils`; imported on use because that costs start-up time."""
        from sqlite_utils import Database

        return Database(self._connection, execute_plugins=False)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise explain(error, self.path) from error
        except UnicodeDecodeError as error:
            # Names in a schema that was hit, in SQLite's own message.
            raise DamagedProject(self.path) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. The outermost takes the write lock at once, so that two writers wait instead of failing;
        one inside another is a savepoint."""
        self.require_writable()
        name = f"level_{self._depth}"
        with self._explained():
            self._connection.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN IMMEDIATE")
        self._depth += 1
        try:
            with self._explained():
                yield
        except BaseException:
            self._depth -= 1
            self._undo(name)
            raise
        self._depth -= 1
        try:
            with self._explained():
                self._connection.execute(f"RELEASE {name}" if self._depth else "COMMIT")
        except BaseException:
            self._undo(name)
            raise

    def _undo(self, name: str) -> None:
        """Roll one level back. SQLite has already rolled everything back after some errors (a full disk)."""
        if not self._connection.in_transaction:
            return
        if self._depth:
            self._connection.execute(f"ROLLBACK TO {name}")
            self._connection.execute(f"RELEASE {name}")
        else:
            self._connection.execute("ROLLBACK")

    def require_writable(self) -> None:
        if self.read_only:
            raise ReadOnlyProject(self.read_only_reason)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Every row at once: an open cursor would keep the WAL from being emptied."""
        with self._explained():
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, None when there is none."""
        found = self.row(sql, parameters)
        return found[0] if found else None

    def write(self, sql: str, parameters: Parameters = ()) -> int:
        """One statement inside a `transaction`; returns the id of an inserted row."""
        assert self._depth, "write() needs a transaction()"
        with self._explained():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def write_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """One statement for many rows inside a `transaction`; returns how many rows it changed."""
        assert self._depth, "write_many() needs a transaction()"
        with self._explained():
            return self._connection.executemany(sql, rows).rowcount

    def prove_writable(self) -> None:
        """Write to the disk without changing anything, inside a `transaction`. Raises StorageError."""
        assert self._depth, "prove_writable() needs a transaction()"
        # Where it is refused, an empty transaction may still end well.
        self.value(f"PRAGMA user_version={int(self.value('PRAGMA user_version')):d}")

    def copy_to(self, target: Path) -> None:
        """Copy the whole database as it is now, page by page, while others may read and write it."""
        with self._explained():
            copy = sqlite3.connect(target)
            try:
                # The file is worth something only once it is whole, and is flushed then.
                copy.execute("PRAGMA synchronous=OFF")
                self._connection.backup(copy)
                # One file that stands alone, without the WAL's two companions.
                copy.execute("PRAGMA journal_mode=DELETE")
            finally:
                copy.close()

    def copy_into(self, target: Store) -> None:
        """Let `target` hold what this database holds, all of it or, after a kill, nothing."""
        with target._explained():
            self._connection.backup(target._connection)

    def rebuild_to(self, target: Path) -> None:
        """As `copy_to`, but row by row with every index made anew, so that a damaged one is left behind."""
        self.rows("VACUUM INTO ?", [str(target)])

    def close(self) -> None:
        self.__dict__.pop("db", None)
        self._connection.close()


def _connect(uri: str) -> sqlite3.Connection:
    # isolation_level=None: no transaction begins but those of Store.transaction().
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def sqlite_version() -> str:
    return sqlite3.sqlite_version
