"""Scan of image folders into the pool: found, read by several threads, written in batches by this one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from boxwright.config.in_order import map_in_order
from boxwright.domain.errors import Cancelled, ProjectError
from boxwright.domain.messages import Message, from_text
from boxwright.domain.progress import Progress, Report, ShouldStop, ignore, never
from boxwright.services.images.file_check import change_in_place, file_row
from boxwright.services.images.following import Following, Spot
from boxwright.services.images.listing import ListedFile, Listing
from boxwright.services.project.project import Project
from boxwright.store.files import GONE, FileRow, KnownFile

MISSING = Message("file is missing")
# Two more than cores: one or two wait for the disk.
_READERS = min(8, (os.cpu_count() or 1) + 2)
_AT_A_TIME = 32
_BATCH_ROWS = 1024
_BATCH_SECONDS = 0.5
# A file and what is there now; None when that is what the pool knows.
_Read = tuple[ListedFile, FileRow | None]


@dataclass
class ScanResult:
    """Result of a scan, in files. `found` = `added` + `changed` + `moved` + `unchanged`.

    `missing` were known and are gone, `missing_labeled` names those that a person worked on. `duplicates` and
    `unreadable` are among those added, changed or moved. `changed_labeled`: the content changed under labels of a
    person, who should look at them; `replaced` names them. `ignored` are no images by their ending, `unread`
    pictures of kinds that cannot be read, `hidden` begin with a dot. `problems`: (path, reason). `stopped`: it was
    cancelled, and another
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
    replaced: list[str] = field(default_factory=list)
    missing_labeled: list[str] = field(default_factory=list)
    ignored: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    hidden: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False
    per_second: float = 0.0


def add_folders(
    project: Project, folders: Sequence[Path], report: Report = ignore, should_stop: ShouldStop = never
) -> ScanResult:
    """Add every image below `folders`. Files that the pool knows and that did not change are not read again. Labels go
    with their picture, wherever it lies now and whatever it is called (`services.images.following`); changed files are
    noticed; copies are set aside. Stopping keeps what was finished. Raises ProjectError."""
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
        raise ProjectError("The image folder {0} is not there: check the path.", path)
    if not path.is_dir():
        raise ProjectError("{0} is a file, not a folder of images: name the folder that it is in.", path)
    return path


class _Scan:
    def __init__(self, project: Project, listing: Listing) -> None:
        self.project = project
        self.listing = listing
        self.result = ScanResult()
        # Whose picture each place holds can only be told when all were looked at.
        self._held: list[Spot] = []
        self._moved: set[int] = set()

    def read_files(self, report: Report, should_stop: ShouldStop) -> None:
        """Probe what is new or changed and write it in the order in which it was found."""
        result, total = self.result, len(self.listing.files)
        copies_before = self.project.images.counts()["duplicates"]
        began = written_at = time.monotonic()
        waiting: list[_Read] = []
        for part in _in_order(self.listing, should_stop):
            waiting += part
            result.found += len(part)
            now = time.monotonic()
            result.per_second = result.found / max(now - began, 1e-6)
            if len(waiting) >= _BATCH_ROWS or now - written_at > _BATCH_SECONDS:
                self._write(waiting)
                waiting, written_at = [], now
            report(Progress(result.found, total, Message("reading images"), result.per_second))
        self._write(waiting)
        notes = self.listing.notes
        result.ignored, result.hidden, result.unread = notes.ignored, notes.hidden, dict(notes.unread)
        result.problems += notes.problems
        result.stopped = result.found < total
        if result.stopped:
            result.found -= len(self._held)
        else:
            self._follow()
        result.duplicates = max(0, self.project.images.counts()["duplicates"] - copies_before)

    def note_missing(self) -> None:
        """Mark what is gone; nothing is concluded from a scan that did not see everything."""
        if self.result.stopped or self.listing.notes.problems:
            return
        gone = [image_id for image_id, _ in self.listing.gone() if image_id not in self._moved]
        with self.project.transaction():
            stand_ins = self.project.files.stand_ins(gone)
            for image_id, copy_id in stand_ins.items():
                self._change_roles(image_id, copy_id)
            gone = [stand_ins[i] if i in stand_ins else self._place_left(i, gone) for i in gone]
            labeled = self.project.files.mark_missing(gone, MISSING)
        self.result.missing += len(gone)
        self.result.missing_labeled += map(_before, self.project.images.paths_of(labeled))

    def _place_left(self, image_id: int, gone: Sequence[int]) -> int:
        """A picture that people worked on and that is gone may lie where the picture of another image was: then it is
        that place's image, and what is gone is the other. Returns which of both is."""
        files = self.project.files
        content = files.row(image_id).content_hash
        other = next((id_ for id_ in files.replaced_with(content) if id_ not in gone), None)
        if other is None or not any(
            h.id == image_id and h.worked_on for h in files.holders({content}).get(content, ())
        ):
            return image_id
        there = files.row(other)
        files.put_aside([image_id, other])
        files.update(image_id, there)
        files.put_away(other, there.root_id, there.path, MISSING)
        return other

    def _change_roles(self, image_id: int, copy_id: int) -> None:
        files = self.project.files
        gone, there = files.row(image_id), files.row(copy_id)
        files.put_aside([image_id, copy_id])
        files.update(image_id, there)
        files.update(copy_id, replace(gone, problem=MISSING))

    def _write(self, read: Sequence[_Read]) -> None:
        """Store what can be told of a file by itself; the rest is held."""
        fresh = [(file, row) for file, row in read if row is not None]
        new = [(file, row) for file, row in fresh if file.known is None]
        elsewhere = self.project.files.known_contents(row.content_hash for _, row in new)
        first = [row for _, row in new if row.content_hash not in elsewhere]
        self._held += [(file, row) for file, row in new if row.content_hash in elsewhere]
        same: list[tuple[KnownFile, FileRow]] = []
        for file, row in fresh:
            if file.known is None:
                continue
            if row.content_hash == file.known.content_hash:
                same.append((file.known, row))
            else:
                self._held.append((file, row))
        times = [(file.ctime_ns, file.known.id) for file, row in read if row is None and file.known and file.ctime_ns]
        self.result.unchanged += len(read) - len(fresh)
        if not (first or same or times):
            return
        with self.project.transaction():
            self.project.files.note_times(times)
            self.project.files.add(first)
            for known, row in same:
                self.project.files.update(known.id, row)
            self.project.files.settle_copies({row.content_hash for row in (*first, *(row for _, row in same))})
        self.result.added += len(first)
        for known, row in same:
            self.result.unchanged += known.problem == row.problem
            self.result.changed += known.problem != row.problem
        self._tell_problems(fresh)

    def _follow(self) -> None:
        if not self._held:
            return
        files, result = self.project.files, self.result
        with self.project.transaction():
            found = Following(self.project, self._held, self.listing.saw).follow()
            files.put_aside([id_ for id_, _ in (*found.moved, *found.away, *found.reused)])
            for image_id, row in (*found.moved, *found.reused):
                files.update(image_id, row)
            for image_id, row in found.away:
                files.put_away(image_id, row.root_id, row.path, MISSING)
            files.add([*found.added, *found.left])
            worked_on = change_in_place(self.project, {known.id: row for known, row in found.changed})
            files.forget_predictions([image_id for image_id, _ in found.reused])
            hashes = {row.content_hash for _, row in self._held}
            files.settle_copies(hashes | {file.known.content_hash for file, _ in self._held if file.known})
            lost = files.mark_missing([image_id for image_id, _ in found.away], MISSING)
        result.moved += len(found.moved)
        as_before = sum(known.problem is not None and known.problem == row.problem for known, row in found.changed)
        result.changed += len(found.changed) - as_before
        result.unchanged += as_before
        result.added += len(found.added)
        result.changed_labeled += len(worked_on)
        result.replaced += self.project.images.paths_of(worked_on)
        result.missing += len(found.away)
        result.missing_labeled += map(_before, self.project.images.paths_of(lost))
        self._moved |= {image_id for image_id, _ in (*found.moved, *found.away, *found.reused)}
        self._tell_problems(self._held)

    def _tell_problems(self, spots: Iterable[Spot]) -> None:
        for file, row in spots:
            if row.problem and not (file.known and file.known.problem == row.problem):
                self.result.unreadable += 1
                self.result.problems.append((str(file.disk), from_text(row.problem)))


def _before(path: str) -> str:
    """The place that an image had whose picture is nowhere."""
    return path.removeprefix(f"{GONE}/")


def _read_part(listing: Listing, files: Sequence[ListedFile]) -> list[_Read]:
    return [_read(listing, file) for file in files]


def _read(listing: Listing, file: ListedFile) -> _Read:
    known = file.known
    # A file that could not be used is looked at again: its rights or its folder may have been mended.
    if known is not None and known.problem is None:
        try:
            status = file.disk.stat()
        except OSError:
            status = None
        if status and (status.st_size, status.st_mtime_ns) == (known.size, known.mtime_ns):
            # Files of one size and date may have changed places.
            if known.ctime_ns == status.st_ctime_ns:
                return file, None
            if known.ctime_ns is None or not listing.has_twins(file):
                return replace(file, ctime_ns=status.st_ctime_ns), None
    return file, file_row(file.root_id, file.path, file.disk)


def _in_order(listing: Listing, should_stop: ShouldStop) -> Iterator[list[_Read]]:
    """Slices of the files, read by a few threads, in order and only a few slices ahead."""
    files = listing.files
    slices = (files[start : start + _AT_A_TIME] for start in range(0, len(files), _AT_A_TIME))
    wanted = takewhile(lambda _: not should_stop(), slices)
    read = map_in_order(partial(_read_part, listing), wanted, _READERS, "boxwright-scan", 3 * _READERS - 1)
    return (rows for _, rows in read)
