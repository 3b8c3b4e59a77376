"""Sniffing of JSON files: whether one may hold what is looked for, without reading it whole."""

from __future__ import annotations

from pathlib import Path

from boxwright.formats.finding import is_file

_SNIFF = 1 << 16


def ends(file: Path) -> bytes:
    """The first and the last 64 KB of `file`, null bytes and byte order marks left out; b"" where it is no JSON file by
    its name or cannot be read."""
    if file.suffix.lower() != ".json" or not is_file(file):
        return b""
    try:
        with file.open("rb") as handle:
            head = handle.read(_SNIFF)
            if (size := file.stat().st_size) > _SNIFF:
                handle.seek(max(_SNIFF, size - _SNIFF))
                head += handle.read(_SNIFF)
    except OSError:
        return b""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
