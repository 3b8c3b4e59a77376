"""YAML parser that leaves every scalar as text.

YAML makes 8 of `010`, 750 of `12:30` and a truth of `on`, and these are names of classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from boxwright.domain.errors import FormatError

# A data.yaml has three levels.
_DEEPEST = 30
# The parser in C where the wheel has it: thirty times as fast.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlTable(dict[str, Any]):
    """Mapping by its keys, and `written`, its own text."""

    written: str = ""


class YamlList(list[Any]):
    """Sequence, and `written`, its own text."""

    written: str = ""


def load_yaml(text: str, file: Path) -> Any:
    """The first document of `text`: mappings (`YamlTable`), lists (`YamlList`) and texts; None where there is none. A
    key that is there twice counts with its last value. Raises FormatError, which names `file` and the line."""
    try:
        return _Tree(text, file).read()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            raise FormatError("{0}: this is not YAML; mend the file and try again.", file) from error
        # The end of the text counts as the line after it.
        line = min(mark.line + 1, len(text.splitlines()) or 1)
        raise FormatError("{0}, line {1}: this is not YAML; mend the file and try again.", file, line) from error
    except (ValueError, UnicodeError, RecursionError) as error:
        raise FormatError("{0}: this is not YAML; mend the file and try again.", file) from error


def is_nothing(value: Any) -> bool:
    """Whether a value that was read is one of YAML's ways to write none."""
    return value is None or (isinstance(value, str) and value in ("", "~", "null", "Null", "NULL"))


class _Tree:
    """Built of the parser's events by a loop, as builders that call themselves end the process at a deep file."""

    def __init__(self, text: str, file: Path) -> None:
        self.text = text
        self.file = file
        self.open: list[tuple[YamlTable | YamlList, int]] = []
        self.keys: list[str | None] = []
        self.last = 0
        self.root: Any = None

    def read(self) -> Any:
        events: Iterator[Any] = yaml.parse(self.text, Loader=_LOADER)
        for event in events:
            if isinstance(event, yaml.AliasEvent):
                # An alias inside an alias can unfold to gigabytes; no dataset needs one.
                raise FormatError(
                    "{0} uses YAML aliases, which a data.yaml does not need; write the values out.", self.file
                )
            if isinstance(event, yaml.ScalarEvent):
                end: Any = event.end_mark
                self.last = end.index
                self._put(event.value)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(YamlTable() if isinstance(event, yaml.MappingStartEvent) else YamlList(), event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end(event)
            elif isinstance(event, yaml.DocumentEndEvent):
                break
        return self.root

    def _begin(self, made: YamlTable | YamlList, event: Any) -> None:
        if len(self.open) >= _DEEPEST:
            raise FormatError(
                "{0}, line {1}: the values are nested deeper than a data.yaml needs; mend the file and try again.",
                self.file,
                event.start_mark.line + 1,
            )
        self.open.append((made, event.start_mark.index))
        self.keys.append(None)

    def _end(self, event: Any) -> None:
        made, start = self.open.pop()
        self.keys.pop()
        # A block ends where the next one begins, blanks and comments between them included.
        if self.text[event.start_mark.index : event.end_mark.index] in ("]", "}"):
            self.last = event.end_mark.index
        made.written = self.text[start : max(self.last, start)]
        self._put(made)

    def _put(self, value: Any) -> None:
        if not self.open:
            self.root = value
            return
        parent, key = self.open[-1][0], self.keys[-1]
        if isinstance(parent, YamlList):
            parent.append(value)
        elif key is None:
            self.keys[-1] = as_text(value)
        else:
            parent[key] = value
            self.keys[-1] = None


def as_text(value: Any) -> str:
    """A value as it is written; of a list or a mapping its whole text."""
    return value if isinstance(value, str) else str(getattr(value, "written", ""))
