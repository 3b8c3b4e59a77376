"""Manifest of an export: what is in it, by hash, so that it can be traced, checked, replaced and added to."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.formats.finding import is_file
from boxwright.formats.names import is_image_name

# No JSON by its name, or readers that look for JSON files would take it for labels.
MANIFEST = "boxwright.manifest"
VERSION = 2
# Made again by whoever needs them: label caches of training tools, thumbnails of file managers.
_BY_PRODUCTS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Hash and size of a file of an export.

    `sha256` in hex, `size` in bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Verification:
    """Differences between an export and its manifest.

    Paths within the export. `added` are files that the manifest does not list; they break nothing.
    """

    format: str
    files: int
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Every file is there as it was written."""
        return not self.missing and not self.changed


@dataclass
class Manifest:
    """Manifest of an export.

    `details` are what the maker of the export tells of it; read from a file, they hold its `images` by name too.
    """

    format: str
    files: dict[str, ExportedFile] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def lines(self, boxwright: str, images: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[bytes]:
        """The file, the same bytes for the same export: one of `images` and one file a line."""
        head = {"manifest": VERSION, "boxwright": boxwright, "format": self.format, **self.details}
        yield orjson.dumps(head, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).removesuffix(b"\n}")
        yield b',\n  "images": {'
        yield from _entries(images)
        yield b'},\n  "files": {'
        yield from _entries((name, [self.files[name].sha256, self.files[name].size]) for name in sorted(self.files))
        yield b"}\n}\n"


def _entries(entries: Iterable[tuple[str, Any]]) -> Iterator[bytes]:
    mark = b"\n"
    for name, value in entries:
        yield mark + b"    " + orjson.dumps(name) + b": " + orjson.dumps(value)
        mark = b",\n"
    yield b"\n  " if mark != b"\n" else b""


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the export in `folder`; None where there is none that can be read."""
    try:
        data = orjson.loads((folder / MANIFEST).read_bytes())
        if data.pop("manifest") != VERSION:
            return None
        files = {str(name): ExportedFile(str(known[0]), int(known[1])) for name, known in data.pop("files").items()}
        if not all(map(is_inside, files)):
            return None
        return Manifest(str(data.pop("format")), files, data)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


def is_inside(relative: str) -> bool:
    """Whether a path within an export stays there: a manifest is data, and names of images are."""
    path = PurePosixPath(relative)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and not set(relative) & {"\\", "\0"}


def stamp(file: Path) -> ExportedFile:
    """Of the file or of what it links to. Raises OSError when that is no regular file, which may never end."""
    if not is_file(file):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return ExportedFile(digest, _size(handle))


def is_by_product(file: Path) -> bool:
    """Made by tools from the export, and not missed when it goes."""
    return file.suffix == ".cache" or file.name.lower() in _BY_PRODUCTS


def is_untouched(file: Path, known: ExportedFile) -> bool:
    """Whether `file` is as it was written. Images are told by their size: reading them all again would take as long as
    the export."""
    try:
        if file.stat().st_size != known.size:
            return False
        return is_image_name(file.name) or stamp(file).sha256 == known.sha256
    except OSError:
        # A link whose image is gone: it was placed by us.
        return file.is_symlink()


def every_file(folder: Path) -> Iterator[tuple[str, Path]]:
    """(path within `folder` with forward slashes, file) of every file but the manifest and by-products."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(base) / name
            relative = file.relative_to(folder).as_posix()
            if relative != MANIFEST and not is_by_product(file):
                yield relative, file


def verify(folder: Path, report: Report = ignore, should_stop: ShouldStop = never) -> Verification:
    """Compare every file of the export in `folder` with its manifest, byte by byte.

    Raises FormatError when there is no manifest, Cancelled when stopped.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise FormatError(
            f"{folder} has no {MANIFEST} that can be read, so there is nothing to check it against; name the folder of "
            "an export made by this version."
        )
    missing, changed = [], []
    for done, (relative, known) in enumerate(sorted(manifest.files.items())):
        check(should_stop)
        report(Progress(done, len(manifest.files), "checking"))
        try:
            found = stamp(folder / relative)
        except OSError:
            missing.append(relative)
            continue
        if found != known:
            changed.append(relative)
    added = [relative for relative, _ in every_file(folder) if relative not in manifest.files]
    return Verification(manifest.format, len(manifest.files), tuple(missing), tuple(changed), tuple(added))


def _size(handle: BinaryIO) -> int:
    return os.fstat(handle.fileno()).st_size
