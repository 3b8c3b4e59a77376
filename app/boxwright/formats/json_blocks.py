"""Large JSON objects whose lists are read a block at a time, so that memory does not grow with the file."""

from __future__ import annotations

import json
import mmap
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError

# As text; as objects it takes about eight times that.
BLOCK = 1 << 20
_CUTS_TRIED = 12
_SPACE = re.compile(rb"[ \t\r\n]*")
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
_SCALAR = re.compile(rb'"(?:[^"\\]|\\.)*"|[^,\]}\s]+', re.DOTALL)
_LIST_END = re.compile(rb"\][ \t\r\n]*[,}]")


class NotPlain(Exception):
    """Refusal of a text that this module does not read: another encoding, or no JSON at all."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Items of a list: where their text lies, and the number of the first."""

    start: int
    end: int
    first: int


class BlockObject:
    """Large JSON object in `file`, read once to find its parts; `items` then reads a list again, a block at a time.

    Raises `NotPlain` for text that is not UTF-8 JSON with an object at the top.
    """

    def __init__(self, file: Path) -> None:
        self._handle = file.open("rb")
        try:
            self._text = mmap.mmap(self._handle.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError) as error:
            self._handle.close()
            raise NotPlain from error
        self._blocks: dict[str, list[_Block]] = {}
        self._counts: dict[str, int] = {}
        self._other: set[str] = set()
        self._line_at: tuple[int, int] = (0, 1)
        try:
            self._scan()
        except (NotPlain, IndexError, RecursionError) as error:
            self.close()
            raise NotPlain from error

    def close(self) -> None:
        self._text.close()
        self._handle.close()

    def __contains__(self, key: str) -> bool:
        return key in self._blocks or key in self._other

    def is_list(self, key: str) -> bool:
        """Whether the value of `key` is a list."""
        return key in self._blocks

    def items(self, key: str) -> Iterator[Any]:
        """The items of the list `key` in order; nothing when there is no such list."""
        for block in self._blocks.get(key, ()):
            yield from _parsed(self._text[block.start : block.end])

    def line(self, key: str, position: int) -> int:
        """The line, from 1, on which item `position` (from 0) of the list `key` begins."""
        blocks = self._blocks.get(key, [])
        if not blocks:
            return 1
        block = blocks[bisect_right(blocks, position, key=lambda b: b.first) - 1]
        at = block.start
        for number, start in enumerate(_item_starts(self._text, block.start, block.end), start=block.first):
            at = start
            if number == position:
                break
        return self._line_of(at)

    def _line_of(self, at: int) -> int:
        """Flaws are told in the order of the file, so counting goes on from the last."""
        before, line = self._line_at
        if at < before:
            before, line = 0, 1
        step = 1 << 24
        for start in range(before, at, step):
            line += self._text[start : min(at, start + step)].count(b"\n")
        self._line_at = (at, line)
        return line

    def _scan(self) -> None:
        at = self._skip(0)
        if self._text[at : at + 1] != b"{":
            raise NotPlain
        at = self._skip(at + 1)
        if self._text[at : at + 1] == b"}":
            return self._expect_end(at + 1)
        while True:
            match = _KEY.match(self._text, at)
            if match is None:
                raise NotPlain
            key = _parsed_one(b'"' + match.group(1) + b'"')
            at = self._skip(self._value(key, match.end()))
            mark = self._text[at : at + 1]
            if mark == b"}":
                return self._expect_end(at + 1)
            if mark != b",":
                raise NotPlain
            at = self._skip(at + 1)

    def _expect_end(self, at: int) -> None:
        if self._skip(at) != len(self._text):
            raise NotPlain

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        assert match is not None
        return match.end()

    def _value(self, key: str, at: int) -> int:
        """Note the value that begins at `at`; where it ends. A key that is there twice counts with its last value."""
        self._blocks.pop(key, None)
        self._other.discard(key)
        if self._text[at : at + 1] == b"[":
            return self._list(key, at + 1)
        self._other.add(key)
        if self._text[at : at + 1] != b"{":
            scalar = _SCALAR.match(self._text, at)
            if scalar is None:
                raise NotPlain
            _parsed_one(scalar.group())
            return scalar.end()
        depth = 0
        for match in _TOKEN.finditer(self._text, at):
            token = match.group()
            depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
            if depth == 0:
                _parsed_one(self._text[at : match.end()])
                return match.end()
        raise NotPlain

    def _list(self, key: str, at: int) -> int:
        blocks = self._blocks.setdefault(key, [])
        at = self._skip(at)
        if self._text[at : at + 1] == b"]":
            return at + 1
        first = 0
        while True:
            end, count = self._cut(at)
            blocks.append(_Block(at, end, first))
            first += count
            at = self._skip(end)
            mark = self._text[at : at + 1]
            if mark == b"]":
                return at + 1
            if mark != b",":
                raise NotPlain
            at = self._skip(at + 1)

    def _cut(self, start: int) -> tuple[int, int]:
        """The end of a block of whole items from `start`, and how many they are.

        What parses as a list up to a place ends an item there, as JSON has no other reading; so some likely places are
        tried, and only where none of them is right the text is gone through token by token.
        """
        limit = min(start + BLOCK, len(self._text))
        for end in self._likely(start, limit):
            try:
                return end, len(_parsed(self._text[start:end]))
            except NotPlain:
                continue
        end = start
        for end in _item_ends(self._text, start):
            if end >= limit:
                break
        return end, len(_parsed(self._text[start:end]))

    def _likely(self, start: int, limit: int) -> Iterator[int]:
        end = limit
        for _ in range(_CUTS_TRIED):
            end = self._text.rfind(b"}", start, end)
            if end < 0:
                break
            at = self._skip(end + 1)
            if self._text[at : at + 1] in (b",", b"]"):
                yield end + 1
        for number, match in enumerate(_LIST_END.finditer(self._text, start, min(len(self._text), limit + 64))):
            if number == _CUTS_TRIED:
                break
            yield match.start()


def _parsed(text: bytes) -> list[Any]:
    found: list[Any] = _parsed_one(b"[" + text + b"]")
    return found


def _parsed_one(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # Python's own writer makes these of numbers that are none.
        if b"NaN" not in text and b"Infinity" not in text:
            raise NotPlain from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotPlain from error


def _item_ends(text: mmap.mmap, start: int) -> Iterator[int]:
    """Where each item of a list ends whose first begins at `start`."""
    depth = 0
    for match in _TOKEN.finditer(text, start):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                yield match.start()
                return
        elif token == b"," and depth == 0:
            yield match.start()
    raise NotPlain


def _item_starts(text: mmap.mmap, start: int, end: int) -> Iterator[int]:
    """Where each item of a block begins."""
    at = start
    for stop in _item_ends(text, start):
        match = _SPACE.match(text, at)
        yield at if match is None else match.end()
        at = stop + 1
        if stop >= end:
            return


def too_large(file: Path, largest: int) -> None:
    """Raises FormatError for a file that cannot be read in blocks and is too large to be read at once."""
    if file.stat().st_size > largest:
        raise FormatError(
            "{0} is no UTF-8 JSON from its beginning to its end (cut off, or another encoding) and too large "
            "({1:,} MB) to be looked into; get it again.",
            file,
            file.stat().st_size >> 20,
        )
