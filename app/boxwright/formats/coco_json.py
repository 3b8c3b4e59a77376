"""JSON parsing of COCO files, with the line on which each item of a list stands."""

from __future__ import annotations

import json
import re
from array import array
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter
from boxwright.formats.text import decode, read_bytes

# As objects it takes about eight times that.
LARGEST_JSON = 1 << 30
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)


def load(file: Path, reporter: Reporter) -> tuple[Any, bytes]:
    """The value in `file` and the text it was read from, UTF-8.

    Reads what Python's own writer makes of numbers that are none (NaN, Infinity), a byte order mark, UTF-16, and, with
    a word to `reporter`, Latin-1. Raises FormatError with the line where it stops being JSON.
    """
    data = read_bytes(file, LARGEST_JSON)
    try:
        return orjson.loads(data), data
    except orjson.JSONDecodeError:
        pass
    text = decode(data, reporter).replace("\0", "")
    try:
        return json.loads(text), text.encode("utf-8", errors="replace")
    except json.JSONDecodeError as error:
        raise FormatError(
            "{0}, line {1}: this is not JSON ({2}); the file may be cut off, so get it again.",
            file,
            error.lineno,
            Message(error.msg),
        ) from error
    except RecursionError as error:
        raise FormatError(
            "{0} cannot be read as JSON: its values are nested deeper than any dataset needs; get it again.", file
        ) from error
    except ValueError as error:
        # The only one that is left: Python refuses to make a number of more than some thousand digits.
        what = Message("{0} cannot be read as JSON: a number in it has thousands of digits; get it again.", file)
        raise FormatError(what) from error


def load_object(file: Path, reporter: Reporter) -> tuple[dict[str, Any], bytes]:
    """Like `load`, where the file must hold one object."""
    value, text = load(file, reporter)
    if not isinstance(value, dict):
        raise FormatError("{0} is no COCO file: it should hold one JSON object with images and annotations.", file)
    return value, text


class ItemLines:
    """Line numbers of list items.

    The line on which each item of a top-level list begins, found when first asked for: no flaw, no cost.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts: dict[str, array[int]] | None = None

    def line(self, key: str, position: int) -> int:
        """The line, from 1, of item `position` (from 0) of the list `key`."""
        if self._starts is None:
            self._starts = _item_lines(self._text)
        starts = self._starts.get(key)
        return starts[position] if starts is not None and position < len(starts) else 1


def _item_lines(text: bytes) -> dict[str, array[int]]:
    """For each key of the outermost object the lines of the objects and lists directly inside its list."""
    lines: dict[str, array[int]] = {}
    depth, line, at = 0, 1, 0
    key, current = "", array("q")
    single = b"\n" not in text.strip()
    for match in _TOKEN.finditer(text):
        token = text[match.start() : match.start() + 1]
        if token == b'"':
            if depth == 1:
                key = match.group()[1:-1].decode("utf-8", errors="replace")
            continue
        if token in b"{[":
            depth += 1
            if depth == 2:
                current = lines.setdefault(key, array("q"))
            elif depth == 3:
                if not single:
                    line += text.count(b"\n", at, match.start())
                    at = match.start()
                current.append(line)
        else:
            depth -= 1
    return lines
