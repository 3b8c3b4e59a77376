"""Listing of the image files below some folders, with what the pool knows of each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.services.images.walk import Walk, walk
from boxwright.services.project.layout import DATABASE, FOLDERS
from boxwright.services.project.project import Project
from boxwright.services.project.roots import RootMap
from boxwright.store.files import KnownFile
from boxwright.store.roots import Root

_REPORT_EVERY = 1000


@dataclass(frozen=True, slots=True)
class ListedFile:
    """File of a listing.

    `path` is relative to the root `root_id`, with forward slashes. `known` None: new to the pool. `ctime_ns`: to be
    noted of a file that is as it was, 0 for nothing.
    """

    disk: Path
    root_id: int
    path: str
    known: KnownFile | None
    ctime_ns: int = 0


class Listing:
    """Files below some folders. `files` in the order found; `notes` of what else was there."""

    def __init__(self, project: Project, report: Report, should_stop: ShouldStop) -> None:
        self.files: list[ListedFile] = []
        self.notes = Walk()
        self._project = project
        self._report = report
        self._should_stop = should_stop
        self._known: dict[int, dict[str, KnownFile]] = {}
        self._seen: set[tuple[int, str]] = set()
        self._looked: list[tuple[Root, str]] = []
        self._stamps: dict[int, Counter[tuple[int, int]]] = {}

    def look_into(self, start: Path) -> None:
        """Add what is below `start` (absolute). A root is made for it when it holds images that are in no root yet.
        Raises Cancelled."""
        real = Path(os.path.realpath(start))
        roots = RootMap(self._project.roots.all())
        homeless = self._place_all(walk(start, self._leave_out, self.notes), start, real, roots)
        if homeless:
            roots = RootMap([*self._project.roots.all(), self._project.roots.add(start)])
            self._place_all(iter(homeless), start, real, roots)
        located = roots.locate(real)
        self._looked += [located] if located else []
        self._looked += [(root, "") for root in roots.inside(real)]

    def gone(self) -> list[tuple[int, Path]]:
        """(id, path on disk) of images the pool knows below the folders looked into and that are not on disk."""
        found: dict[int, Path] = {}
        for root, below in self._looked:
            for path, known in self._known_in(root).items():
                inside = not below or path.startswith(f"{below}/")
                # The walk leaves some folders out that may be roots of their own, so the disk is asked.
                if inside and (root.id, path) not in self._seen and not os.path.lexists(root.file(path)):
                    found[known.id] = root.file(path)
        return list(found.items())

    def saw(self, root_id: int, path: str) -> bool:
        """Whether a file is there."""
        return (root_id, path) in self._seen

    def has_twins(self, file: ListedFile) -> bool:
        """Another file of the root has the same size and date as this known one, so that these tell nothing."""
        stamps = self._stamps.get(file.root_id)
        if stamps is None:
            known = self._known[file.root_id].values()
            stamps = self._stamps[file.root_id] = Counter((k.size, k.mtime_ns) for k in known)
        return file.known is not None and stamps[file.known.size, file.known.mtime_ns] > 1

    def _place_all(self, found: Iterator[Path], start: Path, real: Path, roots: RootMap) -> list[Path]:
        """Place each file in its root; returns those that have none."""
        homeless: list[Path] = []
        parent: Path | None = None
        located: tuple[Root, str] | None = None
        for number, disk in enumerate(found):
            if number % _REPORT_EVERY == 0:
                check(self._should_stop)
                self._report(Progress(len(self.files) + len(homeless), 0, Message("looking for images")))
            if disk.parent != parent:
                parent = disk.parent
                located = roots.locate(real / parent.relative_to(start))
            if not _is_text(disk):
                shown = os.fsencode(disk).decode("utf-8", "replace")
                self.notes.problems.append((shown, Message("its name is not valid text: rename it")))
            elif located is None:
                homeless.append(disk)
            else:
                self._place(disk, *located)
        return homeless

    def _place(self, disk: Path, root: Root, below: str) -> None:
        path = f"{below}/{disk.name}" if below else disk.name
        if (root.id, path) not in self._seen:
            self._seen.add((root.id, path))
            self.files.append(ListedFile(disk, root.id, path, self._known_in(root).get(path)))

    def _known_in(self, root: Root) -> dict[str, KnownFile]:
        if root.id not in self._known:
            self._known[root.id] = self._project.files.known(root.id)
        return self._known[root.id]

    def _leave_out(self, folder: Path) -> bool:
        """Other projects, and what this project itself writes."""
        # Path.is_file raises for a folder that one may not enter.
        other = os.path.isfile(folder / DATABASE)  # noqa: PTH113
        return other or (folder.parent == self._project.folder and folder.name in FOLDERS)


def _is_text(path: Path) -> bool:
    """False for a name in bytes that are no UTF-8, which no database and no dataset format can hold."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
