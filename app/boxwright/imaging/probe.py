"""Probe of an image file: size, hash and health, cheaply enough for a hundred thousand of them."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from boxwright.domain.messages import Message
from boxwright.imaging.header import Header, open_image, read_header

_AT_ONCE = 8 << 20
_CHUNK = 1 << 20
_HASH_BYTES = 16


FOLDER_GONE = Message("its folder is missing")


@dataclass(frozen=True, slots=True)
class Probe:
    """Result of a probe.

    `width`, `height`: pixels of the EXIF-upright image, 0 when it cannot be used; then `problem` says why in a few
    words. `content_hash`: BLAKE2b-128 of all bytes in hex, empty when they could not be read. `size` in bytes.
    `ctime_ns`: when its place or rights changed last; on Windows, when it was made.
    """

    width: int
    height: int
    content_hash: str
    size: int
    mtime_ns: int
    problem: str | None = None
    ctime_ns: int = 0


def probe(path: Path) -> Probe:
    """Never raises and never waits on a pipe. Pixels are decoded only when the end of the file looks wrong."""
    try:
        status = path.stat()
    except OSError as error:
        return Probe(0, 0, "", 0, 0, _reason(path, error))
    problem = _kind_problem(status)
    if problem:
        return Probe(0, 0, "", status.st_size, status.st_mtime_ns, problem, status.st_ctime_ns)
    try:
        with path.open("rb") as file:
            # No more than needed: the buffer is as large as what is asked for, not as what there is.
            start = file.read(min(status.st_size, _AT_ONCE) + 1)
            if len(start) <= _AT_ONCE:
                digest = blake2b(start, digest_size=_HASH_BYTES).hexdigest()
                content: IO[bytes] = io.BytesIO(start)
            else:
                digest, content = _hash_rest(start, file), file
            width, height, problem = _examine(content, status.st_size)
    except OSError as error:
        return Probe(0, 0, "", status.st_size, status.st_mtime_ns, _reason(path, error), status.st_ctime_ns)
    return Probe(width, height, digest, status.st_size, status.st_mtime_ns, problem, status.st_ctime_ns)


def _kind_problem(status: os.stat_result) -> str | None:
    if stat.S_ISDIR(status.st_mode):
        return Message("is a folder")
    if not stat.S_ISREG(status.st_mode):
        return Message("not a regular file")
    return None if status.st_size else Message("empty file")


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        if not path.parent.is_dir():
            return FOLDER_GONE
        return Message("broken link") if path.is_symlink() else Message("file is missing")
    if isinstance(error, PermissionError):
        return Message("permission denied")
    return Message("cannot be read: {0}", Message((error.strerror or str(error)).lower()))


def out_of_reach(problem: str) -> bool:
    """Whether a `Probe.problem` tells of an outage, such as a drive or a network that is gone for a while, and nothing
    of the file itself."""
    return problem == FOLDER_GONE or problem.startswith("cannot be read: ")


def _hash_rest(start: bytes, file: IO[bytes]) -> str:
    digest = blake2b(start, digest_size=_HASH_BYTES)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _examine(content: IO[bytes], size: int) -> tuple[int, int, str | None]:
    """(width, height, problem)."""
    content.seek(0)
    try:
        header = read_header(content)
    except Exception:
        # Pillow's readers raise nearly anything on nonsense.
        return 0, 0, Message("not an image")
    if header.too_large:
        return 0, 0, Message("too large ({0} x {1} pixels)", header.width, header.height)
    if header.width < 1 or header.height < 1:
        return 0, 0, Message("has no pixels")
    if not _ends_well(content, size, header) and (problem := _decoding_problem(content)):
        return 0, 0, problem
    return (*header.upright_size, None)


def _ends_well(content: IO[bytes], size: int, header: Header) -> bool:
    """True when the file surely has its last byte; False calls for a full decode."""
    content.seek(max(0, size - 64))
    tail = content.read(64).rstrip(b"\0")
    content.seek(0)
    start = content.read(12)
    match header.format:
        case "JPEG" | "JPEG2000":
            return tail.endswith(b"\xff\xd9")
        case "PNG":
            return b"IEND" in tail[-12:]
        case "GIF":
            return tail.endswith(b";")
        case "WEBP":
            return int.from_bytes(start[4:8], "little") + 8 <= size
        case "BMP":
            return 0 < int.from_bytes(start[2:6], "little") <= size
    return False


def _decoding_problem(content: IO[bytes]) -> str | None:
    content.seek(0)
    try:
        with open_image(content) as image:
            image.load()
    except Exception as error:
        text = str(error).lower()
        return "truncated" if "truncat" in text or "not enough" in text else "damaged"
    return None
