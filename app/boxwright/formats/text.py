"""Decoding of text files: with or without a byte order mark, in UTF-8, in UTF-16 or in what a country used before."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.names import clean_class
from boxwright.formats.checks import Reporter
from boxwright.formats.encodings import guessed
from boxwright.formats.finding import is_file

LARGEST_LABEL_FILE = 64 * 1024 * 1024
# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SNIFF = 1 << 16


def read_bytes(path: Path, largest: int | None = None) -> bytes:
    """The bytes of `path`. Raises FormatError when it cannot be read or is larger than `largest` bytes."""
    try:
        if not is_file(path):
            raise FormatError("{0} is not a file that can be read.", path)
        if largest is not None and path.stat().st_size > largest:
            raise FormatError(
                "{0} is larger than {1} MB, too large to be read at once; split it up.", path, largest // 2**20
            )
        return path.read_bytes()
    except OSError as error:
        raise FormatError("{0} cannot be read: {1}.", path, reason_of(error)) from error


def decode(data: bytes, reporter: Reporter) -> str:
    """`data` as text: UTF-8, or UTF-16 and UTF-32 by their marks, UTF-16 by its zero bytes. Anything else is read in
    the likeliest encoding of those that were used before, with a word about it."""
    text = unicode_text(data)
    if text is not None:
        return text
    line = data.count(b"\n", 0, _first_odd(data)) + 1
    mended = _damaged_utf8(data)
    if mended is not None:
        reporter.say(
            line, Message("From here on bytes are not UTF-8, as the rest is; each became '�'."), Message("not UTF-8")
        )
        return mended
    found = guessed(data)
    what = Message(
        "The text is not UTF-8; it was read as {0}, such as '{1}', so check the names.",
        Message(found.title),
        found.word,
    )
    if found.rival:
        what = Message(
            "The text is not UTF-8; it was read as {0}, such as '{1}', but could be {2}, "
            "'{3}': check the names, or save the file as UTF-8.",
            Message(found.title),
            found.word,
            Message(found.rival),
            found.rival_word,
        )
    reporter.say(line, what, Message("not UTF-8"))
    return found.text


def unicode_text(data: bytes) -> str | None:
    """`data` as text where it is Unicode of any kind, otherwise None."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data and (kind := _utf16_by_zeros(data)) is not None:
        return data.decode(kind, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def head(file: Path, size: int = _SNIFF) -> str:
    """The beginning of `file`, `size` bytes of it, as the text that `decode` would give; "" where it cannot be read. A
    character that the end cuts through is left out."""
    if not is_file(file):
        return ""
    try:
        with file.open("rb") as handle:
            data = handle.read(size)
    except OSError:
        return ""
    return whole_text(data) if len(data) == size else _quietly(data)


def plain_head(file: Path, size: int) -> bytes:
    """The first `size` bytes of `file` without byte order mark and zero bytes, to look for words of ASCII in; b"" where
    it cannot be read."""
    if not is_file(file):
        return b""
    try:
        with file.open("rb") as handle:
            return handle.read(size).lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    except OSError:
        return b""


def first_line(file: Path, size: int) -> str:
    """The first line of `file` that is not empty, as far as `size` bytes hold it; "" where there is none."""
    return next((line for line in head(file, size).split("\n") if line.strip()), "").rstrip("\r")


def whole_text(data: bytes) -> str:
    """The text of a block of bytes whose end may cut through a character or a line."""
    for cut in range(min(4, len(data))):
        text = unicode_text(data[: len(data) - cut])
        if text is not None:
            return text
    return _quietly(data[: data.rfind(b"\n") + 1] or data)


def _quietly(data: bytes) -> str:
    text = unicode_text(data)
    if text is None:
        text = _damaged_utf8(data)
    return guessed(data).text if text is None else text


def _utf16_by_zeros(data: bytes) -> str | None:
    """UTF-16 without a mark: the high bytes of plain letters, digits and line ends are zero, and only those."""
    sample = data[:_SNIFF]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 10 < len(sample) // 2:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
    strange = sum(not (char.isprintable() or char.isspace()) for char in text)
    return encoding if strange * 20 <= len(text) else None


def _first_odd(data: bytes) -> int:
    found = _NOT_ASCII.search(data)
    return found.start() if found else 0


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 of which some bytes are lost: most of what is not ASCII in it is sound."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    sound = sum(not char.isascii() for char in text) - lost
    return text if sound >= 2 * lost else None


def class_name(value: Any) -> str:
    """A class name as a file of JSON holds it: a text, or a number or true or false as it stands there; "" for
    anything else."""
    if isinstance(value, str):
        return clean_label(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value}"[:200] if isinstance(value, int | float) else ""


def clean_label(text: str) -> str:
    """A class name as a project has it; "" when nothing is left."""
    return clean_class(text)
