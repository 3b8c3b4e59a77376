"""Files as the pool knows them: what they contained, which are copies of which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from boxwright.store.connection import Store
from boxwright.store.features import FeatureRepository
from boxwright.store.images import chunks, marks
from boxwright.store.inside import file_of
from boxwright.store.scores import ScoreRepository

GONE = ".gone"
"""The folder, which no walk enters, in whose name a picture is kept that another has taken the place of."""

_ASIDE = ".aside"
_REPLACED = "EXISTS (SELECT 1 FROM replaced WHERE image_id = image.id)"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """File that the pool remembers.

    What the pool remembers of a file. `size` in bytes; `ctime_ns` None where it was never noted. `labels_of`: the
    content that a person worked on, where the file has another by now, else "".
    """

    id: int
    size: int
    mtime_ns: int
    content_hash: str
    problem: str | None
    ctime_ns: int | None
    labels_of: str

    @property
    def picture(self) -> str:
        """The content that the image is known by."""
        return self.labels_of or self.content_hash


@dataclass(frozen=True, slots=True)
class FileRow:
    """File that a scan found.

    What was found at `path` (relative to its root, forward slashes); sizes as in `Image`. `problem` as
    `domain.messages.to_text` gives it, here and in the others.
    """

    root_id: int
    path: str
    width: int
    height: int
    content_hash: str
    size: int
    mtime_ns: int
    problem: str | None
    ctime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Holder:
    """Image and the content that it is known by.

    `disk`: where its file is or was, `path` below the root `root_id`.
    `replaced`: that file has other content by now. `worked_on` by a person. `copy`: another image stands for it.
    """

    id: int
    content: str
    root_id: int
    path: str
    disk: Path
    size: int
    mtime_ns: int
    problem: str | None
    replaced: bool
    worked_on: bool
    copy: bool


@dataclass(frozen=True, slots=True)
class KnownContent:
    """Content that the pool remembers of a file.

    What the pool remembers of a file's content; `disk` is where it should be.
    """

    disk: Path
    content_hash: str
    size: int
    mtime_ns: int


class FileRepository:
    """Stored facts of files."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, root_id: int) -> dict[str, KnownFile]:
        """Every file of a root by its path."""
        rows = self._store.rows(
            "SELECT path, id, size, mtime_ns, image.content_hash, problem, ctime_ns, "
            "coalesce(replaced.content_hash, '') FROM image LEFT JOIN replaced ON image_id = id WHERE root_id = ?",
            [root_id],
        )
        return {path: KnownFile(*rest) for path, *rest in rows}

    def row(self, image_id: int) -> FileRow:
        """What is known of the file of an image of the pool."""
        query = "SELECT root_id, path, width, height, content_hash, size, mtime_ns, problem, ctime_ns FROM image "
        (found,) = self._store.rows(query + "WHERE id = ?", [image_id])
        return FileRow(*found)

    def pictures(self, image_ids: Sequence[int]) -> dict[int, str]:
        """The content that each of these images is known by."""
        query = (
            "SELECT id, coalesce(replaced.content_hash, image.content_hash) FROM image "
            "LEFT JOIN replaced ON image_id = id WHERE id IN (SELECT value FROM json_each(?))"
        )
        return dict(self._store.rows(query, [orjson.dumps(list(image_ids)).decode()]))

    def stamps(self, image_ids: Sequence[int]) -> dict[int, KnownContent]:
        """Of these images, by id."""
        query = (
            "SELECT image.id, root.folder, path, content_hash, size, mtime_ns FROM image "
            "JOIN root ON root.id = root_id WHERE image.id IN (SELECT value FROM json_each(?))"
        )
        rows = self._store.rows(query, [orjson.dumps(list(image_ids)).decode()])
        return {
            id_: KnownContent(file_of(self._store.folder, folder, path), *rest) for id_, folder, path, *rest in rows
        }

    def holders(self, hashes: Iterable[str]) -> dict[str, list[Holder]]:
        """For each content the images that are known by it."""
        found: dict[str, list[Holder]] = {}
        for chunk in chunks(sorted({h for h in hashes if h})):
            query = (
                "SELECT coalesce(replaced.content_hash, image.content_hash), image.id, root_id, path, root.folder, "
                "size, mtime_ns, problem, image_id IS NOT NULL, touched OR state != 'unlabeled', "
                "duplicate_of IS NOT NULL FROM image JOIN root ON root.id = root_id "
                "LEFT JOIN replaced ON image_id = image.id WHERE image.id IN "
                f"(SELECT id FROM image WHERE content_hash IN ({marks(chunk)}) UNION "
                f"SELECT image_id FROM replaced WHERE content_hash IN ({marks(chunk)}))"
            )
            for content, id_, root_id, path, folder, *rest in self._store.rows(query, [*chunk, *chunk]):
                disk = file_of(self._store.folder, folder, path)
                found.setdefault(content, []).append(
                    Holder(id_, content, root_id, path, disk, *rest[:3], *map(bool, rest[3:]))
                )
        return found

    def replaced_with(self, content: str) -> list[int]:
        """Images whose picture is another one, and whose file has this content now."""
        query = (
            "SELECT image_id FROM replaced JOIN image ON image.id = image_id WHERE image.content_hash = ? ORDER BY 1"
        )
        return [id_ for (id_,) in self._store.rows(query, [content])]

    def known_contents(self, hashes: Iterable[str]) -> set[str]:
        """Those of `hashes` that an image of the pool is known by, or was before its file changed."""
        found: set[str] = set()
        for chunk in chunks(sorted({h for h in hashes if h})):
            query = f"SELECT content_hash FROM {{}} WHERE content_hash IN ({marks(chunk)})"
            found |= {
                content
                for table in ("image", "replaced")
                for (content,) in self._store.rows(query.format(table), chunk)
            }
        return found

    def add(self, files: Sequence[FileRow]) -> None:
        # As one step of SQLite: Python hands its lock over at each step, and while other threads read files it waits
        # several milliseconds to get it back, which for executemany is once a row.
        rows = [
            (f.root_id, f.path, f.width, f.height, f.content_hash, f.size, f.mtime_ns, f.problem, f.ctime_ns)
            for f in files
        ]
        values = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(9))
        self._store.write(
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns, problem, ctime_ns) "
            f"SELECT {values} FROM json_each(?) ORDER BY key",
            [orjson.dumps(rows).decode()],
        )

    def update(self, image_id: int, file: FileRow) -> None:
        """The file moved here, or its content changed. One that became unreadable keeps all else that is known of it,
        for the day on which it can be read again."""
        if file.problem is not None:
            self._store.write(
                "UPDATE image SET root_id = ?, path = ?, problem = ?, duplicate_of = NULL WHERE id = ?",
                [file.root_id, file.path, file.problem, image_id],
            )
            return
        self._store.write(
            "UPDATE image SET root_id = ?, path = ?, width = ?, height = ?, content_hash = ?, size = ?, mtime_ns = ?, "
            "ctime_ns = ?, problem = NULL, duplicate_of = NULL WHERE id = ?",
            [
                file.root_id, file.path, file.width, file.height, file.content_hash, file.size, file.mtime_ns,
                file.ctime_ns, image_id,
            ],
        )  # fmt: skip
        self._store.write("DELETE FROM replaced WHERE image_id = ? AND content_hash = ?", [image_id, file.content_hash])

    def put_aside(self, image_ids: Sequence[int]) -> None:
        """Free the paths of images, so that they can change places within one transaction."""
        self._store.write_many("UPDATE image SET path = ? WHERE id = ?", [(f"{_ASIDE}/{i}", i) for i in image_ids])

    def put_away(self, image_id: int, root_id: int, path: str, problem: str) -> None:
        """An image whose picture is nowhere while another lies in its place: it is missing, under a name that no file
        has, and known by its content should it come back."""
        free, number = f"{GONE}/{path}", 1
        while self._store.value("SELECT 1 FROM image WHERE root_id = ? AND path = ?", [root_id, free]):
            number += 1
            free = f"{GONE}/{number}/{path}"
        self._store.write(
            "UPDATE image SET root_id = ?, path = ?, problem = ? WHERE id = ?", [root_id, free, problem, image_id]
        )

    def note_replaced(self, labels_of: Sequence[tuple[int, str]]) -> None:
        """These images, by id, were worked on when they had that content. Where it was noted before, that stays."""
        self._store.write_many("INSERT OR IGNORE INTO replaced VALUES (?, ?)", labels_of)

    def replaced(self) -> list[int]:
        """The images whose labels were made on another content than their file has, by id."""
        return [id_ for (id_,) in self._store.rows("SELECT image_id FROM replaced ORDER BY 1")]

    def settle_replaced(self, image_ids: Iterable[int]) -> None:
        """What a person worked on in these images holds for the files as they are now."""
        with self._store.transaction():
            self._store.write_many("DELETE FROM replaced WHERE image_id = ?", [(int(i),) for i in image_ids])

    def note_times(self, times: Sequence[tuple[int, int]]) -> None:
        """(ctime_ns, id) of files that are as they were."""
        self._store.write_many("UPDATE image SET ctime_ns = ? WHERE id = ?", times)

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

    def stand_ins(self, image_ids: Sequence[int]) -> dict[int, int]:
        """Of `image_ids`, whose files are gone, those that a person has worked on, and the copy left of each. Of a file
        that had replaced another picture there is none: the labels are not about what is in the copy."""
        found: dict[int, int] = {}
        for chunk in chunks(image_ids):
            query = (
                "SELECT duplicate_of, id FROM image AS copy WHERE problem IS NULL AND NOT touched "
                f"AND state = 'unlabeled' AND duplicate_of IN ({marks(chunk)}) AND "
                "(SELECT touched OR state != 'unlabeled' FROM image WHERE id = copy.duplicate_of) "
                "AND duplicate_of NOT IN (SELECT image_id FROM replaced) ORDER BY id DESC"
            )
            found |= dict(self._store.rows(query, chunk))
        gone = set(image_ids)
        return {image_id: copy_id for image_id, copy_id in found.items() if copy_id not in gone}

    def mark_missing(self, image_ids: Sequence[int], problem: str) -> list[int]:
        """Set images aside whose files are gone; returns those that a person has worked on. A copy takes the place of
        one that nobody has worked on, or not on that picture; for the others see `stand_ins`."""
        self._store.write_many("UPDATE image SET problem = ? WHERE id = ?", [(problem, i) for i in image_ids])
        hashes: set[str] = set()
        worked_on: list[int] = []
        for chunk in chunks(image_ids):
            query = (
                f"SELECT id, content_hash, touched OR state != 'unlabeled', {_REPLACED} FROM image "
                f"WHERE id IN ({marks(chunk)}) ORDER BY id"
            )
            for id_, content, worked, replaced in self._store.rows(query, chunk):
                if worked:
                    worked_on.append(id_)
                if replaced or not worked:
                    hashes.add(content)
        self.settle_copies(hashes)
        return worked_on

    def settle_copies(self, hashes: Iterable[str]) -> None:
        """Among files with the same bytes one stands for all: one that a person has worked on, rather as that picture
        than as one that it replaced, else the first known. The others are set aside, unless a person has worked on them
        as well."""
        groups: dict[str, list[tuple[int, int | None, int, int]]] = {}
        for chunk in chunks(sorted({h for h in hashes if h})):
            # Only contents that are there twice, or once as a copy: of most batches not a row.
            query = (
                f"SELECT content_hash, id, duplicate_of, touched OR state != 'unlabeled', {_REPLACED} FROM image "
                "WHERE problem IS NULL AND content_hash IN (SELECT content_hash FROM image WHERE problem IS NULL "
                f"AND content_hash IN ({marks(chunk)}) GROUP BY 1 HAVING count(*) > 1 OR max(duplicate_of) IS NOT NULL)"
            )
            for content, *row in self._store.rows(query, chunk):
                groups.setdefault(content, []).append(tuple(row))
        changes = [change for group in groups.values() for change in _settled(group)]
        self._store.write_many("UPDATE image SET duplicate_of = ? WHERE id = ?", changes)


def _settled(group: Sequence[tuple[int, int | None, int, int]]) -> list[tuple[int | None, int]]:
    """(duplicate_of, id) for each of `group` (id, duplicate_of, worked on, as another picture) that must change."""
    first = min(group, key=lambda row: (not row[2], row[3], row[1] is not None, row[0]))[0]
    wanted = [(None if id_ == first or worked_on else first, id_, copy_of) for id_, copy_of, worked_on, _ in group]
    return [(target, id_) for target, id_, copy_of in wanted if target != copy_of]
