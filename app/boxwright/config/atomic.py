"""Atomic writing of files: the old one or the whole new one, whatever happens in between."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

LEFT_BEHIND = re.compile(r"\..*\.[0-9a-f]{12}\.part(\.\w+)?|\.[0-9a-f]{32}\.part")
"""Names of the files that a killed program was writing, of earlier versions too."""


@contextmanager
def writing(path: Path, durable: bool = True) -> Iterator[Path]:
    """Yields a path beside `path`, with its suffix, to be written by the body; then it becomes `path` in one step.

    When the body raises, what it wrote is removed and `path` stays as it was. The parent folder is made when it is
    missing. A symbolic link is followed, so the file it names is replaced and the link stays. `durable`: whether it
    must outlast a power cut, which takes time; what can be made again need not. Raises OSError when the disk is full or
    the folder cannot be written, and FileNotFoundError when the body wrote nothing.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.stem[:80]}.{uuid4().hex[:12]}.part{target.suffix}")
    try:
        yield aside
        if durable:
            _flush(aside)
        if target.exists():
            shutil.copymode(target, aside)
        aside.replace(target)
        if durable:
            _flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def atomic_write(path: Path, data: bytes) -> None:
    """Make `path` hold exactly `data`, or leave it as it was and raise OSError."""
    with writing(path) as aside:
        aside.write_bytes(data)


def _flush(file: Path) -> None:
    # Windows flushes only through a handle that may write.
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())


def _flush_folder(folder: Path) -> None:
    """Without this the rename itself can be lost in a power cut. Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        # Some network file systems refuse to flush a folder; the file itself is already safe.
        return
    finally:
        os.close(handle)
