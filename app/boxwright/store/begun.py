"""Begun images as stored: what people have begun and not marked as labelled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.begun import Begun
from boxwright.domain.image import Split
from boxwright.store.connection import Store
from boxwright.store.images import id_array

HAS_BOX = "EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id)"
# As the index `image_begun` has it, word for word, or SQLite cannot use it; by itself it prefers a larger one.
BEGUN_IMAGES = "image INDEXED BY image_begun"
IS_BEGUN = f"touched AND state = 'unlabeled' AND {HAS_BOX}"
_USABLE = "problem IS NULL AND duplicate_of IS NULL"


class BegunRepository:
    """Queries of begun images."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ids(self, split: Split | None = None) -> NDArray[np.int64]:
        """Usable images. Ascending (N,) int64."""
        where, values = _where(split)
        return id_array(self._store, f"SELECT id FROM {BEGUN_IMAGES} WHERE {where}", values)

    def touched_ids(self) -> NDArray[np.int64]:
        """Unlabelled images with something of a person's, be it a rejected pre-label. Ascending (N,) int64."""
        return id_array(self._store, f"SELECT id FROM {BEGUN_IMAGES} WHERE touched AND state = 'unlabeled'")

    def done_ids(self, split: Split | None = None, begun: bool = False) -> NDArray[np.int64]:
        """Usable labelled images, and with `begun` those as well. Ascending (N,) int64."""
        where, values = _where(split, "state = 'labeled'")
        labeled = id_array(self._store, f"SELECT id FROM image WHERE {where}", values)
        return np.union1d(labeled, self.ids(split)) if begun else labeled

    def count(self, split: Split | None = None) -> Begun:
        where, values = _where(split)
        boxes = "SELECT count(*) FROM annotation WHERE image_id = image.id"
        row = self._store.row(f"SELECT count(*), total(({boxes})) FROM {BEGUN_IMAGES} WHERE {where}", values)
        return Begun(*map(int, row)) if row else Begun()

    def boxes_on_skipped(self) -> int:
        """Boxes of people on images that are set aside."""
        query = "SELECT count(*) FROM image JOIN annotation ON image_id = image.id WHERE state = 'skipped'"
        return int(self._store.value(f"{query} AND {_USABLE}"))


def _where(split: Split | None, state: str = IS_BEGUN) -> tuple[str, list[str]]:
    terms = [state, _USABLE, *(["split = ?"] if split is not None else [])]
    return " AND ".join(terms), [str(split)] if split is not None else []
