"""Cache of previews on disk. They can be made again, so they are written the fast way and any damage is thrown away."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

LIMIT_BYTES = 512 * 2**20
_KEPT = 0.8
"""The share of the limit that is left after making room."""

_LOOK_EVERY = 256
_TABLE = (
    "CREATE TABLE IF NOT EXISTS thumbnail (name TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, "
    "data BLOB NOT NULL)"
)


class ThumbnailStore:
    """Bounded cache of previews.

    JPEG files by name, at most `limit_bytes` of them: those used longest ago go first. May be called on any thread,
    and by several windows at once. Whatever goes wrong costs a preview that is made again, never an error.
    """

    def __init__(self, file: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._file, self._limit = file, limit_bytes
        self._lock = threading.Lock()
        self._puts = 0
        # Opened by the first who asks, which is never the thread of the window.
        self._connection: sqlite3.Connection | None = None
        self._ready = False

    def get(self, name: str) -> bytes | None:
        found = self._run("SELECT data FROM thumbnail WHERE name = ?", (name,))
        if not found:
            return None
        self._run("UPDATE thumbnail SET used = ? WHERE name = ?", (_now(), name))
        return bytes(found[0][0])

    def put(self, name: str, data: bytes) -> None:
        self._run("INSERT OR REPLACE INTO thumbnail VALUES (?, ?, ?, ?)", (name, _now(), len(data), data))
        self._puts += 1
        if self._puts % _LOOK_EVERY == 1:
            self.make_room()

    @property
    def stored_bytes(self) -> int:
        found = self._run("SELECT coalesce(sum(size), 0) FROM thumbnail")
        return int(found[0][0]) if found else 0

    def make_room(self) -> None:
        """Drop what was used longest ago once the limit is passed."""
        if self.stored_bytes <= self._limit:
            return
        keep = int(self._limit * _KEPT)
        self._run(
            "DELETE FROM thumbnail WHERE name IN (SELECT name FROM (SELECT name, sum(size) OVER "
            "(ORDER BY used DESC, name) AS together FROM thumbnail) WHERE together > ?)",
            (keep,),
        )

    def close(self) -> None:
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.close()
            self._ready, self._connection = True, None

    def _run(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[bytes]]:
        with self._lock:
            if not self._ready:
                self._ready, self._connection = True, self._opened()
            if self._connection is None:
                return []
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError:
                return []

    def _opened(self) -> sqlite3.Connection | None:
        for _ in range(2):
            connection: sqlite3.Connection | None = None
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False, timeout=2)
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=OFF")
                # The room that dropped previews leave is used again; the file itself never grows far past the limit.
                connection.execute(_TABLE)
                return connection
            except sqlite3.OperationalError:
                return None
            except (sqlite3.DatabaseError, OSError):
                if connection is not None:
                    connection.close()
                # No database, or a damaged one: begin anew.
                for name in (self._file, *(Path(f"{self._file}{end}") for end in ("-wal", "-shm"))):
                    with contextlib.suppress(OSError):
                        name.unlink()
        return None


def _now() -> int:
    return time.time_ns() // 1_000_000
