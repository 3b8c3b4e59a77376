"""Search for the image that a label file lists, when that file also tells its split."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.image import Split
from boxwright.formats.finding import ImageFiles, relative_to, split_in_path


def find_listed(files: ImageFiles, name: str, split: Split | None, *folders: Path) -> Path | None:
    """The file that `name` (relative, clean) means, as `ImageFiles.find`. One that only ends like it and lies in the
    folder of another split is somebody else's: images of two splits may share their name."""
    found = files.find(name, *folders)
    if found is None or split is None or found in [folder / name for folder in (*folders, files.root)]:
        return found
    return found if split_in_path(relative_to(found, files.root)) in (None, split) else None
