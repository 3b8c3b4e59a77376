"""Archives of datasets (.zip, .tar), unpacked where nothing of them can do harm."""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Self
from uuid import uuid4

from boxwright.domain.errors import BoxwrightError, FormatError
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.dataset import Problem
from boxwright.formats.names import safe_name

FOLDER = "imports"
# JSON and XML shrink to a thirtieth, images hardly: what grows more than this is a bomb.
LARGEST_RATIO = 200
ALWAYS_ALLOWED = 64 << 20
LARGEST_TOTAL = 200 << 30
MOST_FILES = 5_000_000
DISK_LEFT = 1 << 30
_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_PART = ".part-"
# The mark of a folder that is in place while the project does not know it yet.
_ARRIVING = ".arriving-"
_CHUNK = 1 << 20
_LONG_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_LARGEST_HEADER = 1 << 20
_REPORT_EVERY = 100
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    ValueError,
    RuntimeError,
    MemoryError,
    OverflowError,
)


def is_archive(path: Path) -> bool:
    """Whether `path` is a file with the name of an archive."""
    return path.name.lower().endswith(_SUFFIXES) and path.is_file()


@dataclass
class Unpacked:
    """Unpacked archive.

    `folder` holds everything; `dataset` is the place in it to read from.
    """

    folder: Path
    dataset: Path
    problems: list[Problem] = field(default_factory=list)


def part_folder(project_folder: Path) -> Path:
    """The path of a new folder to unpack into, beside where its content may stay. What a killed import left there is
    removed: only one program at a time may write a project."""
    imports = project_folder / FOLDER
    _remove_parts(imports)
    return imports / f"{_PART}{uuid4().hex[:12]}"


def settle(folder: Path, archive: Path, project_folder: Path) -> Path:
    """Give what was unpacked its lasting name, `imports/NAME`, after the archive; returns the new path."""
    name = safe_name(re.sub(r"(\.tar)?\.[A-Za-z0-9]+$", "", archive.name))
    imports = project_folder / FOLDER
    home = next(p for n in range(1, 10_000) if not (p := imports / (name if n == 1 else f"{name}-{n}")).exists())
    try:
        _arriving(home).touch()
        folder.rename(home)
    except OSError as error:
        arrived(home)
        raise FormatError("{0} could not be made: {1}.", home, reason_of(error)) from error
    return home


def arrived(home: Path) -> None:
    """The project knows what `settle` put there, or it is gone again."""
    with suppress(OSError):
        _arriving(home).unlink()


def settle_arrivals(project_folder: Path, known: Sequence[Path]) -> None:
    """Remove what killed imports have left: parts, and folders that no root of the project (`known`) lies in. For the
    one who holds the writer lock."""
    imports = project_folder / FOLDER
    if imports.is_symlink():
        return
    _remove_parts(imports)
    for mark in imports.glob(f"{_ARRIVING}*"):
        home = imports / mark.name.removeprefix(_ARRIVING)
        if home.name in ("", "..") or home == imports:
            continue
        if not any(folder.is_relative_to(home) for folder in known):
            shutil.rmtree(home, ignore_errors=True)
        arrived(home)


def _arriving(home: Path) -> Path:
    return home.with_name(_ARRIVING + home.name)


def _remove_parts(imports: Path) -> None:
    for left in imports.glob(f"{_PART}*"):
        if left.is_symlink():
            with suppress(OSError):
                left.unlink()
        else:
            shutil.rmtree(left, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove what was unpacked, and the `imports` folder when nothing else is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.name.startswith("."):
        arrived(folder)
    if folder.parent.name == FOLDER and folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def unpack(archive: Path, target: Path, report: Report, should_stop: ShouldStop) -> Unpacked:
    """Unpack `archive` into the new folder `target`. Raises FormatError, with `target` gone, when it is damaged or
    encrypted, holds a path that leads out of the folder, or would grow beyond all measure."""
    result = Unpacked(target, target)
    try:
        target.mkdir(parents=True)
        writer = _Writer(archive, result, should_stop)
        opened = _zip_members(archive) if archive.suffix.lower() == ".zip" else _tar_members(archive)
        for number, member in enumerate(opened):
            if number % _REPORT_EVERY == 0:
                check(should_stop)
                report(Progress(number, 0, Message("unpacking the archive")))
            writer.write(member)
    except BoxwrightError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    except _BROKEN as error:
        shutil.rmtree(target, ignore_errors=True)
        why = (str(error) or type(error).__name__).splitlines()[0].rstrip(":")
        raise FormatError(
            "{0} is damaged or no archive that can be read ({1}); get it again.", archive, Message(why)
        ) from error
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise FormatError(
            "{0} could not be unpacked into {1}: {2}.", archive, target.parent, reason_of(error)
        ) from error
    result.dataset = _only_folder(target)
    return result


@dataclass(frozen=True, slots=True)
class _Member:
    """`open` None: no plain file or folder."""

    name: str
    folder: bool
    open: Callable[[], IO[bytes] | None] | None


class _Writer:
    def __init__(self, archive: Path, result: Unpacked, should_stop: ShouldStop) -> None:
        self.archive = archive
        self.result = result
        self.should_stop = should_stop
        self.files = self.written = 0
        size = archive.stat().st_size
        room = shutil.disk_usage(result.folder).free - DISK_LEFT
        self.room = max(0, room)
        self.allowed = min(LARGEST_TOTAL, max(ALWAYS_ALLOWED, size * LARGEST_RATIO))

    def write(self, member: _Member) -> None:
        name = self._checked(member.name)
        if not name or name.startswith("__MACOSX/") or name.endswith(".DS_Store"):
            return
        if member.open is None:
            self._say(
                name,
                Message("'{0}' in the archive is a link or a device, not a file; left out.", name),
                Message("no plain file"),
            )
            return
        path = self.result.folder / name
        if member.folder:
            path.mkdir(parents=True, exist_ok=True)
            return
        self.files += 1
        if self.files > MOST_FILES:
            raise FormatError("{0} holds more than {1:,} files; import it in parts.", self.archive, MOST_FILES)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = path.open("xb")
        except (FileExistsError, IsADirectoryError):
            self._say(
                name,
                Message("'{0}' is in the archive twice; the first was taken.", name),
                Message("file twice in the archive"),
            )
            return
        with handle:
            source = member.open()
            if source is not None:
                with source:
                    self._copy(source, handle)

    def _copy(self, source: IO[bytes], handle: IO[bytes]) -> None:
        # What the archive says of sizes is not believed: the bytes are counted.
        while data := source.read(_CHUNK):
            check(self.should_stop)
            self.written += len(data)
            if self.written > self.allowed:
                raise FormatError(
                    "{0} grows to more than {1:,} MB, far more than its size explains; it "
                    "was not imported. If that is right, unpack it yourself and import the folder.",
                    self.archive,
                    self.allowed >> 20,
                )
            if self.written > self.room:
                raise FormatError(
                    "There is no room to unpack {0}; free some space, then import it again.", self.archive
                )
            handle.write(data)

    def _checked(self, raw: str) -> str:
        """`raw` as a path within the folder. Raises FormatError for one that leads out of it."""
        name = raw.replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts or "\0" in name:
            raise FormatError(
                "{0} holds the path {1:.80}, which leads out of its folder; it was not imported, since "
                "an honest archive has none.",
                self.archive,
                repr(raw),
            )
        return safe_name("/".join(parts)) if sys.platform == "win32" and parts else "/".join(parts)

    def _say(self, name: str, what: str, kind: str) -> None:
        self.result.problems.append(Problem(name, None, what, kind))


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.flag_bits & 1:
                raise FormatError("{0} is encrypted; unpack it with its password and import the folder.", archive)
            mode = info.external_attr >> 16
            plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
            yield _Member(info.filename, info.is_dir(), partial(opened.open, info) if plain else None)


class _Header(tarfile.TarInfo):
    """Of a name or a comment that claims gigabytes, `tarfile` would make room before it reads one byte."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        made = super().frombuf(buf, encoding, errors)
        if made.type in _LONG_HEADERS and made.size > _LARGEST_HEADER:
            raise tarfile.ReadError(Message("a header of it claims {0:,} MB", made.size >> 20))
        return made


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive, "r:*", tarinfo=_Header) as opened:
        for info in opened:
            plain = info.isreg() or info.isdir()
            yield _Member(info.name, info.isdir(), partial(opened.extractfile, info) if plain else None)


def _only_folder(folder: Path) -> Path:
    """The folder that holds the dataset: most archives have one around everything."""
    while len(inside := [path for path in folder.iterdir() if not path.name.startswith(".")]) == 1:
        if not inside[0].is_dir():
            break
        folder = inside[0]
    return folder
