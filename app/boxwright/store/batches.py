"""Batches: what the sampler chose, and why. The items of a batch are a few columns, not a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.store.connection import Store

_SLOTS = {str(slot): slot for slot in Slot}
_NO_PREDICTION = 0


class BatchRepository:
    """Stored batches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, model_id: int | None, settings: Mapping[str, str | int | float | None], items: Sequence[BatchItem]
    ) -> Batch:
        """Store a batch with its items in the order of their rank, which counts from 0 without a gap."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.transaction():
            id_ = self._store.write(
                "INSERT INTO batch(created, model_id, settings) VALUES (?, ?, ?)",
                [created, model_id, orjson.dumps(dict(settings), option=orjson.OPT_SERIALIZE_NUMPY).decode()],
            )
            self._put_items(id_, items)
        return Batch(id_, created, model_id, dict(settings), tuple(items))

    def set_items(self, batch_id: int, items: Sequence[BatchItem]) -> Batch:
        """Give a stored batch other items, in the order of their rank, which counts from 0 without a gap."""
        with self._store.transaction():
            self._store.write("DELETE FROM batch_array WHERE batch_id = ?", [batch_id])
            self._put_items(batch_id, items)
        return self.get(batch_id)

    def extend(self, batch_id: int, items: Sequence[BatchItem]) -> Batch:
        """Put more items at the end of a batch; their ranks go on from its own."""
        with self._store.transaction():
            there = self._items(batch_id)
            more = (item._replace(rank=rank) for rank, item in enumerate(items, start=len(there)))
            return self.set_items(batch_id, [*there, *more])

    def drawn_ids(self) -> NDArray[np.int64]:
        """(N,) int64 ascending: every image that is or was in a batch."""
        rows = self._store.rows("SELECT data FROM batch_array WHERE name = 'image_id'")
        return np.unique(np.concatenate([np.zeros(0, "<i8"), *(np.frombuffer(data, "<i8") for (data,) in rows)]))

    def get(self, batch_id: int) -> Batch:
        return next(b for b in self._load("WHERE id = ?", [batch_id]))

    def latest(self) -> Batch | None:
        found = self._load("WHERE id = (SELECT max(id) FROM batch)", [])
        return found[0] if found else None

    def all(self) -> list[Batch]:
        """Oldest first."""
        return self._load("", [])

    def times(self) -> dict[int, str]:
        """When each was drawn, by id: UTC, ISO 8601."""
        return dict(self._store.rows("SELECT id, created FROM batch ORDER BY id"))

    def count(self) -> int:
        return int(self._store.value("SELECT count(*) FROM batch"))

    def _put_items(self, batch_id: int, items: Sequence[BatchItem]) -> None:
        self._store.write_many(
            "INSERT INTO batch_array(batch_id, name, data) VALUES (?, ?, ?)",
            [(batch_id, name, data) for name, data in _columns(items).items()],
        )

    def _load(self, where: str, values: Sequence[int]) -> list[Batch]:
        rows = self._store.rows(f"SELECT id, created, model_id, settings FROM batch {where} ORDER BY id", values)
        return [Batch(i, created, model, orjson.loads(text), self._items(i)) for i, created, model, text in rows]

    def _items(self, batch_id: int) -> tuple[BatchItem, ...]:
        columns = dict(self._store.rows("SELECT name, data FROM batch_array WHERE batch_id = ?", [batch_id]))
        if not columns.get("image_id"):
            return ()
        image_ids = np.frombuffer(columns["image_id"], "<i8").tolist()
        scores = [None if s != s else s for s in np.frombuffer(columns["score"], "<f8").tolist()]
        slots = [_SLOTS[name] for name in columns["slot"].decode().split("\n")]
        predictions = self._existing(np.frombuffer(columns["prediction_id"], "<i8").tolist())
        return tuple(map(BatchItem, image_ids, range(len(image_ids)), slots, scores, predictions))

    def _existing(self, prediction_ids: list[int]) -> list[int | None]:
        """None for those that a later pre-labelling has replaced; an id is never used twice."""
        named = sorted(set(prediction_ids) - {_NO_PREDICTION})
        query = "SELECT id FROM prediction WHERE id IN (SELECT value FROM json_each(?))"
        there = {id_ for (id_,) in self._store.rows(query, [orjson.dumps(named).decode()])} if named else set()
        return [id_ if id_ in there else None for id_ in prediction_ids]


def _columns(items: Sequence[BatchItem]) -> dict[str, bytes]:
    """Numbers as little-endian arrays, NaN and 0 for None; slots as lines."""
    image_ids, _, slots, scores, predictions = zip(*items, strict=True) if items else [()] * 5
    return {
        "image_id": np.array(image_ids, dtype="<i8").tobytes(),
        "slot": "\n".join(slots).encode(),
        # None becomes NaN.
        "score": np.array(scores, dtype="<f8").tobytes(),
        "prediction_id": np.array([id_ or _NO_PREDICTION for id_ in predictions], dtype="<i8").tobytes(),
    }
