"""Batches: what the sampler chose, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.store.connection import Store


class BatchRepository:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, model_id: int | None, settings: Mapping[str, str | int | float | None], items: Sequence[BatchItem]
    ) -> Batch:
        """Store a batch with its items in the order of their rank."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.transaction():
            id_ = self._store.write(
                "INSERT INTO batch(created, model_id, settings) VALUES (?, ?, ?)",
                [created, model_id, orjson.dumps(dict(settings), option=orjson.OPT_SERIALIZE_NUMPY).decode()],
            )
            rows = [
                (
                    id_,
                    i.rank,
                    int(i.image_id),
                    str(i.slot),
                    None if i.score is None else float(i.score),
                    i.prediction_id,
                )
                # By image: the foreign key then walks the image table once instead of jumping about in it.
                for i in sorted(items, key=lambda item: item.image_id)
            ]
            self._store.write_many("INSERT INTO batch_item VALUES (?, ?, ?, ?, ?, ?)", rows)
        return Batch(id_, created, model_id, dict(settings), tuple(items))

    def get(self, batch_id: int) -> Batch:
        return next(b for b in self._load("WHERE batch.id = ?", [batch_id]))

    def latest(self) -> Batch | None:
        found = self._load("WHERE batch.id = (SELECT max(id) FROM batch)", [])
        return found[0] if found else None

    def all(self) -> list[Batch]:
        """Oldest first."""
        return self._load("", [])

    def count(self) -> int:
        return int(self._store.value("SELECT count(*) FROM batch"))

    def _load(self, where: str, values: Sequence[int]) -> list[Batch]:
        items: dict[int, list[BatchItem]] = {}
        rows = self._store.rows(
            "SELECT batch_id, image_id, rank, slot, score, prediction_id FROM batch_item JOIN batch "
            f"ON batch.id = batch_id {where} ORDER BY batch_id, rank",
            values,
        )
        for batch_id, image_id, rank, slot, score, prediction_id in rows:
            items.setdefault(batch_id, []).append(BatchItem(image_id, rank, Slot(slot), score, prediction_id))
        rows = self._store.rows(f"SELECT id, created, model_id, settings FROM batch {where} ORDER BY id", values)
        return [Batch(i, created, model, orjson.loads(s), tuple(items.get(i, ()))) for i, created, model, s in rows]
