"""Images of the pool, as stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.errors import ProjectError
from boxwright.domain.image import Image, ImageState, Split
from boxwright.domain.messages import from_text, to_text
from boxwright.store.connection import Store
from boxwright.store.inside import file_of, inside

_COLUMNS = (
    "image.id, root.name, image.path, width, height, state, split, problem, duplicate_of, skip_reason, annotator, "
    "EXISTS (SELECT 1 FROM replaced WHERE image_id = image.id) "
)
_FROM = "FROM image JOIN root ON root.id = image.root_id "
# As the index `image_candidate` has it, word for word, or SQLite cannot use it.
_CANDIDATE = "state = 'unlabeled' AND split = 'train' AND problem IS NULL AND duplicate_of IS NULL"
_CHUNK = 500
_COUNTS = (
    "images", "unlabeled", "labeled", "skipped", "unreadable", "duplicates", "validation", "validation_labeled", "test",
)  # fmt: skip


class ImageRepository:
    """Stored images."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, image_id: int) -> Image:
        """Raises ProjectError for an id that the pool does not have."""
        found = self.many([image_id])
        if not found:
            raise ProjectError("The project {0} has no image with the number {1}.", self._store.folder, image_id)
        return found[0]

    def many(self, image_ids: Iterable[int]) -> list[Image]:
        """Those that exist, in the order asked for."""
        wanted = [int(i) for i in image_ids]
        found: dict[int, Image] = {}
        for chunk in chunks(wanted):
            where = f"WHERE image.id IN ({marks(chunk)})"
            found |= {r[0]: _image(r) for r in self._store.rows(f"SELECT {_COLUMNS}{_FROM}{where}", chunk)}
        return [found[i] for i in wanted if i in found]

    def file(self, image_id: int) -> Path:
        """The absolute path of the file, which may be gone."""
        row = self._store.row(f"SELECT root.folder, image.path {_FROM}WHERE image.id = ?", [image_id])
        if row is None:
            raise ProjectError("The project {0} has no image with the number {1}.", self._store.folder, image_id)
        return file_of(self._store.folder, *row)

    def ids(
        self, state: ImageState | None = None, split: Split | None = None, usable: bool = True
    ) -> NDArray[np.int64]:
        """Ascending (N,) int64. `usable` leaves out unreadable files and copies; None means any."""
        terms, values = ["1"], []
        for column, value in (("state", state), ("split", split)):
            if value is not None:
                terms.append(f"{column} = ?")
                values.append(str(value))
        if usable:
            terms.append("problem IS NULL AND duplicate_of IS NULL")
        return id_array(self._store, f"SELECT id FROM image WHERE {' AND '.join(terms)}", values)

    def candidates(self) -> NDArray[np.int64]:
        """Ids the sampler may choose from: unlabelled, usable, not validation. Ascending (N,) int64."""
        return id_array(self._store, f"SELECT id FROM image INDEXED BY image_candidate WHERE {_CANDIDATE}")

    def fresh_ids(self, after: int) -> NDArray[np.int64]:
        """Usable images outside validation with ids above `after`, less those that were labelled before the newest
        detector came and that it may therefore have been trained on (`after` 0: none is left out)."""
        newest = self._store.value("SELECT max(added) FROM model") if after else None
        return id_array(
            self._store,
            "SELECT id FROM image WHERE id > ? AND split = 'train' AND problem IS NULL AND duplicate_of IS NULL "
            "AND (state != 'labeled' OR changed_at > ?)",
            [after, newest or ""],
        )

    def by_path(self, root: str | None, relative: str) -> Image | None:
        """The image at `relative` (forward slashes) under the root named `root`, or under any when None."""
        where, values = "WHERE image.path = ?", [relative]
        if root is not None:
            where, values = where + " AND root.name = ?", [relative, root]
        rows = self._store.rows(f"SELECT {_COLUMNS}{_FROM}{where} ORDER BY image.id LIMIT 1", values)
        return _image(rows[0]) if rows else None

    def named_like(self, text: str, limit: int) -> list[tuple[int, str]]:
        """(id, path) of the first images whose path holds `text`, whatever its case, by path."""
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = "SELECT id, path FROM image WHERE path LIKE ? ESCAPE '\\' ORDER BY path, id LIMIT ?"
        return self._store.rows(query, [pattern, limit])

    def paths(self) -> list[tuple[int, str, str]]:
        """(id, root name, path) of every image, by id; for matching many names at once."""
        return self._store.rows(f"SELECT image.id, root.name, image.path {_FROM}ORDER BY image.id")

    def ids_by_content(self) -> dict[str, int]:
        """The image that stands for each content hash; for telling that a file elsewhere is one of the pool's."""
        rows = self._store.rows("SELECT content_hash, id FROM image WHERE problem IS NULL AND duplicate_of IS NULL")
        return dict(rows)

    def usable_count(self) -> int:
        """Images that are readable and no copies, in any state and split; counted within an index."""
        return int(self._store.value("SELECT count(*) FROM image WHERE problem IS NULL AND duplicate_of IS NULL"))

    def total(self) -> int:
        """Every file of the pool."""
        return int(self._store.value("SELECT count(*) FROM image"))

    def counts(self) -> dict[str, int]:
        """`images` counts every file; the others are parts of it. Copies and unreadable files are in no state."""
        # In the order of an index, so that nothing is sorted; a million images take a moment.
        rows = self._store.rows(
            "SELECT state, split, count(*), count(problem), sum(problem IS NULL AND duplicate_of IS NOT NULL) "
            "FROM image GROUP BY state, split"
        )
        counts = dict.fromkeys(_COUNTS, 0)
        for state, split, number, broken, copies in rows:
            usable = number - broken - copies
            counts["images"] += number
            counts["unreadable"] += broken
            counts["duplicates"] += copies
            counts[state] += usable
            if split != Split.TRAIN:
                counts[split] += usable
            if split == Split.VALIDATION and state == ImageState.LABELED:
                counts["validation_labeled"] += usable
        return counts

    def paths_of(self, image_ids: Sequence[int]) -> list[str]:
        """The path of each below its root, in the order asked for. Every id must be one of the pool's."""
        query = (
            "SELECT image.path FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value ORDER BY wanted.key"
        )
        return [path for (path,) in self._store.rows(query, [orjson.dumps(image_ids).decode()])]

    def problems(self) -> list[tuple[Image, str]]:
        """Every image that cannot be used, with the reason."""
        rows = self._store.rows(f"SELECT {_COLUMNS}{_FROM}WHERE problem IS NOT NULL ORDER BY image.id")
        return [(_image(r), r[7]) for r in rows]

    def mark_problem(self, image_id: int, text: str) -> None:
        """Set an image aside with a short reason; its labels stay."""
        with self._store.transaction():
            self._store.write("UPDATE image SET problem = ? WHERE id = ?", [to_text(text), image_id])

    def set_split(self, image_ids: Iterable[int], split: Split) -> None:
        with self._store.transaction():
            rows = [(str(split), int(i)) for i in image_ids]
            self._store.write_many("UPDATE image SET split = ? WHERE id = ?", rows)


def id_array(store: Store, query: str, values: Sequence[Any] = ()) -> NDArray[np.int64]:
    """The one integer column of `query`, ascending. One text parsed by numpy: half the time of a row for each id."""
    text = store.value(f"SELECT group_concat(id) FROM ({query} ORDER BY id)", values)
    if text is None:
        return np.empty(0, np.int64)
    ids = np.fromstring(text, np.int64, sep=",")
    # group_concat promises no order, although it keeps the subquery's.
    return ids if bool((np.diff(ids) > 0).all()) else np.sort(ids)


def chunks(values: Sequence[Any], size: int = _CHUNK) -> Iterable[Sequence[Any]]:
    """Slices small enough for SQLite's limit on parameters."""
    return (values[i : i + size] for i in range(0, len(values), size))


def marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _image(row: tuple[Any, ...]) -> Image:
    id_, root, path, width, height, state, split, problem, duplicate_of, reason, annotator, replaced = row
    return Image(
        id_, root, inside(path), width, height, ImageState(state), Split(split), problem and from_text(problem),
        duplicate_of, reason,
        annotator, bool(replaced),
    )  # fmt: skip
