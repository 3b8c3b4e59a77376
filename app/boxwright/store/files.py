"""The pool's view of the disk: which files it knows, what they contained, which are copies of which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from boxwright.store.connection import Store
from boxwright.store.features import FeatureRepository
from boxwright.store.images import chunks, marks
from boxwright.store.scores import ScoreRepository


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the pool remembers of a file. `size` in bytes."""

    id: int
    size: int
    mtime_ns: int
    content_hash: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """What was found at `path` (relative to its root, forward slashes); sizes as in `Image`."""

    root_id: int
    path: str
    width: int
    height: int
    content_hash: str
    size: int
    mtime_ns: int
    problem: str | None


class FileRepository:
    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, root_id: int) -> dict[str, KnownFile]:
        """Every file of a root by its path."""
        rows = self._store.rows(
            "SELECT path, id, size, mtime_ns, content_hash, problem FROM image WHERE root_id = ?", [root_id]
        )
        return {path: KnownFile(*rest) for path, *rest in rows}

    def places(self, hashes: Iterable[str]) -> dict[str, list[tuple[int, Path]]]:
        """For each content the images that have it: (id, absolute path)."""
        found: dict[str, list[tuple[int, Path]]] = {}
        for chunk in chunks([h for h in hashes if h]):
            query = (
                "SELECT content_hash, image.id, root.folder, image.path FROM image JOIN root ON root.id = root_id "
                f"WHERE content_hash IN ({marks(chunk)})"
            )
            for content, id_, folder, path in self._store.rows(query, chunk):
                found.setdefault(content, []).append((id_, self._store.folder / folder / path))
        return found

    def add(self, files: Sequence[FileRow]) -> None:
        # As one step of SQLite: Python hands its lock over at each step, and while other threads read files it waits
        # several milliseconds to get it back, which for executemany is once a row.
        rows = [(f.root_id, f.path, f.width, f.height, f.content_hash, f.size, f.mtime_ns, f.problem) for f in files]
        values = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(8))
        self._store.write(
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns, problem) "
            f"SELECT {values} FROM json_each(?) ORDER BY key",
            [orjson.dumps(rows).decode()],
        )

    def update(self, image_id: int, file: FileRow) -> None:
        """The file moved here, or its content changed. A file that became unreadable keeps the size it had."""
        self._store.write(
            "UPDATE image SET root_id = ?, path = ?, width = iif(?8 IS NULL, ?3, width), "
            "height = iif(?8 IS NULL, ?4, height), content_hash = ?5, size = ?6, mtime_ns = ?7, problem = ?8, "
            "duplicate_of = NULL WHERE id = ?9",
            [
                file.root_id, file.path, file.width, file.height, file.content_hash, file.size, file.mtime_ns,
                file.problem, image_id,
            ],
        )  # fmt: skip

    def forget_predictions(self, image_ids: Sequence[int]) -> list[int]:
        """Drop what detectors saw in the old pixels; returns the images where that was left because a person has
        worked on them."""
        query = "SELECT touched OR state != 'unlabeled' FROM image WHERE id = ?"
        worked_on = [image_id for image_id in image_ids if self._store.value(query, [image_id])]
        forgotten = sorted(set(image_ids) - set(worked_on))
        for table in ("prediction", "predicted"):
            self._store.write_many(f"DELETE FROM {table} WHERE image_id = ?", [(i,) for i in forgotten])
        if forgotten:
            ScoreRepository(self._store).forget(forgotten)
        FeatureRepository(self._store).forget(image_ids)
        return worked_on

    def mark_missing(self, image_ids: Sequence[int], problem: str) -> None:
        """Set images aside whose files are gone. A copy takes the place of one that nobody has worked on; of one with
        labels it does not, or the same picture would be labelled twice."""
        self._store.write_many("UPDATE image SET problem = ? WHERE id = ?", [(problem, i) for i in image_ids])
        hashes: set[str] = set()
        for chunk in chunks(image_ids):
            query = (
                f"SELECT content_hash FROM image WHERE id IN ({marks(chunk)}) AND NOT touched AND state = 'unlabeled'"
            )
            hashes |= {content for (content,) in self._store.rows(query, chunk)}
        self.settle_copies(hashes)

    def settle_copies(self, hashes: Iterable[str]) -> None:
        """Among files with the same bytes one stands for all: one that a person has worked on, else the first known.
        The others are set aside, unless a person has worked on them as well."""
        groups: dict[str, list[tuple[int, int | None, int]]] = {}
        for chunk in chunks(sorted({h for h in hashes if h})):
            # Only contents that are there twice, or once as a copy: of most batches not a row.
            query = (
                "SELECT content_hash, id, duplicate_of, touched OR state != 'unlabeled' FROM image "
                "WHERE problem IS NULL AND content_hash IN (SELECT content_hash FROM image WHERE problem IS NULL "
                f"AND content_hash IN ({marks(chunk)}) GROUP BY 1 HAVING count(*) > 1 OR max(duplicate_of) IS NOT NULL)"
            )
            for content, id_, copy_of, worked_on in self._store.rows(query, chunk):
                groups.setdefault(content, []).append((id_, copy_of, worked_on))
        changes = [change for group in groups.values() for change in _settled(group)]
        self._store.write_many("UPDATE image SET duplicate_of = ? WHERE id = ?", changes)


def _settled(group: Sequence[tuple[int, int | None, int]]) -> list[tuple[int | None, int]]:
    """(duplicate_of, id) for each of `group` (id, duplicate_of, worked on) that must change."""
    first = min(group, key=lambda row: (not row[2], row[1] is not None, row[0]))[0]
    wanted = [(None if id_ == first or worked_on else first, id_, copy_of) for id_, copy_of, worked_on in group]
    return [(target, id_) for target, id_, copy_of in wanted if target != copy_of]
