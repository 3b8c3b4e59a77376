"""Walk through a folder's image files, in natural order."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.imaging.header import SUFFIXES
from boxwright.services.images.unread import kind_of

_NUMBER = re.compile(r"(\d+)")
_ARCHIVE_REMAINS = "__MACOSX"


@dataclass
class Walk:
    """Things besides images that a walk met. `ignored`: files that are no images by their ending. `hidden`: files
    and folders whose name begins with a dot. `unread`: pictures of kinds that cannot be read
    (`services.images.unread`). `problems`: (path, reason) of folders that could not be entered."""

    ignored: int = 0
    hidden: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)


def natural(text: str) -> list[str | int]:
    """A sort key under which `image 9` comes before `image 10`."""
    return [int(part) if i % 2 else part.casefold() for i, part in enumerate(_NUMBER.split(text))]


def walk(start: Path, leave_out: Callable[[Path], bool], notes: Walk) -> Iterator[Path]:
    """Every file below `start` with an image's ending: a folder's own files first, then its folders.

    Links to folders are followed after everything else and never into a folder that was already entered, so a loop of
    links ends. `leave_out(folder)` keeps the walk out of a folder.
    """
    entered: set[tuple[int, int]] = set()
    links: list[Path] = []
    stack = [start]
    while stack or links:
        folder = stack.pop() if stack else links.pop(0)
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in entered:
                continue
            entered.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: natural(entry.name))
        except OSError as error:
            notes.problems.append((str(folder), (error.strerror or str(error)).lower()))
            continue
        files, below = _sorted_out(folder, entries, notes)
        yield from files
        wanted = [path for path in below if not leave_out(path)]
        links += [path for path in wanted if path.is_symlink()]
        stack += [path for path in reversed(wanted) if not path.is_symlink()]


def _sorted_out(folder: Path, entries: list[os.DirEntry[str]], notes: Walk) -> tuple[list[Path], list[Path]]:
    files: list[Path] = []
    folders: list[Path] = []
    for entry in entries:
        name = entry.name
        if name.startswith(".") or name == _ARCHIVE_REMAINS:
            notes.hidden += 1
        elif _is_folder(entry):
            folders.append(folder / name)
        elif os.path.splitext(name)[1].lower() in SUFFIXES:  # noqa: PTH122 - many times faster than Path.suffix
            files.append(folder / name)
        elif (kind := kind_of(name)) is not None:
            notes.unread[kind] += 1
        else:
            notes.ignored += 1
    return files, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
