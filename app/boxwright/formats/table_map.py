"""Column map of a table: a person's word on what columns mean, where their names do not say it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwright.domain.errors import FormatError, SettingError
from boxwright.domain.messages import Message
from boxwright.formats.table_columns import TableColumns, columns_of, side_like, told_by

# Meaning -> a name of a column that tells it, and that outweighs every other.
MEANINGS = {
    "image": "filename", "class": "class",
    "xmin": "xmin", "ymin": "ymin", "xmax": "xmax", "ymax": "ymax",
    "x": "bboxx", "y": "bboxy", "width": "bboxwidth", "height": "bboxheight",
    "xcenter": "xcenter", "ycenter": "ycenter",
    "score": "score", "split": "split", "image_width": "imagewidth", "image_height": "imageheight",
    "difficult": "difficult", "occluded": "occluded", "truncated": "truncated", "crowd": "crowd",
    "attributes": "attributes", "tags": "tags", "note": "note",
}  # fmt: skip
IMAGE = "image"
NO_MAPPING: Mapping[str, str] = {}
SIDES = frozenset({"xmin", "ymin", "xmax", "ymax", "x", "y", "xcenter", "ycenter", "width", "height"})


def parsed_columns(texts: Sequence[str]) -> dict[str, str]:
    """`COLUMN=MEANING` texts as a mapping; COLUMN is a name in the header, or a number from 1. Raises SettingError for
    a text without `=`, an unknown meaning, and one that two columns have."""
    mapping: dict[str, str] = {}
    for text in texts:
        column, equals, meaning = (part.strip() for part in text.rpartition("="))
        if not equals or not column:
            raise SettingError("'{0}' names no column; write COLUMN=MEANING, such as Foto=image.", text)
        if meaning not in MEANINGS:
            near = difflib.get_close_matches(meaning, MEANINGS, 1)
            hint = Message("did you mean '{0}'?", near[0]) if near else Message("known are {0}.", ", ".join(MEANINGS))
            raise SettingError("'{0}' is no meaning of a column; {1}", meaning, hint)
        if meaning in mapping.values():
            raise SettingError("Two columns cannot both be '{0}'; leave one out.", meaning)
        mapping[column] = meaning
    return mapping


def likely_meanings(header: Sequence[str]) -> dict[int, str]:
    """For those columns whose name tells something, what a person will most likely say of them, by their place."""
    found: dict[int, str] = {}
    for place, name in enumerate(header):
        meaning = told_by(name)
        if meaning is not None and meaning not in found.values():
            found[place] = meaning
    return found


def mapped_columns(
    first: Sequence[str], mapping: Mapping[str, str], file: Path, by_file: bool = False
) -> tuple[TableColumns, bool]:
    """The columns of the table `file` whose first row is `first`, and whether that row is a header: it is none when all
    columns are named by their numbers. `by_file`: without a column of images the file's own name tells its image.
    Raises FormatError where a column is not there, or no box comes of them."""
    cells = [cell.strip() for cell in first]
    # The cells of a text file are often numbers themselves.
    numbered = by_file and all(column.isdecimal() for column in mapping)
    headed = not numbered and any(column in cells for column in mapping)
    names = cells if headed else [""] * len(cells)
    if any(meaning in SIDES for meaning in mapping.values()):
        # A box is told in one way: what the header seems to say besides must not outweigh a person's word.
        names = ["" if side_like(name) else name for name in names]
    for column, meaning in mapping.items():
        named = column in cells and not numbered
        place = cells.index(column) if named else int(column) - 1 if column.isdecimal() else -1
        if not 0 <= place < len(cells):
            raise FormatError("{0} has no column '{1}'; it has {2}.", file, column, ", ".join(cells)[:200])
        names[place] = MEANINGS[meaning]
    found = columns_of(names, by_file and IMAGE not in mapping.values())
    if found is None:
        raise FormatError(
            "{0}: the columns do not make a box; it takes image, class, and xmin, ymin, xmax, ymax, or x, y, "
            "width, height, or xcenter, ycenter, width, height.",
            file,
        )
    return found, headed
