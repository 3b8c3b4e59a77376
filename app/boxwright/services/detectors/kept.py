"""Detectors of the catalogue that are on this machine: where they lie, what is known of them, and hashes accepted."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from boxwright.config import paths
from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import reason_of
from boxwright.services.detectors.catalogue_entry import CatalogueEntry


@dataclass(frozen=True)
class KeptDetector:
    """Detector file that was taken from the catalogue into a folder.

    `bytes` and `sha256` are those of `file` when it came. `seconds`: an image on this machine's processor, None where
    it was not measured.
    """

    file: Path
    bytes: int
    sha256: str
    seconds: float | None = None


def detectors_folder() -> Path:
    """Where detectors are kept that belong to no project. It may not exist yet."""
    return paths.data_dir() / "detectors"


def file_of(entry: CatalogueEntry, folder: Path) -> Path:
    return folder / f"{entry.name}.onnx"


def kept(entry: CatalogueEntry, folder: Path | None = None) -> KeptDetector | None:
    """The entry's file in `folder` (that of a person, unless given), None where it is not there or is another one. It
    is not read for that."""
    file = file_of(entry, folder or detectors_folder())
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads(_record(file).read_text(encoding="utf-8"))
        found = KeptDetector(file, int(told["bytes"]), str(told["sha256"]), told.get("seconds"))
        same = entry.sha256 in (None, found.sha256)
        return found if same and file.stat().st_size == found.bytes else None
    return None


def part_of(entry: CatalogueEntry, folder: Path) -> Path:
    """Where the file grows that is not whole yet."""
    file = file_of(entry, folder)
    return file.with_name(f"{file.name}.part")


def notes_of(part: Path) -> Path:
    """The file beside `part` that says where it is from."""
    return part.with_name(f"{part.name}.json")


def forget_part(part: Path) -> None:
    """Begin anew the next time."""
    for path in (part, notes_of(part)):
        path.unlink(missing_ok=True)


def begun(entry: CatalogueEntry) -> int:
    """Bytes that have come to a person's own folder of a file that is not whole or not confirmed yet."""
    try:
        return part_of(entry, detectors_folder()).stat().st_size
    except OSError:
        return 0


def keep(entry: CatalogueEntry, part: Path, folder: Path, sha256: str) -> KeptDetector:
    """Give `part`, whose hash was checked, its final name in `folder`; an earlier file is replaced. Raises ModelError
    when that cannot be."""
    file = file_of(entry, folder)
    try:
        size = part.stat().st_size
        with part.open("r+b") as written:
            os.fsync(written.fileno())
        # Without its record a file is not taken for one that was checked.
        _record(file).unlink(missing_ok=True)
        part.replace(file)
        found = KeptDetector(file, size, sha256)
        _write(found)
    except OSError as error:
        raise ModelError("{0} could not be kept in {1}: {2}.", file.name, folder, reason_of(error)) from error
    return found


def note_speed(found: KeptDetector, seconds: float) -> KeptDetector:
    """Remember what was measured; where the record cannot be written, it is measured again some day."""
    measured = replace(found, seconds=seconds)
    with suppress(OSError):
        _write(measured)
    return measured


def hash_of(file: Path) -> str:
    """SHA-256 in small hexadecimal digits. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def known_hash(entry: CatalogueEntry) -> str | None:
    """What the list says, else what a person accepted for that address."""
    return entry.sha256 or _accepted().get(entry.source)


def accept_hash(entry: CatalogueEntry, sha256: str) -> None:
    """From now on the entry's file is one with that hash. Raises ModelError when it cannot be written down."""
    text = json.dumps({**_accepted(), entry.source: sha256}, indent=2)
    try:
        atomic_write(_accepted_file(), f"{text}\n".encode())
    except OSError as error:
        raise ModelError("{0} could not be written: {1}.", _accepted_file(), reason_of(error)) from error


def _accepted_file() -> Path:
    return detectors_folder() / "accepted.json"


def _accepted() -> dict[str, str]:
    """Address -> hash. A file that cannot be read knows none: each is then shown again."""
    with suppress(OSError, ValueError):
        told = json.loads(_accepted_file().read_text(encoding="utf-8"))
        return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}
    return {}


def _record(file: Path) -> Path:
    return file.with_name(f"{file.stem}.origin.json")


def _write(found: KeptDetector) -> None:
    told = {key: value for key, value in asdict(found).items() if key != "file"}
    atomic_write(_record(found.file), f"{json.dumps(told, indent=2)}\n".encode())
