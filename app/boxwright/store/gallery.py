"""Gallery queries: the images of the pool that fit, in their order, and what a tile tells of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.image import ImageState
from boxwright.domain.messages import from_text
from boxwright.domain.pool_query import Kind, Order, PoolQuery
from boxwright.domain.tile import Tile
from boxwright.store.begun import HAS_BOX, IS_BEGUN
from boxwright.store.connection import Store
from boxwright.store.inside import file_of

_USABLE = "problem IS NULL AND duplicate_of IS NULL"
_KINDS = {
    Kind.TO_DO: f"state = 'unlabeled' AND {_USABLE}",
    Kind.BEGUN: f"{IS_BEGUN} AND {_USABLE}",
    Kind.LABELED: f"state = 'labeled' AND {_USABLE} AND {HAS_BOX}",
    Kind.EMPTY: f"state = 'labeled' AND {_USABLE} AND NOT {HAS_BOX}",
    Kind.SKIPPED: f"state = 'skipped' AND {_USABLE}",
    Kind.FLAGGED: (
        "id IN (SELECT image_id FROM image_tag UNION SELECT id FROM image WHERE note != '' "
        "UNION SELECT image_id FROM annotation WHERE flags != '')"
    ),
    Kind.UNREADABLE: "problem IS NOT NULL",
    Kind.COPY: "duplicate_of IS NOT NULL AND problem IS NULL",
}
# A person's boxes say what is on an image; where there are none, the active detector's do.
_OF_CLASS = """(id IN (SELECT image_id FROM annotation WHERE class_id = ?)
    OR (state = 'unlabeled' AND id IN (
        SELECT image_id FROM prediction WHERE class_id = ? AND model_id = (SELECT id FROM model WHERE active)
        AND score >= ?)))"""
_ORDERS = {
    Order.NAME: ("path COLLATE NOCASE", "path COLLATE NOCASE DESC"),
    Order.WORKED_ON: ("changed_at IS NULL, changed_at DESC", "changed_at IS NULL, changed_at"),
    Order.FILE_DATE: ("mtime_ns DESC", "mtime_ns"),
}


class GalleryRepository:
    """Queries of the gallery."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ids(self, query: PoolQuery, shown: float) -> NDArray[np.int64]:
        """(N,) int64 in the order of `query`; by id where that is the detector's to say, whose scores and findings are
        not looked at here. `shown`: the lowest score of a pre-label that counts for a class, 0..1."""
        terms, values = _terms(query, shown)
        order = _ORDERS.get(query.order, ("id", "id"))[query.backwards]
        rows = self._store.rows(f"SELECT id FROM image WHERE {' AND '.join(terms)} ORDER BY {order}, id", values)
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def tiles(self, image_ids: Sequence[int]) -> list[Tile]:
        """Of those that exist, in no order."""
        rows = self._store.rows(
            "SELECT image.id, root.folder, image.path, state, problem, duplicate_of, content_hash, note != '', "
            "(SELECT count(*) FROM annotation WHERE image_id = image.id), "
            "(SELECT group_concat(tag, ', ') FROM image_tag WHERE image_id = image.id) "
            "FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value JOIN root ON root.id = root_id",
            [orjson.dumps([int(i) for i in image_ids]).decode()],
        )
        return [self._tile(row) for row in rows]

    def _tile(self, row: tuple[Any, ...]) -> Tile:
        id_, folder, path, state, problem, copy_of, content, noted, boxes, tags = row
        kind = {
            ImageState.UNLABELED: Kind.BEGUN if boxes else Kind.TO_DO,
            ImageState.SKIPPED: Kind.SKIPPED,
            ImageState.LABELED: Kind.LABELED if boxes else Kind.EMPTY,
        }[ImageState(state)]
        kind = Kind.UNREADABLE if problem else Kind.COPY if copy_of is not None else kind
        file = file_of(self._store.folder, folder, path)
        return Tile(id_, file, path, kind, boxes, content, tags or "", bool(noted), from_text(problem or ""))


def _terms(query: PoolQuery, shown: float) -> tuple[list[str], list[Any]]:
    terms, values = ["1"], list[Any]()
    if query.text:
        pattern = query.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        terms.append("path LIKE ? ESCAPE '\\'")
        values.append(f"%{pattern}%")
    if query.kind in _KINDS:
        terms.append(_KINDS[query.kind])
    if query.class_id is not None:
        terms.append(_OF_CLASS)
        values += [query.class_id, query.class_id, shown]
    if query.tag:
        terms.append("id IN (SELECT image_id FROM image_tag WHERE tag = ?)")
        values.append(query.tag)
    if query.since:
        terms.append("changed_at >= ?")
        values.append(query.since)
    return terms, values
