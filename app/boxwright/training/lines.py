"""Line splitter for the bytes that some program prints, whatever they are."""

from __future__ import annotations

import locale
import re
import unicodedata
from collections.abc import Iterator

# Characters; what a line has more is left out.
LONGEST = 2000
_MOST_BYTES = 4 * LONGEST
_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\^_])")


class Lines:
    """Splitter of blocks of bytes into lines. A carriage return begins a line anew, as on a terminal, so of a
    progress bar only its last state is left; escape sequences and control characters are left out; a line is cut at
    `LONGEST`."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._returned = False

    def feed(self, block: bytes) -> Iterator[str]:
        """The lines that `block` ends, empty ones left out."""
        *ended, begun = block.split(b"\n")
        for part in ended:
            self._add(part)
            yield from self.rest()
        self._add(begun)

    def rest(self) -> Iterator[str]:
        """What was printed since the last line end."""
        text = _clean(bytes(self._begun))
        self._begun.clear()
        self._returned = False
        if text:
            yield text

    def _add(self, part: bytes) -> None:
        if not part:
            return
        # A carriage return at the very end may belong to a line end that is not here yet.
        _, again, last = part.rstrip(b"\r").rpartition(b"\r")
        if again or (self._returned and last):
            self._begun.clear()
        self._returned = part.endswith(b"\r")
        self._begun += last[: _MOST_BYTES - len(self._begun)]


def _clean(line: bytes) -> str:
    text = _ESCAPE.sub("", _decoded(line)).replace("\t", "    ")
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            # Cut off inside a character.
            return line[: error.start].decode("utf-8")
        return line.decode(locale.getencoding(), "replace")
