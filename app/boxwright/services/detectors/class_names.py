"""Names of a detector's classes as a person says them: typed, in a file, or by the key of a known list."""

from __future__ import annotations

import re
from pathlib import Path

from boxwright.domain.class_lists import class_list
from boxwright.domain.errors import FormatError
from boxwright.formats.checks import Reporter
from boxwright.formats.dataset import Problem
from boxwright.formats.text import LARGEST_LABEL_FILE, decode, read_bytes


def names_said(text: str, flaws: list[Problem] | None = None) -> list[str]:
    """The names in order, from the file `text`, one a line; of the list with that key; or between its commas. The place
    of a name is its number, so that two may be alike. What was odd in a file is added to `flaws`. Raises FormatError
    for one that is not there or cannot be read."""
    path = Path(text.strip()).expanduser()
    if text.strip() and path.is_file():
        names = decode(read_bytes(path, LARGEST_LABEL_FILE), Reporter([] if flaws is None else flaws, "")).splitlines()
    elif (known := class_list(text)) is not None:
        return list(known.names)
    elif "," not in text and (path.suffix in (".txt", ".names") or len(path.parts) > 1):
        raise FormatError("The class file {0} is not there: check the path, or list the names with commas.", path)
    else:
        names = re.split(r"[,\n]", text)
    stripped = [name.strip() for name in names]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped
