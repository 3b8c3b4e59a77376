"""Locks that end with their process, however that ends: one program at a time may change a project."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

# Windows locks bytes against reading too, so the locked byte lies far behind the text that names the holder.
_LOCKED_BYTE = 1 << 20


class WriterLock:
    """Lock file of one writer.

    Such as `project.lock` in the project folder. The file stays; only the lock on it counts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the lock; False when somebody else holds it. Raises OSError where the file cannot be made."""
        # a+: neither truncates what the holder wrote, nor fails when the file is new.
        file = self.path.open("a+b")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file
        return True

    def holder(self) -> str:
        """The process number of who holds the lock, empty when it cannot be told."""
        try:
            with self.path.open("rb") as file:
                return file.read(32).decode("ascii", "ignore").strip()
        except OSError:
            return ""

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def abandoned(path: Path) -> bool:
    """Whether the lock file `path` is there and whoever held it has ended."""
    lock = WriterLock(path)
    try:
        if not path.is_file() or not lock.acquire():
            return False
    except OSError:
        return False
    lock.release()
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        # flock, not lockf: a POSIX record lock would not stop a second window of the same process.
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
