"""Path guard: rows' paths have to stay below their folder, since a project file can come from anybody."""

from __future__ import annotations

import os
import re
from pathlib import Path

OUTSIDE = "(outside)"
"""A folder that is nowhere: what leads out of its own is said to be in it, and is not there."""

_SEPARATORS = r"/\\" if os.sep == "\\" else "/"
_LEADS_OUT = re.compile(
    rf"^[{_SEPARATORS}]|(?:^|[{_SEPARATORS}])\.\.(?:[{_SEPARATORS}]|$)|\0" + (r"|^[A-Za-z]:" if os.sep == "\\" else "")
)
_STRANGE = re.compile(r"[^\w .-]+")


def folder_of(stored: str) -> str:
    """Of a root: absolute as it is, else below the project's folder."""
    return stored if Path(stored).is_absolute() else inside(stored)


def file_of(project_folder: Path, root_folder: str, path: str) -> Path:
    """Of the image at `path` below a root, as both are stored."""
    return project_folder / folder_of(root_folder) / inside(path)


def inside(path: str) -> str:
    """`path`, relative to a folder; one that is absolute or climbs with `..` becomes the path of a file that is not
    there."""
    if not _LEADS_OUT.search(path):
        return path
    return f"{OUTSIDE}/{_STRANGE.sub('_', path)[-80:]}"
