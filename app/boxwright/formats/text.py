"""Text files as they come: with or without a byte order mark, in UTF-8 or not."""

from __future__ import annotations

import codecs
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.formats.checks import Reporter

LARGEST_LABEL_FILE = 64 * 1024 * 1024


def read_bytes(path: Path, largest: int | None = None) -> bytes:
    """The bytes of `path`. Raises FormatError when it cannot be read or is larger than `largest` bytes."""
    try:
        if not path.is_file():
            raise FormatError(f"{path} is not a file that can be read.")
        if largest is not None and path.stat().st_size > largest:
            raise FormatError(
                f"{path} is larger than {largest // 2**20} MB, too large to be read at once; split it up."
            )
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}.") from error


def decode(data: bytes, reporter: Reporter) -> str:
    """`data` as text: UTF-8 or UTF-16 by its mark, UTF-8 without one, else Latin-1 with a word about it."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        reporter.say(None, "The text is not UTF-8; it was read as Latin-1, so check the names.", "not UTF-8")
        return data.decode("latin-1")


def clean_label(text: str) -> str:
    """A class name without control characters and with single spaces; "" when nothing is left."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())
