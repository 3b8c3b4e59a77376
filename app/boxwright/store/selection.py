"""Selection of images by a filter, found and counted by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.annotation import Origin
from boxwright.domain.begun import Begun
from boxwright.domain.image import Split
from boxwright.domain.image_filter import FilterCount, ImageFilter
from boxwright.domain.marks import FLAGS
from boxwright.store.begun import BEGUN_IMAGES, HAS_BOX, IS_BEGUN
from boxwright.store.connection import Store
from boxwright.store.images import id_array, marks

# What JSON's types of an attribute's value are called.
_KINDS = {"text": "'text'", "number": "'integer', 'real'", "yes or no": "'true', 'false'"}
# What an import leaves where a file says nothing else.
_PLAIN = (
    "flags = '' AND attributes IS NULL AND annotator = '' AND source_x1 IS NULL AND source_class_id IS NULL "
    f"AND origin = '{Origin.IMPORTED}'"
)
_BESIDES = "origin, annotator, source_class_id, flags, attributes, source_x1, source_y1, source_x2, source_y2"


class BoxRows(NamedTuple):
    """Boxes of selected images as columns.

    corners (N,4) float64 pixels, class_ids (N,); `places`: which rows are those of an image. `besides`: by row, of
    boxes of which more is known: origin, annotator, class of the pre-label, flags with a blank between them,
    attributes as JSON or None, the four sides of the pre-label or None.
    """

    places: Mapping[int, slice]
    corners: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    besides: Mapping[int, tuple[Any, ...]]


class SelectionRepository:
    """Queries by filter."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ids(self, wanted: ImageFilter) -> NDArray[np.int64]:
        """Ascending (N,) int64."""
        where, values = self._where(wanted)
        return id_array(self._store, f"SELECT image.id FROM image WHERE {where}", values)

    def count(self, wanted: ImageFilter) -> FilterCount:
        where, values = self._where(wanted)
        tagged = "EXISTS (SELECT 1 FROM image_tag WHERE image_id = image.id)"
        empty = f"state = 'labeled' AND NOT {HAS_BOX}"
        done = _done(wanted)
        rows = self._store.rows(
            f"SELECT split, {done}, count(*), sum(size), sum({tagged}), sum(note != ''), sum(instr(path, '/') > 0), "
            f"sum({empty}), sum(NOT {done} AND (note != '' OR {tagged})), "
            f"sum(annotator != '' AND {empty}) "
            f"FROM image WHERE {where} GROUP BY split, {done}",
            values,
        )
        splits: dict[Split, int] = {}
        for split, _, count, *_ in rows:
            splits[Split(split)] = splits.get(Split(split), 0) + count
        size, tags, notes, in_folders, no_box, aside, signed = (sum(row[k] or 0 for row in rows) for k in range(3, 10))
        boxes, provenance, classes, *more = self._box_counts(f"{where} AND {done}", values, wanted.class_ids)
        kinds, flags = more[: len(_KINDS)], more[len(_KINDS) :]
        return FilterCount(
            images=sum(row[2] for row in rows),
            labeled=sum(row[2] for row in rows if row[1]),
            boxes=boxes,
            empty=no_box,
            splits=tuple((split, splits[split]) for split in Split if split in splits),
            bytes=size,
            flags=tuple((flag, number) for flag, number in zip(FLAGS, flags, strict=True) if number),
            attributes=tuple((kind, number) for kind, number in zip(_KINDS, kinds, strict=True) if number),
            provenance=provenance,
            signed_empty=signed,
            tags=tags,
            notes=notes,
            unlabeled_marks=aside,
            in_folders=in_folders,
            classes=classes,
        )

    def _box_counts(self, where: str, values: Sequence[str | int], class_ids: Sequence[int]) -> list[int]:
        """Boxes, those with a history, classes, then boxes by kind of attribute and by flag."""
        of_class = f"AND class_id IN ({marks(class_ids)})" if class_ids else ""
        flags = ", ".join(f"sum(instr(flags, '{flag}') > 0)" for flag in FLAGS)
        has = "attributes IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(attributes) WHERE json_each.type IN ({}))"
        kinds = ", ".join(f"sum({has.format(types)})" for types in _KINDS.values())
        row = self._store.row(
            "SELECT count(*), sum(source_x1 IS NOT NULL OR annotation.annotator != ''), "
            f"count(DISTINCT class_id), {kinds}, {flags} FROM image JOIN annotation ON image_id = image.id "
            f"WHERE {where} {of_class}",
            [*values, *class_ids],
        )
        return [number or 0 for number in row or ()]

    def begun(self, wanted: ImageFilter) -> Begun:
        """Begun images that fit but for that, with their boxes of the filter's classes; whether they are taken or
        not."""
        where, values = self._where(replace(wanted, begun=True, unlabeled=False))
        of_class = f"AND class_id IN ({marks(wanted.class_ids)})" if wanted.class_ids else ""
        row = self._store.row(
            f"SELECT count(DISTINCT image.id), count(*) FROM {BEGUN_IMAGES} JOIN annotation ON image_id = image.id "
            f"WHERE {IS_BEGUN} AND {where} {of_class}",
            [*values, *wanted.class_ids],
        )
        return Begun(*row) if row else Begun()

    def annotators(self) -> dict[str, int]:
        """Who labelled images of the pool last, with the number of those, by name."""
        query = (
            "SELECT annotator, count(*) FROM image WHERE state = 'labeled' AND problem IS NULL "
            "AND duplicate_of IS NULL GROUP BY annotator ORDER BY annotator"
        )
        return dict(self._store.rows(query))

    def box_counts(self, image_ids: Sequence[int], class_ids: Sequence[int]) -> dict[int, int]:
        """Boxes of these classes by image; images without any are left out."""
        query = (
            "SELECT image_id, count(*) FROM annotation WHERE image_id IN (SELECT value FROM json_each(?)) "
            "AND class_id IN (SELECT value FROM json_each(?)) GROUP BY image_id"
        )
        return dict(self._store.rows(query, [orjson.dumps(ids).decode() for ids in (list(image_ids), list(class_ids))]))

    def boxes(self, image_ids: Sequence[int], class_ids: Sequence[int]) -> BoxRows:
        """The boxes of these images and classes, in the order they were made, as columns."""
        where = "FROM annotation WHERE image_id IN (SELECT value FROM json_each(?))"
        ids = [orjson.dumps(list(image_ids)).decode()]
        query = f"SELECT image_id, class_id, x1, y1, x2, y2, {_PLAIN} {where} ORDER BY image_id, id"
        rows = self._store.rows(query, ids)
        if not rows:
            return BoxRows({}, np.empty((0, 4)), np.empty(0, np.int64), {})
        owners, classes, *corners, plain = (np.array(column) for column in zip(*rows, strict=True))
        kept = np.isin(classes, np.array(class_ids))
        besides: dict[int, tuple[Any, ...]] = {}
        if not plain.all():
            # Of these alone the other columns are asked for: most pools have none, or nothing else.
            more = self._store.rows(f"SELECT {_BESIDES} {where} AND NOT ({_PLAIN}) ORDER BY image_id, id", ids)
            place = np.cumsum(kept) - 1
            found = np.flatnonzero(plain == 0)
            besides = {
                at: row for at, here, row in zip(place[found].tolist(), kept[found].tolist(), more, strict=True) if here
            }
        owners = owners[kept]
        found, starts = np.unique(owners, return_index=True)
        ends = [*starts[1:].tolist(), len(owners)]
        places = dict(zip(found.tolist(), map(slice, starts.tolist(), ends), strict=True))
        return BoxRows(places, np.stack(corners, 1).astype(np.float64)[kept], classes[kept], besides)

    def files(self, image_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
        """By image the hash of its file's bytes (BLAKE2b-128, hex) and its size, as they were last looked at."""
        query = "SELECT id, content_hash, size FROM image WHERE id IN (SELECT value FROM json_each(?))"
        rows = self._store.rows(query, [orjson.dumps(list(image_ids)).decode()])
        return {id_: (content, size) for id_, content, size in rows}

    def newest_change(self, wanted: ImageFilter) -> str | None:
        """When the labels of the images that fit were last changed: UTC, ISO 8601."""
        where, values = self._where(wanted)
        changed: str | None = self._store.value(f"SELECT max(changed_at) FROM image WHERE {where}", values)
        return changed

    def _where(self, wanted: ImageFilter) -> tuple[str, list[str | int]]:
        terms = ["problem IS NULL AND duplicate_of IS NULL"]
        values: list[str | int] = []
        if wanted.unlabeled:
            terms.append("state IN ('labeled', 'unlabeled')")
        else:
            terms.append(_done(wanted) if wanted.begun else "state = 'labeled'")
        for column, values_of in (("split", wanted.splits), ("image.annotator", wanted.annotators)):
            if values_of:
                terms.append(f"{column} IN ({marks(values_of)})")
                values += [str(value) for value in values_of]
        if wanted.class_ids:
            among = marks(wanted.class_ids)
            terms.append(f"EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id AND class_id IN ({among}))")
            values += wanted.class_ids
        if wanted.tags:
            among = marks(wanted.tags)
            terms.append(f"EXISTS (SELECT 1 FROM image_tag WHERE image_id = image.id AND tag IN ({among}))")
            values += wanted.tags
        if wanted.batches:
            terms.append("image.id IN (SELECT value FROM json_each(?))")
            values.append(orjson.dumps(self._drawn(wanted.batches)).decode())
        return " AND ".join(terms), values

    def _drawn(self, batches: Sequence[int]) -> list[int]:
        query = f"SELECT data FROM batch_array WHERE name = 'image_id' AND batch_id IN ({marks(batches)})"
        return [id_ for (data,) in self._store.rows(query, batches) for id_ in np.frombuffer(data, "<i8").tolist()]


def _done(wanted: ImageFilter) -> str:
    """Which of the images that fit go out as labelled."""
    return f"(state = 'labeled' OR {IS_BEGUN})" if wanted.takes_begun else "(state = 'labeled')"
