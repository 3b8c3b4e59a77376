"""Uncertainty scores as stored: a few large arrays instead of a row for each box, so that drawing is quick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.scores import EVERY_SCORE, FLIP, SCORE_NAMES, PoolScores
from boxwright.store.connection import Store

BLOCK_IMAGES = 65_536
_TYPES = {"image_ids": "<i8", "counts": "<i4", "best_raw": "<f4", "label": "<i4"}


class ScoreRepository:
    """Stored scores."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, model_id: int, scores: PoolScores) -> None:
        """Add the scores of some images; they outweigh what was appended for these images before."""
        with self._store.transaction():
            block = self._store.write("INSERT INTO score_block(model_id) VALUES (?)", [model_id])
            arrays = {
                "image_ids": scores.image_ids,
                "counts": np.diff(scores.offsets),
                "best_raw": scores.best_raw,
                **{name: scores.box_scores[name] for name in EVERY_SCORE if name in scores.box_scores},
                **({} if scores.labels is None else {"label": scores.labels}),
            }
            rows = [
                (block, name, np.ascontiguousarray(data, dtype=_TYPES.get(name, "<f4")).data)
                for name, data in arrays.items()
            ]
            self._store.write_many("INSERT INTO score_array(block_id, name, data) VALUES (?, ?, ?)", rows)

    def read(self, model_id: int, names: Sequence[str] = SCORE_NAMES, labels: bool = False) -> PoolScores:
        """Scores of every image the model has seen. `names` limits which box scores are read; the others are absent.
        `FLIP` is told when it is asked for, NaN where an image was looked at once.
        `labels`: the boxes' classes as well, -1 where an older version did not store them."""
        ids = self._array(model_id, "image_ids").astype(np.int64)
        counts = self._array(model_id, "counts").astype(np.int64)
        best_raw = self._array(model_id, "best_raw").astype(np.float32)
        offsets = np.concatenate(([0], np.cumsum(counts)))
        scores = {
            name: (self._array(model_id, name) if name != FLIP else self._filled(model_id, name, np.nan)).astype(
                np.float32, copy=False
            )
            for name in names
        }
        classes = self._filled(model_id, "label", -1).astype(np.int32, copy=False) if labels else None
        pool = PoolScores(ids, offsets, scores, best_raw, classes)
        return pool if bool((np.diff(ids) > 0).all()) else _taken(pool, last_of_each(ids))

    def compact(self, model_id: int) -> None:
        """Rewrite many small appends as blocks of `BLOCK_IMAGES` images, without those that were outweighed."""
        with self._store.transaction():
            self._rewrite(model_id, self._whole(model_id))

    def _whole(self, model_id: int) -> PoolScores:
        """All that is stored of a model."""
        names = EVERY_SCORE if self.has(model_id, FLIP) else SCORE_NAMES
        return self.read(model_id, names, labels=True)

    def clear(self, model_id: int) -> None:
        """Forget every score of the model."""
        with self._store.transaction():
            self._store.write("DELETE FROM score_block WHERE model_id = ?", [model_id])

    def of(self, model_id: int, image_ids: Sequence[int]) -> PoolScores:
        """The whole scores of those of the images that have any."""
        whole = self._whole(model_id)
        return _taken(whole, np.flatnonzero(np.isin(whole.image_ids, np.asarray(image_ids, np.int64))))

    def put_back(self, model_id: int, image_ids: Sequence[int], before: PoolScores) -> None:
        """Give these images the scores of `before`, and those that are not in it none."""
        wanted = np.asarray(image_ids, np.int64)
        whole = self._whole(model_id)
        with self._store.transaction():
            self._rewrite(model_id, _taken(whole, np.flatnonzero(~np.isin(whole.image_ids, wanted))))
            self.append(model_id, _taken(before, np.flatnonzero(np.isin(before.image_ids, wanted))))
            self.compact(model_id)

    def forget(self, image_ids: Sequence[int]) -> None:
        """Drop every model's scores of these images: their pixels are not what was scored."""
        gone = np.asarray(image_ids, dtype=np.int64)
        with self._store.transaction():
            for (model_id,) in self._store.rows("SELECT DISTINCT model_id FROM score_block"):
                whole = self._whole(model_id)
                stays = np.flatnonzero(~np.isin(whole.image_ids, gone))
                if len(stays) < len(whole):
                    self._rewrite(model_id, _taken(whole, stays))

    def _rewrite(self, model_id: int, whole: PoolScores) -> None:
        self._store.write("DELETE FROM score_block WHERE model_id = ?", [model_id])
        for start in range(0, len(whole), BLOCK_IMAGES):
            self.append(model_id, _taken(whole, np.arange(start, min(start + BLOCK_IMAGES, len(whole)))))

    def _array(self, model_id: int, name: str) -> NDArray[np.generic]:
        query = (
            "SELECT data FROM score_block JOIN score_array ON block_id = score_block.id AND name = ? "
            "WHERE model_id = ? ORDER BY score_block.id"
        )
        kind = np.dtype(_TYPES.get(name, "<f4"))
        parts = [np.frombuffer(data, kind) for (data,) in self._store.rows(query, [name, model_id])]
        return np.concatenate(parts) if parts else np.empty(0, kind)

    def has(self, model_id: int, name: str) -> bool:
        """Whether any box of the model has the score `name`."""
        query = (
            "SELECT 1 FROM score_block JOIN score_array ON block_id = score_block.id AND name = ? "
            "WHERE model_id = ? LIMIT 1"
        )
        return bool(list(self._store.rows(query, [name, model_id])))

    def _filled(self, model_id: int, name: str, missing: float) -> NDArray[np.generic]:
        """An array that some blocks lack, with `missing` for each of their boxes."""
        query = (
            "SELECT counts.data, own.data FROM score_block "
            "JOIN score_array AS counts ON counts.block_id = score_block.id AND counts.name = 'counts' "
            "LEFT JOIN score_array AS own ON own.block_id = score_block.id AND own.name = ? "
            "WHERE model_id = ? ORDER BY score_block.id"
        )
        kind = np.dtype(_TYPES.get(name, "<f4"))
        parts = [
            np.full(int(np.frombuffer(counts, "<i4").sum()), missing, kind) if own is None else np.frombuffer(own, kind)
            for counts, own in self._store.rows(query, [name, model_id])
        ]
        return np.concatenate(parts) if parts else np.empty(0, kind)


def last_of_each(ids: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where each id stands for the last time, ordered by id."""
    order = np.argsort(ids, kind="stable")
    last = np.append(np.diff(ids[order]) != 0, True) if len(ids) else np.empty(0, bool)
    return np.asarray(order[last], dtype=np.intp)


def _ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """`starts[0], starts[0]+1, …` for each start in turn, `counts` of them."""
    begins = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum(), dtype=np.int64) + np.repeat(starts - begins, counts))


def _taken(pool: PoolScores, places: NDArray[np.intp]) -> PoolScores:
    """The images at `places`, in that order."""
    counts = np.diff(pool.offsets)[places]
    boxes = _ranges(pool.offsets[places], counts)
    return PoolScores(
        pool.image_ids[places],
        np.concatenate(([0], np.cumsum(counts))),
        {name: values[boxes] for name, values in pool.box_scores.items()},
        pool.best_raw[places],
        None if pool.labels is None else pool.labels[boxes],
    )
