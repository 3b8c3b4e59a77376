"""Embeddings of images, stored as a few large arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.features import ImageFeatures
from boxwright.store.connection import Store
from boxwright.store.scores import last_of_each

BLOCK_IMAGES = 16_384


class FeatureRepository:
    """Stored embeddings.

    A row of an image counts D float16 numbers, D being the same for all rows of a model.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, model_id: int, features: ImageFeatures) -> None:
        """Add the features of some images; they outweigh what was appended for these images before."""
        if not len(features):
            return
        ids = np.ascontiguousarray(features.image_ids, dtype="<i8")
        rows = np.ascontiguousarray(features.rows, dtype="<f2")
        with self._store.transaction():
            self._store.write(
                "INSERT INTO feature_block(model_id, image_ids, rows) VALUES (?, ?, ?)", [model_id, ids.data, rows.data]
            )

    def ids(self, model_id: int) -> NDArray[np.int64]:
        """Ascending (N,) ids of the images that have features by this model."""
        blocks = self._store.rows("SELECT image_ids FROM feature_block WHERE model_id = ?", [model_id])
        found = [np.frombuffer(data, "<i8") for (data,) in blocks]
        return np.unique(np.concatenate(found)).astype(np.int64) if found else np.zeros(0, np.int64)

    def read(self, model_id: int) -> ImageFeatures:
        """Those of every image that has some."""
        blocks = self._store.rows(
            "SELECT image_ids, rows FROM feature_block WHERE model_id = ? ORDER BY id", [model_id]
        )
        if not blocks:
            return ImageFeatures(np.zeros(0, np.int64), np.zeros((0, 0), np.float16))
        ids = [np.frombuffer(data, "<i8").astype(np.int64) for data, _ in blocks]
        rows = [np.frombuffer(data, "<f2").reshape(len(i), -1) for i, (_, data) in zip(ids, blocks)]
        all_ids, all_rows = np.concatenate(ids), np.concatenate(rows).astype(np.float16, copy=False)
        if bool((np.diff(all_ids) > 0).all()):
            return ImageFeatures(all_ids, all_rows)
        places = last_of_each(all_ids)
        return ImageFeatures(all_ids[places], all_rows[places])

    def compact(self, model_id: int) -> None:
        """Rewrite many small appends as blocks of `BLOCK_IMAGES` images, without those that were outweighed."""
        with self._store.transaction():
            self._rewrite(model_id, self.read(model_id))

    def forget(self, image_ids: Sequence[int]) -> None:
        """Drop every model's features of these images: their pixels are not what was seen."""
        gone = np.asarray(image_ids, dtype=np.int64)
        with self._store.transaction():
            for (model_id,) in self._store.rows("SELECT DISTINCT model_id FROM feature_block"):
                whole = self.read(model_id)
                stays = ~np.isin(whole.image_ids, gone)
                if not stays.all():
                    self._rewrite(model_id, ImageFeatures(whole.image_ids[stays], whole.rows[stays]))

    def clear(self) -> None:
        """Forget the features of every image."""
        with self._store.transaction():
            self._store.write("DELETE FROM feature_block")

    def keep_only(self, model_id: int) -> None:
        """Drop the features by every other model."""
        with self._store.transaction():
            self._store.write("DELETE FROM feature_block WHERE model_id != ?", [model_id])

    def _rewrite(self, model_id: int, whole: ImageFeatures) -> None:
        self._store.write("DELETE FROM feature_block WHERE model_id = ?", [model_id])
        for start in range(0, len(whole), BLOCK_IMAGES):
            part = slice(start, start + BLOCK_IMAGES)
            self.append(model_id, ImageFeatures(whole.image_ids[part], whole.rows[part]))
