"""Classes that were taken away, with what went with them, as long as that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from boxwright.domain.classes import ClassUse, LabelClass
from boxwright.domain.errors import ProjectError
from boxwright.store.connection import Store
from boxwright.store.edit_log import LogSpan
from boxwright.store.models import ModelRepository

KEPT = 5
"""Removals that can be taken back; the one before them makes room."""

_PREDICTION = "id, model_id, image_id, class_id, label, x1, y1, x2, y2, score, kind, probs"
_TABLES = ("removed_class", "removed_prediction", "merged_prediction")


@dataclass(frozen=True, slots=True)
class RemovedClass:
    """Class that was taken away.

    `into`: the class that took its place, None where its boxes went with it. `span`: what the log says of its
    boxes.
    """

    run: int
    at: str
    label_class: LabelClass
    into: int | None
    span: LogSpan


class RemovedClassRepository:
    """Stored removals of classes.

    Each method that writes runs within the caller's transaction.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def use(self, class_id: int) -> ClassUse:
        """What has the class now."""
        boxes = self._store.row(
            "SELECT count(*), count(DISTINCT image_id) FROM annotation WHERE class_id = ?", [class_id]
        )
        pre = self._store.row(
            "SELECT count(*), count(DISTINCT image_id) FROM prediction WHERE class_id = ?", [class_id]
        )
        return ClassUse(*(boxes or (0, 0)), *(pre or (0, 0)))

    def images(self, class_id: int) -> list[int]:
        """Those with a box of the class, ascending."""
        query = "SELECT DISTINCT image_id FROM annotation WHERE class_id = ? ORDER BY image_id"
        return [id_ for (id_,) in self._store.rows(query, [class_id])]

    def newest(self) -> RemovedClass | None:
        row = self._store.row(
            "SELECT run, at, class_id, name, color, position, into_id, first, last FROM removed_class "
            "ORDER BY run DESC LIMIT 1"
        )
        if row is None:
            return None
        run, at, class_id, name, color, position, into, first, last = row
        return RemovedClass(run, at, LabelClass(class_id, name, color, position), into, LogSpan(first, last))

    def take(self, gone: LabelClass, into: int | None, span: LogSpan) -> None:
        """Take the class away, which no box has any more: its pre-labels and its place in class maps go to `into`, or
        with it."""
        run = 1 + int(self._store.value("SELECT coalesce(max(run), 0) FROM removed_class"))
        for table in _TABLES:
            self._store.write(f"DELETE FROM {table} WHERE run <= ?", [run - KEPT])
        maps = {str(model.id): _labels_of(model.class_map, gone.id) for model in ModelRepository(self._store).all()}
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._store.write(
            "INSERT INTO removed_class VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [run, at, gone.id, gone.name, gone.color, gone.position, into, _json(maps), span.first, span.last],
        )
        self._map(maps, into)
        if into is None:
            self._store.write(
                f"INSERT INTO removed_prediction(run, {_PREDICTION}, standing, uid) SELECT ?, {_PREDICTION}, "
                "(SELECT standing FROM standing WHERE prediction_id = prediction.id), "
                "(SELECT uid FROM annotation WHERE prediction_id = prediction.id) FROM prediction WHERE class_id = ?",
                [run, gone.id],
            )
            self._store.write("DELETE FROM prediction WHERE class_id = ?", [gone.id])
        else:
            self._store.write(
                "INSERT INTO merged_prediction SELECT ?, id FROM prediction WHERE class_id = ?", [run, gone.id]
            )
            self._store.write("UPDATE prediction SET class_id = ? WHERE class_id = ?", [into, gone.id])
        self._store.write("DELETE FROM class WHERE id = ?", [gone.id])

    def put_back(self, removed: RemovedClass) -> None:
        """The class, its pre-labels and its place in class maps are there again. Raises ProjectError when another class
        has its name."""
        known, run = removed.label_class, removed.run
        if self._store.value("SELECT 1 FROM class WHERE name = ?", [known.name]):
            raise ProjectError(
                "Another class is called '{0}' now, so the removed one cannot come back: rename that first.", known.name
            )
        self._store.write(
            "INSERT INTO class(id, name, color, position) VALUES (?, ?, ?, ?)",
            [known.id, known.name, known.color, known.position],
        )
        self._store.write(
            "UPDATE prediction SET class_id = ? WHERE class_id = ? "
            "AND id IN (SELECT id FROM merged_prediction WHERE run = ?)",
            [known.id, removed.into, run],
        )
        self._store.write(
            f"INSERT INTO prediction({_PREDICTION}) SELECT {_PREDICTION} FROM removed_prediction WHERE run = ? "
            "AND model_id IN (SELECT id FROM model WHERE removed IS NULL)",
            [run],
        )
        self._store.write(
            "INSERT INTO standing SELECT id, standing FROM removed_prediction WHERE run = ? AND standing IS NOT NULL "
            "AND id IN (SELECT id FROM prediction)",
            [run],
        )
        self._store.write(
            "UPDATE annotation SET prediction_id = (SELECT prediction.id FROM removed_prediction "
            "JOIN prediction USING (id) WHERE run = ? AND uid = annotation.uid) WHERE prediction_id IS NULL "
            "AND uid IN (SELECT uid FROM removed_prediction WHERE run = ? AND uid IS NOT NULL)",
            [run, run],
        )
        maps = orjson.loads(self._store.value("SELECT maps FROM removed_class WHERE run = ?", [run]))
        self._map(maps, known.id)
        for table in _TABLES:
            self._store.write(f"DELETE FROM {table} WHERE run = ?", [run])

    def _map(self, maps: Mapping[str, list[int]], class_id: int | None) -> None:
        """Let these classes of detectors be `class_id`, or nothing."""
        models = ModelRepository(self._store)
        for model in models.all():
            labels = maps.get(str(model.id), [])
            kept = {label: known for label, known in model.class_map.items() if label not in labels}
            new = {} if class_id is None else dict.fromkeys(labels, class_id)
            if labels:
                models.set_class_map(model.id, {**kept, **new})


def _labels_of(class_map: Mapping[int, int], class_id: int) -> list[int]:
    return [label for label, known in class_map.items() if known == class_id]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
