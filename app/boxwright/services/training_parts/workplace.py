"""Workplace of adding parts: its folder in the cache, its log, and whether the disks have room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from boxwright.config import paths
from boxwright.config.disk import free_room, size_words
from boxwright.config.lock import WriterLock
from boxwright.domain.errors import Cancelled, TrainingError
from boxwright.domain.messages import Message
from boxwright.services.training_parts.environment import Refusal, target
from boxwright.services.training_parts.parts import Size
from boxwright.services.training_parts.pip import Hear, PipFailed


def log_file() -> Path:
    """Everything that pip said of the last attempt; it may not be there."""
    return paths.log_dir() / "training-parts.log"


def no_room(size: Size) -> Refusal | None:
    """The refusal where a disk has too little room for parts of that size."""
    # What is fetched lies there twice for a moment.
    for folder, needed in ((target(), size.disk), (paths.cache_dir(), 2 * size.fetch)):
        if (free := free_room(folder)) is not None and free < needed:
            return Refusal(
                Message(
                    "The disk with {0} has {1} free, and this takes about {2}; free some space.",
                    folder,
                    size_words(free),
                    size_words(needed),
                )
            )
    return None


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for what is fetched, one task at a time. What a failure of pip leaves in its cache serves the next
    attempt; else nothing stays. Raises `TrainingError`."""
    home = paths.cache_dir() / "training-parts"
    lock = WriterLock(home / "lock")
    try:
        home.mkdir(parents=True, exist_ok=True)
        taken = lock.acquire()
    except OSError as error:
        raise TrainingError("Nothing can be written to {0} ({1}).", home, error.strerror) from error
    if not taken:
        raise TrainingError("Another window or command is adding training parts already; wait until it has ended.")
    work = home / "work"
    _clear(work, "tmp", "wheels")
    left: tuple[str, ...] = (".",)
    try:
        work.mkdir(exist_ok=True)
        yield work
    except PipFailed:
        left = ("tmp", "wheels")
        raise
    finally:
        _clear(work, *left)
        lock.release()


@contextmanager
def logged(hear: Hear) -> Iterator[Hear]:
    """Lines go to `hear` and to the log; the error that ends it too."""
    file: TextIO | None = None
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        file = log_file().open("w", encoding="utf-8", errors="replace")

    def said(line: str) -> None:
        if file is not None:
            with suppress(OSError):
                file.write(f"{line}\n")
                file.flush()
        hear(line)

    try:
        yield said
    except (TrainingError, Cancelled) as error:
        said(str(error))
        raise
    finally:
        if file is not None:
            file.close()


def _clear(work: Path, *names: str) -> None:
    for name in names:
        shutil.rmtree((work / name).resolve(), ignore_errors=True)
