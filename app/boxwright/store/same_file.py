"""Check whether the files of an open pool are still the ones that were opened."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.messages import reason_of
from boxwright.store.errors import StorageError, StorageTrouble

Identity = tuple[int, int]


class SameFile:
    """Check that a pool's files are the ones that were opened.

    The system lets a program write into a file that was deleted or replaced behind its back, and tells it nothing:
    all of that is gone when the program ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[Path, Identity] = {}
        self.check()

    def check(self) -> None:
        """Raises StorageError when the file, or the log beside it that holds the newest changes, is gone or another."""
        self._look(self._path)
        log = self._path.with_name(f"{self._path.name}-wal")
        if log in self._known or log.exists():
            self._look(log)

    def _look(self, path: Path) -> None:
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise StorageError(
                "The project file {0} is gone: put it back where it was, or write a rescue copy.",
                path,
                trouble=StorageTrouble.AWAY,
            ) from error
        except OSError as error:
            raise StorageError(
                "The project file {0} cannot be reached ({1}): check the drive or the network connection.",
                path,
                reason_of(error),
                trouble=StorageTrouble.AWAY,
            ) from error
        identity = (found.st_dev, found.st_ino)
        if self._known.setdefault(path, identity) != identity:
            raise StorageError(
                "Another file took the place of the project file {0}, so nothing more is written: put the first "
                "one back, or write a rescue copy.",
                path,
                trouble=StorageTrouble.AWAY,
            )
