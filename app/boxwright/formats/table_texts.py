"""Tables without a column for the image: a text file of boxes an image, named like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from boxwright.formats.finding import ImageFiles, files_below, is_file
from boxwright.formats.names import stem_of
from boxwright.formats.text import head

# Of the two images that a stem may mean, as in DeepPCB: the board that was tested, not the template beside it.
_TESTED = "_test"
_SNIFF = 4096


def is_text_table(file: Path) -> bool:
    return file.suffix.lower() == ".txt" and is_file(file)


def texts_below(folder: Path) -> Iterator[Path]:
    """The text files below `folder` that may be tables."""
    return (file for file in files_below(folder) if is_text_table(file))


def first_text(path: Path) -> Path | None:
    """`path` where it is a text file, else the first one below it whose first line has at least five cells."""
    files = [path] if path.is_file() else texts_below(path) if path.is_dir() else ()
    return next((file for file in files if is_text_table(file) and len(cells_of(_first_line(file))) >= 5), None)


def cells_of(line: str) -> list[str]:
    """The cells of a line: commas, semicolons, tabs or blanks part them, however many."""
    return line.replace(",", " ").replace(";", " ").split()


def numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines with cells, from 1."""
    return ((number, cells) for number, line in enumerate(text.splitlines(), start=1) if (cells := cells_of(line)))


class ImagesByStem:
    """Images by name without suffix: which one a text file speaks of."""

    def __init__(self, files: ImageFiles) -> None:
        self._files = files

    def of(self, text: Path) -> Path | None:
        """The image of the same stem beside it or the only one of that stem below the root, else the only one whose
        stem goes on with `_` or `-` after it, or with `_test`. None where that is not clear."""
        if (found := self._files.find_stem(text.stem, text.parent)) is not None:
            return found
        for candidates in (self._exact.get(text.stem.lower(), []), self._longer(text.stem.lower())):
            if len(candidates) == 1:
                return candidates[0]
            tested = [file for file in candidates if stem_of(file.name).lower() == text.stem.lower() + _TESTED]
            if len(tested) == 1:
                return tested[0]
        return None

    def _longer(self, stem: str) -> list[Path]:
        return [file for mark in "_-" for file in self._begun.get(stem + mark, [])]

    @cached_property
    def _exact(self) -> dict[str, list[Path]]:
        return _indexed((stem_of(file.name).lower(), file) for file in self._files.all)

    @cached_property
    def _begun(self) -> dict[str, list[Path]]:
        """By every beginning of a stem that ends in `_` or `-`."""
        return _indexed(
            (stem[: place + 1], file)
            for stem, files in self._exact.items()
            for file in files
            for place, char in enumerate(stem)
            if char in "_-"
        )


def _indexed(pairs: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    index: dict[str, list[Path]] = {}
    for key, file in pairs:
        index.setdefault(key, []).append(file)
    return index


def _first_line(file: Path) -> str:
    return next((line for line in head(file, _SNIFF).splitlines() if line.strip()), "")
