"""Replaced predictions: pre-labels set aside while a detector looks again, so that what it says can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from boxwright.store.connection import Store
from boxwright.store.predictions import TOUCHED

KEPT = 5
"""Runs that can be taken back; the one before them makes room."""

_COLUMNS = "id, image_id, class_id, label, x1, y1, x2, y2, score, kind, probs"
_WANTED = "SELECT value FROM json_each(?)"


class ReplacedPredictionRepository:
    """Stored predictions that were set aside."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self) -> int:
        """The number of a new run."""
        with self._store.transaction():
            run = 1 + int(self._store.value("SELECT coalesce(max(run), 0) FROM shelved_image"))
            self._clear(f"run <= {run - KEPT}")
        return run

    def put(self, run: int, model_id: int, image_ids: Sequence[int]) -> None:
        """Set aside a copy of what the model says of these images. Within the caller's transaction."""
        wanted = orjson.dumps([int(i) for i in image_ids]).decode()
        self._store.write(
            "INSERT OR IGNORE INTO shelved_image SELECT ?, image.id, EXISTS (SELECT 1 FROM predicted "
            f"WHERE model_id = ? AND image_id = image.id) FROM image WHERE id IN ({_WANTED})",
            [run, model_id, wanted],
        )
        self._store.write(
            f"INSERT OR IGNORE INTO shelved_prediction(run, {_COLUMNS}) SELECT ?, {_COLUMNS} FROM prediction "
            f"WHERE model_id = ? AND image_id IN ({_WANTED})",
            [run, model_id, wanted],
        )

    def take_back(self, run: int, model_id: int) -> list[int]:
        """Put what was set aside in place of what the model says now, under the ids it had. The ids of the images
        that this changed: those that a person has touched meanwhile stay as they are."""
        with self._store.transaction():
            found = self._store.rows(
                f"SELECT image.id FROM shelved_image JOIN image ON image.id = image_id WHERE run = ? AND NOT {TOUCHED}",
                [run],
            )
            ids = [id_ for (id_,) in found]
            wanted = orjson.dumps(ids).decode()
            for table in ("prediction", "predicted"):
                self._store.write(
                    f"DELETE FROM {table} WHERE model_id = ? AND image_id IN ({_WANTED})", [model_id, wanted]
                )
            self._store.write(
                f"INSERT INTO prediction(model_id, {_COLUMNS}) SELECT ?, {_COLUMNS} FROM shelved_prediction "
                f"WHERE run = ? AND image_id IN ({_WANTED}) AND class_id IN (SELECT id FROM class)",
                [model_id, run, wanted],
            )
            self._store.write(
                f"INSERT INTO predicted SELECT ?, image_id FROM shelved_image WHERE run = ? AND seen "
                f"AND image_id IN ({_WANTED})",
                [model_id, run, wanted],
            )
            self._clear(f"run = {run:d}")
        return ids

    def _clear(self, where: str) -> None:
        self._store.write(f"DELETE FROM shelved_prediction WHERE {where}")
        self._store.write(f"DELETE FROM shelved_image WHERE {where}")
