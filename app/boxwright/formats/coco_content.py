"""Lists of a COCO file, read a block at a time or all at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from boxwright.formats.checks import Reporter
from boxwright.formats.coco_json import ItemLines, load_object
from boxwright.formats.json_blocks import BlockObject, NotPlain, too_large

# Text of another encoding, and text to say what is wrong with, is read at once.
_LARGEST_AT_ONCE = 1 << 29
_NO_ID = -(2**63)


class Content(Protocol):
    """Lists of a JSON object, by key."""

    def __contains__(self, key: str) -> bool: ...

    def is_list(self, key: str) -> bool: ...

    def items(self, key: str) -> Iterator[Any]:
        """Nothing when `key` is no list."""

    def line(self, key: str, position: int) -> int:
        """The line, from 1, of an item of the list `key`."""

    def close(self) -> None: ...


def open_object(file: Path, reporter: Reporter) -> Content:
    """The object in `file`. Raises FormatError, with the line, when it holds none."""
    try:
        return BlockObject(file)
    except NotPlain:
        too_large(file, _LARGEST_AT_ONCE)
        return _Whole(file, reporter)
    except OSError:
        return _Whole(file, reporter)


class _Whole:
    """The object read at once."""

    def __init__(self, file: Path, reporter: Reporter) -> None:
        self._data, text = load_object(file, reporter)
        self._lines = ItemLines(text)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def is_list(self, key: str) -> bool:
        return isinstance(self._data.get(key), list)

    def items(self, key: str) -> Iterator[Any]:
        return iter(self._data[key] if self.is_list(key) else ())

    def line(self, key: str, position: int) -> int:
        return self._lines.line(key, position)

    def close(self) -> None:
        """There is nothing to close."""


class RepeatedIds:
    """Finds ids that occur more than once, in 8 bytes for each number."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._texts: dict[int, str] = {}

    def add(self, position: int, value: int | str | None) -> None:
        """`position` counts up by one with every call, or by more when some are passed over."""
        while len(self._numbers) < position:
            self._numbers.append(_NO_ID)
        if type(value) is int and _NO_ID < value < -_NO_ID:
            self._numbers.append(value)
            return
        self._numbers.append(_NO_ID)
        if isinstance(value, str):
            self._texts[position] = value

    def repeated(self) -> list[tuple[int, int | str]]:
        """(position, id) of each that was there before, by position."""
        numbers = np.frombuffer(self._numbers, np.int64)
        order = np.argsort(numbers, kind="stable")
        again = order[1:][(np.diff(numbers[order]) == 0) & (numbers[order][1:] != _NO_ID)]
        found: list[tuple[int, int | str]] = [(int(at), int(numbers[at])) for at in again]
        seen: set[str] = set()
        for position, text in self._texts.items():
            if text in seen:
                found.append((position, text))
            seen.add(text)
        return sorted(found, key=lambda entry: entry[0])
