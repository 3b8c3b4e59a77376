"""CSV cells that a spreadsheet takes for text, and that come back as they were."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter

# What a spreadsheet takes for the beginning of a formula, after any apostrophes that were data already.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"''*[=+\-@\t\r]")
_LARGEST_CELL = 1 << 20


def guarded(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would run as a formula. For names, not for numbers."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """`text` as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def row(cells: Sequence[object]) -> str:
    """One line of a CSV file, quoted where that is needed. Names must be guarded already."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def delimiter_of(line: str) -> str:
    """What stands between the cells of the first line of a table: a comma, a semicolon as spreadsheets write where the
    comma is the decimal mark, or a tab."""
    return max(",;\t", key=line.count)


def rows(text: str, reporter: Reporter, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of `text` that are not empty, with the line each begins on, from 1. What cannot be parsed ends them,
    with a word to `reporter`."""
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        what = Message("Line {0} cannot be read ({1}); it and what follows were left out.", begins, error)
        reporter.say(begins, what, Message("CSV cannot be read"))
