"""Following of files that are new or have other content: a picture is known by what it contains."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.domain.names import file_key
from boxwright.imaging.probe import probe
from boxwright.services.images.listing import ListedFile
from boxwright.services.project.project import Project
from boxwright.store.files import FileRow, Holder, KnownFile

Spot = tuple[ListedFile, FileRow]
"""A place on disk, and what is there now."""


@dataclass
class Followed:
    """Result of following.

    What became of some places. `moved`: images whose picture lies elsewhere now, with what is there. `changed`:
    images whose picture is nowhere and whose file has another content. `added`: pictures that no image of the pool is;
    `left`: such ones as well, in places whose image turned up elsewhere.
    `away`: images whose picture is nowhere and whose place another image has taken, with that place. `reused`: copies
    whose place the image they are a copy of has taken, with the picture that they are now.
    """

    moved: list[tuple[int, FileRow]] = field(default_factory=list)
    changed: list[tuple[KnownFile, FileRow]] = field(default_factory=list)
    added: list[FileRow] = field(default_factory=list)
    left: list[FileRow] = field(default_factory=list)
    away: list[tuple[int, FileRow]] = field(default_factory=list)
    reused: list[tuple[int, FileRow]] = field(default_factory=list)


class Following:
    """Follower of files.

    `spots`: every place whose content is not what the pool knows, or that it does not know at all. `seen(root_id,
    path)`: the place was looked at; what is not among `spots` is then as it was.
    """

    def __init__(self, project: Project, spots: Sequence[Spot], seen: Callable[[int, str], bool]) -> None:
        self._files = project.files
        self._spots = spots
        self._seen = seen
        self._other = {file.known.id for file, _ in spots if file.known}
        wanted = {row.content_hash for _, row in spots} | {f.known.picture for f, _ in spots if f.known}
        self._holders = self._files.holders(wanted)
        self._taken: set[int] = set()

    def follow(self) -> Followed:
        by_content: dict[str, list[int]] = {}
        for number, (_, row) in enumerate(self._spots):
            by_content.setdefault(row.content_hash, []).append(number)
        homes: dict[int, Holder] = {}
        for content, numbers in by_content.items():
            loose = [holder for holder in self._holders.get(content, ()) if self._is_loose(holder, numbers)]
            homes |= self._paired(numbers, loose)
        self._taken = {holder.id for holder in homes.values()}
        result = Followed()
        for number, (file, row) in enumerate(self._spots):
            if (home := homes.get(number)) is not None:
                self._settle_home(result, file, row, home)
            elif file.known is None or file.known.id in self._taken:
                result.added.append(row)
            elif (copy := self._copy_of(file.known)) is not None:
                self._give_place(result, file.known.id, copy)
                result.reused.append((copy, row))
            elif (other := self._replaced_with(file.known)) is not None:
                self._give_place(result, file.known.id, other)
                result.away.append((other, self._files.row(other)))
                result.added.append(row)
            else:
                result.changed.append((file.known, row))
        return result

    def _give_place(self, result: Followed, image_id: int, other: int) -> None:
        """The picture of the image lies where the image `other` was."""
        self._taken |= {other, image_id}
        result.moved.append((image_id, self._files.row(other)))

    def _settle_home(self, result: Followed, file: ListedFile, row: FileRow, home: Holder) -> None:
        if file.known is not None and home.id == file.known.id:
            result.changed.append((file.known, row))
            return
        result.moved.append((home.id, row))
        if home.replaced and home.id not in self._other:
            # What had taken its place stays there.
            result.left.append(self._files.row(home.id))
        if file.known is None or file.known.id in self._taken:
            return
        other = self._copy_of(file.known)
        if other is None:
            other = self._replaced_with(file.known)
        if other is None:
            result.away.append((file.known.id, row))
        else:
            self._give_place(result, file.known.id, other)
            result.away.append((other, self._files.row(other)))

    def _copy_of(self, known: KnownFile) -> int | None:
        """A copy in its old place, where a person worked on the image itself: nothing else is left of the picture."""
        if not self._is_worked_on(known):
            return None
        free = (h for h in self._holders[known.picture] if not h.worked_on and h.id not in self._taken)
        return next((holder.id for holder in free if not self._is_gone(holder)), None)

    def _replaced_with(self, known: KnownFile) -> int | None:
        """An image whose own picture is gone and whose file is a copy of this one, where a person worked on this."""
        if not self._is_worked_on(known):
            return None
        found = self._files.replaced_with(known.picture)
        return next((id_ for id_ in found if id_ not in self._taken | self._other | {known.id}), None)

    def _is_worked_on(self, known: KnownFile) -> bool:
        return any(holder.id == known.id and holder.worked_on for holder in self._holders.get(known.picture, ()))

    def _paired(self, numbers: Sequence[int], loose: Iterable[Holder]) -> dict[int, Holder]:
        """Which of these places, all of one content, each image gets: its own, then one of its name, then the first."""
        own, named = {}, dict[str, list[int]]()
        for number in numbers:
            file, _ = self._spots[number]
            own[file.known.id if file.known else -number - 1] = number
            named.setdefault(_name(file.path), []).append(number)
        pairs: dict[int, Holder] = {}
        rest = []
        for holder in sorted(loose, key=lambda h: (not h.worked_on, h.copy, h.id)):
            wanted = [own[holder.id]] if holder.id in own else named.get(_name(holder.path), ())
            free = [n for n in wanted if n not in pairs]
            if free:
                pairs[free[0]] = holder
            else:
                rest.append(holder)
        return pairs | dict(zip([n for n in numbers if n not in pairs], rest, strict=False))

    def _is_loose(self, holder: Holder, numbers: Sequence[int]) -> bool:
        """Its picture does not lie where it lay."""
        if self._is_gone(holder):
            return True
        if self._seen(holder.root_id, holder.path):
            return False
        new = (file for file, _ in (self._spots[n] for n in numbers) if file.known is None)
        return any(same_file(holder.disk, file.disk) for file in new)

    def _is_gone(self, holder: Holder) -> bool:
        if holder.replaced or holder.id in self._other:
            return True
        if self._seen(holder.root_id, holder.path):
            return False
        return content_differs(holder)


def content_differs(holder: Holder) -> bool:
    """The picture of an image is not in its file any more. A file that cannot be read counts as unchanged."""
    try:
        status = holder.disk.stat()
    except OSError:
        return not os.path.lexists(holder.disk)
    if (status.st_size, status.st_mtime_ns) == (holder.size, holder.mtime_ns):
        return False
    now = probe(holder.disk).content_hash
    return bool(now) and now != holder.content


def same_file(a: Path, b: Path) -> bool:
    """One file under two spellings of its name, on a disk that takes them for one."""
    try:
        return a.parent == b.parent and file_key(a.name) == file_key(b.name) and a.samefile(b)
    except OSError:
        return False


def _name(path: str) -> str:
    return file_key(path.rsplit("/", 1)[-1])
