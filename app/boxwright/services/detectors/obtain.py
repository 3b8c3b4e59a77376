"""Obtaining a detector of the catalogue: from the network or a folder, and its hash checked before it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boxwright.config import paths
from boxwright.config.lock import WriterLock
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import reason_of
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import (
    accept_hash,
    file_of,
    forget_part,
    hash_of,
    keep,
    kept,
    known_hash,
    part_of,
)

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Obtained:
    """File that came. `confirmed`: its hash is the known one, and `file` has its final name; else nobody has known a
    hash for it so far, and a person has to look at `sha256` before `confirm`."""

    file: Path
    bytes: int
    sha256: str
    confirmed: bool


def obtain(
    entry: CatalogueEntry,
    folder: Path,
    report: Report,
    should_stop: ShouldStop,
    source_folder: Path | None = None,
    expected: str | None = None,
) -> Obtained:
    """Bring the file of `entry` into `folder`, unless it is there: from `source_folder` if given, else its address.

    expected: the hash that a person says it has. Progress is in bytes. Raises ModelError, also for a file of another
    hash, of which nothing is kept; Cancelled, after which the next call goes on.
    """
    wanted = _wanted(entry, expected)
    part = part_of(entry, folder)
    with _alone(entry), _writing(entry, folder):
        folder.mkdir(parents=True, exist_ok=True)
        if (there := _already(entry, folder, wanted)) is not None:
            return there
        if source_folder is not None:
            _copy(_found_in(source_folder, entry, wanted), part, report, should_stop)
            sha256 = hash_of(part)
        else:
            sha256 = _downloaded(entry, part, wanted, report, should_stop)
        size = part.stat().st_size
        if wanted is None:
            return Obtained(part, size, sha256, confirmed=False)
        if sha256 != wanted:
            forget_part(part)
            raise ModelError(
                "What came for '{0}' is another file than it should be: its SHA-256 is {1}, not {2}. It was not "
                "opened, and nothing of it is kept.",
                entry.name,
                sha256,
                wanted,
            )
        return _settled(entry, part, folder, sha256)


def confirm(entry: CatalogueEntry, folder: Path, sha256: str) -> Obtained:
    """A person has seen the hash of what `obtain` brought and takes it. Raises ModelError when the file is not there or
    has another one."""
    part = part_of(entry, folder)
    with _alone(entry), _writing(entry, folder):
        file = part if part.is_file() else file_of(entry, folder)
        if not file.is_file() or hash_of(file) != sha256:
            raise ModelError("The file of '{0}' is not there any more; get it again.", entry.name)
        return _settled(entry, file, folder, sha256)


def _wanted(entry: CatalogueEntry, expected: str | None) -> str | None:
    said = expected.strip().lower() if expected else None
    if said and entry.sha256 not in (None, said):
        raise ModelError("The list says that '{0}' has the SHA-256 {1}, not {2}.", entry.name, entry.sha256, said)
    return said or known_hash(entry)


def _already(entry: CatalogueEntry, folder: Path, wanted: str | None) -> Obtained | None:
    file = file_of(entry, folder)
    if not file.is_file():
        return None
    sha256 = hash_of(file)
    if wanted is None:
        return Obtained(file, file.stat().st_size, sha256, confirmed=False)
    if (found := kept(entry, folder)) is not None and found.sha256 == sha256 == wanted:
        return Obtained(file, found.bytes, sha256, confirmed=True)
    return _settled(entry, file, folder, sha256) if sha256 == wanted else None


def _settled(entry: CatalogueEntry, file: Path, folder: Path, sha256: str) -> Obtained:
    if entry.sha256 is None:
        accept_hash(entry, sha256)
    found = keep(entry, file, folder, sha256)
    forget_part(part_of(entry, folder))
    return Obtained(found.file, found.bytes, sha256, confirmed=True)


def _downloaded(entry: CatalogueEntry, part: Path, wanted: str | None, report: Report, should_stop: ShouldStop) -> str:
    """The hash of `part` when it is whole. What an earlier call left may be of another file: then once more."""
    from boxwright.services.detectors.download import download

    resumed = download(entry.source, part, report, should_stop, entry.bytes, checked=wanted is not None)
    sha256 = hash_of(part)
    if resumed and wanted not in (None, sha256):
        forget_part(part)
        download(entry.source, part, report, should_stop, entry.bytes, checked=True)
        sha256 = hash_of(part)
    return sha256


def _found_in(folder: Path, entry: CatalogueEntry, wanted: str | None) -> Path:
    """The file in `folder` that is the entry's: by its name, and where a hash is known, by that. Raises ModelError."""
    if not folder.is_dir():
        raise ModelError("There is no folder {0}.", folder)
    names = (f"{entry.name}.onnx", entry.file_name)
    named = [folder / name for name in dict.fromkeys(names) if (folder / name).is_file()]
    if wanted is None:
        if named:
            return named[0]
    else:
        others = [file for file in sorted(folder.glob("*.onnx")) if file not in named and _may_be(file, entry)]
        found = next((file for file in (*named, *others) if hash_of(file) == wanted), None)
        if found is not None:
            return found
        if named:
            raise ModelError(
                "{0} is another file than '{1}' should be: its SHA-256 is not {2}. It was not opened.",
                named[0],
                entry.name,
                wanted,
            )
    raise ModelError("{0} holds no {1}; copy the file there under that name.", folder, names[0])


def _may_be(file: Path, entry: CatalogueEntry) -> bool:
    return file.is_file() and entry.bytes in (None, file.stat().st_size)


def _copy(file: Path, part: Path, report: Report, should_stop: ShouldStop) -> None:
    total, done = file.stat().st_size, 0
    with file.open("rb") as source, part.open("wb") as target:
        while block := source.read(_BLOCK):
            check(should_stop)
            target.write(block)
            done += len(block)
            report(Progress(done, total))


@contextmanager
def _alone(entry: CatalogueEntry) -> Iterator[None]:
    """One program at a time, whatever the folder."""
    lock = WriterLock(paths.cache_dir() / "detectors" / f"{entry.name}.lock")
    lock.path.parent.mkdir(parents=True, exist_ok=True)
    if not lock.acquire():
        raise ModelError("Another Boxwright is getting '{0}' now; wait for it, or stop it there.", entry.name)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _writing(entry: CatalogueEntry, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError("'{0}' could not be brought to {1}: {2}.", entry.name, folder, reason_of(error)) from error
