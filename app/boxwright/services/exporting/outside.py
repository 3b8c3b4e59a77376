"""Check for images that an export would copy from outside the image folders: a project can be somebody else's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image
from boxwright.services.project.project import Project

# Nobody keeps a data set there; what is read there tells of the machine.
_OF_THE_SYSTEM = ("/boot", "/dev", "/etc", "/proc", "/run", "/sys", "/usr", "/var/lib", "/var/log")
_SECRET = {".ssh", ".gnupg", ".aws"}


def outside(project: Project, images: Sequence[Image]) -> list[Path]:
    """Files of `images` that are in none of the project's image folders once links are followed. A folder so wide that
    everything is in it, such as `/` or a home, is none."""
    roots = {root.name: root.folder for root in project.roots.all()}
    folders = [real for folder in roots.values() if not _too_wide(real := os.path.realpath(folder))]
    inside = tuple(folder.rstrip(os.sep) + os.sep for folder in folders)
    parent_of = lru_cache(4096)(os.path.realpath)
    found = []
    for image in images:
        file = roots[image.root] / image.path
        real = os.path.realpath(file) if file.is_symlink() else os.path.join(parent_of(file.parent), file.name)  # noqa: PTH118
        if not real.startswith(inside):
            found.append(file)
    return found


def refuse_outside(project: Project, images: Sequence[Image]) -> None:
    """Raises FormatError when some of `images` lie outside the image folders."""
    found = outside(project, images)
    if found:
        raise FormatError(
            "{0} images lie outside the image folders of the project (such as {1}), so nothing was "
            "exported: if the project is yours, allow it with --outside or in the dialog, or export without images.",
            len(found),
            found[0],
        )


def _too_wide(real: str) -> bool:
    folder, home = Path(real), Path(os.path.realpath(Path.home()))
    of_the_system = any(folder.is_relative_to(place) for place in _OF_THE_SYSTEM)
    return home.is_relative_to(folder) or of_the_system or bool(_SECRET & set(folder.parts))
