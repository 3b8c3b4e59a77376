"""Roots of a project: which one a folder belongs to, and pointing one to where its images are now."""

from __future__ import annotations

import os
from pathlib import Path

from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message
from boxwright.services.project.project import Project
from boxwright.store.roots import Root

_LOOKED_AT = 200


class RootMap:
    """Map of files to roots. Files belong to the deepest root that holds them, so roots may lie inside one another
    and no file has two."""

    def __init__(self, roots: list[Root]) -> None:
        found = [(Path(os.path.realpath(root.folder)), root) for root in roots]
        self._roots = sorted(found, key=lambda pair: -len(pair[0].parts))

    def locate(self, folder: Path) -> tuple[Root, str] | None:
        """The root of `folder` (absolute, links resolved) and the path below it ("" for the root itself)."""
        for real, root in self._roots:
            if folder.is_relative_to(real):
                relative = folder.relative_to(real).as_posix()
                return root, "" if relative == "." else relative
        return None

    def inside(self, folder: Path) -> list[Root]:
        """Roots that lie below `folder`."""
        return [root for real, root in self._roots if real != folder and real.is_relative_to(folder)]


def missing_roots(project: Project) -> list[Root]:
    """Roots whose folder is not there now: a drive that is not connected, or a folder that was moved."""
    return [root for root in project.roots.all() if not root.folder.is_dir()]


def move_root(project: Project, name: str, folder: Path) -> int:
    """Point the root `name` to `folder`, where its images are now; returns how many of those looked at are there.

    Raises ProjectError when there is no such root or folder, or when none of its images is in the folder.
    """
    project.require_writable()
    root = project.roots.by_name(name)
    if root is None:
        known = ", ".join(f"'{r.name}'" for r in project.roots.all()) or Message("none")
        raise ProjectError("The project has no image folder called '{0}'; it has {1}.", name, known)
    folder = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 - Path.absolute keeps '..'
    if not folder.is_dir():
        raise ProjectError("{0} is not a folder, so the images of '{1}' cannot be there: check the path.", folder, name)
    paths = sorted(project.files.known(root.id))
    sample = paths[:: max(1, len(paths) // _LOOKED_AT)]
    there = sum((folder / path).is_file() for path in sample)
    if sample and not there:
        raise ProjectError(
            "None of the images of '{0}' is in {1} (looked for such as '{2}'): choose the folder that "
            "took the place of {3}.",
            name,
            folder,
            sample[0],
            root.folder,
        )
    project.roots.move(root.id, folder)
    return there
