"""Folders of images into the pool: found, read by several threads, written in batches by this one."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.domain.errors import Cancelled, ProjectError
from boxwright.domain.progress import Progress, Report, ShouldStop, ignore, never
from boxwright.imaging.probe import probe
from boxwright.services.listing import ListedFile, Listing
from boxwright.services.project import Project
from boxwright.store.files import FileRow

MISSING = "file is missing"
# Two more than cores: one or two wait for the disk.
_READERS = min(8, (os.cpu_count() or 1) + 2)
_AT_A_TIME = 32
_BATCH_ROWS = 1024
_BATCH_SECONDS = 0.5
# A file and what is there now; None when that is what the pool knows.
_Read = tuple[ListedFile, FileRow | None]


@dataclass
class ScanResult:
    """What a scan did, in files. `found` = `added` + `changed` + `moved` + `unchanged`.

    `missing` were known and are gone. `duplicates` and `unreadable` are among those added, changed or moved.
    `changed_labeled`: the content changed under labels of a person, who should look at them. `ignored` are no images
    by their ending, `hidden` begin with a dot. `problems`: (path, reason). `stopped`: it was cancelled, and another
    scan goes on from there. `per_second`: files read.
    """

    found: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    duplicates: int = 0
    unreadable: int = 0
    changed_labeled: int = 0
    ignored: int = 0
    hidden: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False
    per_second: float = 0.0


def add_folders(
    project: Project, folders: Sequence[Path], report: Report = ignore, should_stop: ShouldStop = never
) -> ScanResult:
    """Add every image below `folders`. Files that the pool knows and that did not change are not read again; moved and
    changed ones are noticed; copies are set aside. Stopping keeps what was finished. Raises ProjectError."""
    project.require_writable()
    starts = [_checked(folder) for folder in folders]
    scan = _Scan(project, Listing(project, report, should_stop))
    try:
        for start in starts:
            scan.listing.look_into(start)
    except Cancelled:
        scan.result.stopped = True
    else:
        scan.read_files(report, should_stop)
        scan.note_missing()
    return scan.result


def _checked(folder: Path) -> Path:
    path = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100 - Path.absolute keeps '..'
    if not path.exists():
        raise ProjectError(f"The image folder {path} is not there: check the path.")
    if not path.is_dir():
        raise ProjectError(f"{path} is a file, not a folder of images: name the folder that it is in.")
    return path


class _Scan:
    def __init__(self, project: Project, listing: Listing) -> None:
        self.project = project
        self.listing = listing
        self.result = ScanResult()
        self._moved: set[int] = set()

    def read_files(self, report: Report, should_stop: ShouldStop) -> None:
        """Probe what is new or changed and write it in the order in which it was found."""
        result, total = self.result, len(self.listing.files)
        copies_before = self.project.images.counts()["duplicates"]
        began = written_at = time.monotonic()
        waiting: list[_Read] = []
        for part in _in_order(self.listing.files, should_stop):
            waiting += part
            result.found += len(part)
            now = time.monotonic()
            result.per_second = result.found / max(now - began, 1e-6)
            if len(waiting) >= _BATCH_ROWS or now - written_at > _BATCH_SECONDS:
                self._write(waiting)
                waiting, written_at = [], now
            report(Progress(result.found, total, "reading images", result.per_second))
        self._write(waiting)
        notes = self.listing.notes
        result.ignored, result.hidden = notes.ignored, notes.hidden
        result.problems += notes.problems
        result.stopped = result.found < total
        result.duplicates = max(0, self.project.images.counts()["duplicates"] - copies_before)

    def note_missing(self) -> None:
        """Mark what is gone; nothing is concluded from a scan that did not see everything."""
        if self.result.stopped or self.listing.notes.problems:
            return
        gone = [image_id for image_id, _ in self.listing.gone() if image_id not in self._moved]
        with self.project.transaction():
            self.project.files.mark_missing(gone, MISSING)
        self.result.missing = len(gone)

    def _write(self, read: Sequence[_Read]) -> None:
        fresh = [(file, row) for file, row in read if row is not None]
        self.result.unchanged += len(read) - len(fresh)
        if not fresh:
            return
        with self.project.transaction():
            self._write_rows(fresh)
            hashes = {row.content_hash for _, row in fresh}
            hashes |= {file.known.content_hash for file, _ in fresh if file.known}
            self.project.files.settle_copies(hashes)
        for file, row in fresh:
            if row.problem and not (file.known and file.known.problem == row.problem):
                self.result.unreadable += 1
                self.result.problems.append((str(file.disk), row.problem))

    def _write_rows(self, fresh: Sequence[tuple[ListedFile, FileRow]]) -> None:
        files, result = self.project.files, self.result
        new = [row for file, row in fresh if file.known is None]
        moved = self._find_moved(new)
        for row, image_id in moved.items():
            files.update(image_id, row)
        files.add([row for row in new if row not in moved])
        other: list[int] = []
        for known, row in ((file.known, row) for file, row in fresh if file.known is not None):
            files.update(known.id, row)
            if (known.content_hash, known.problem) == (row.content_hash, row.problem):
                result.unchanged += 1
                continue
            result.changed += 1
            if known.content_hash != row.content_hash:
                other.append(known.id)
        result.changed_labeled += len(files.forget_predictions(other))
        result.moved += len(moved)
        result.added += len(new) - len(moved)
        self._moved |= set(moved.values())

    def _find_moved(self, new: Sequence[FileRow]) -> dict[FileRow, int]:
        """New files with the bytes of an image whose own file is gone, and that image's id."""
        places = self.project.files.places({row.content_hash for row in new})
        moved: dict[FileRow, int] = {}
        for row in new:
            for image_id, disk in places.get(row.content_hash, ()):
                if image_id not in moved.values() and not os.path.lexists(disk):
                    moved[row] = image_id
                    break
        return moved


def _read_part(files: Sequence[ListedFile]) -> list[_Read]:
    return [(file, _read(file)) for file in files]


def _read(file: ListedFile) -> FileRow | None:
    known = file.known
    # A file that could not be used is looked at again: its rights or its folder may have been mended.
    if known is not None and known.problem is None:
        try:
            status = file.disk.stat()
        except OSError:
            status = None
        if status and (status.st_size, status.st_mtime_ns) == (known.size, known.mtime_ns):
            return None
    p = probe(file.disk)
    return FileRow(file.root_id, file.path, p.width, p.height, p.content_hash, p.size, p.mtime_ns, p.problem)


def _in_order(files: Sequence[ListedFile], should_stop: ShouldStop) -> Iterator[list[_Read]]:
    """Slices of `files`, read by a few threads, in order and only a few slices ahead."""
    with ThreadPoolExecutor(_READERS, thread_name_prefix="boxwright-scan") as pool:
        running: deque[Future[list[_Read]]] = deque()
        try:
            for start in range(0, len(files), _AT_A_TIME):
                if should_stop():
                    break
                running.append(pool.submit(_read_part, files[start : start + _AT_A_TIME]))
                if len(running) >= 3 * _READERS:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
