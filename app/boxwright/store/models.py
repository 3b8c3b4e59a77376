"""Detectors of a project, as stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.model import Model
from boxwright.store.connection import Store
from boxwright.store.inside import inside

_SELECT = "SELECT id, name, file, sha256, card, class_map, metrics, active, added FROM model "


class ModelRepository:
    """Stored detectors."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Model]:
        """Oldest first, without those that were removed."""
        return [_model(row) for row in self._store.rows(_SELECT + "WHERE removed IS NULL ORDER BY id")]

    def get(self, model_id: int) -> Model:
        """Also one that was removed, which rounds and labels still name. Raises ModelError for an id that the project
        never had."""
        row = self._store.row(_SELECT + "WHERE id = ?", [model_id])
        if row is None:
            raise ModelError(
                "The project {0} has no detector with the number {1}: 'boxwright model list' shows those it has.",
                self._store.folder,
                model_id,
            )
        return _model(row)

    def active(self) -> Model | None:
        row = self._store.row(_SELECT + "WHERE active = 1")
        return _model(row) if row else None

    def add(
        self,
        name: str,
        file: str,
        sha256: str,
        card: DetectorCard,
        class_map: Mapping[int, int],
        metrics: Mapping[str, Any] | None = None,
    ) -> Model:
        """`file` is relative to the project folder. The new model is not active yet."""
        values = [name, file, sha256, _json(card.to_json()), _map_json(class_map), _json(dict(metrics or {}))]
        with self._store.transaction():
            id_ = self._store.write(
                "INSERT INTO model(name, file, sha256, card, class_map, metrics, added) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [*values, datetime.now(UTC).isoformat(timespec="seconds")],
            )
        return self.get(id_)

    def activate(self, model_id: int) -> None:
        """Make it the one active detector; its round, when it came of one, is marked."""
        with self._store.transaction():
            self._present(model_id)
            self._store.write("UPDATE model SET active = 0 WHERE active = 1")
            self._store.write("UPDATE model SET active = 1 WHERE id = ?", [model_id])
            self._store.write("UPDATE round SET activated = 1 WHERE model_id = ?", [model_id])

    def deactivate(self) -> None:
        """No detector is the active one."""
        with self._store.transaction():
            self._store.write("UPDATE model SET active = 0 WHERE active = 1")

    def remove(self, model_id: int) -> None:
        """List it no more. Its row stays for what tells where a label came from."""
        with self._store.transaction():
            self._store.write(
                "UPDATE model SET active = 0, removed = ? WHERE id = ?",
                [datetime.now(UTC).isoformat(timespec="seconds"), self._present(model_id)],
            )

    def set_class_map(self, model_id: int, class_map: Mapping[int, int]) -> None:
        self._set(model_id, "class_map", _map_json(class_map))

    def set_note(self, model_id: int, note: str, text: str) -> None:
        """A note on its card; an empty text takes it off."""
        card = self.get(model_id).card
        notes = {key: value for key, value in card.notes.items() if key != note} | ({note: text} if text else {})
        self._set(model_id, "card", _json(replace(card, notes=notes).to_json()))

    def set_metrics(self, model_id: int, metrics: Mapping[str, Any]) -> None:
        self._set(model_id, "metrics", _json(dict(metrics)))

    def _present(self, model_id: int) -> int:
        """`model_id`. Raises ModelError when it was removed or never there."""
        if self._store.value("SELECT removed FROM model WHERE id = ?", [self.get(model_id).id]) is not None:
            raise ModelError("The detector with the number {0} was removed from the project.", model_id)
        return model_id

    def _set(self, model_id: int, column: str, value: str) -> None:
        with self._store.transaction():
            self._store.write(f"UPDATE model SET {column} = ? WHERE id = ?", [value, self.get(model_id).id])


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _map_json(class_map: Mapping[int, int]) -> str:
    return _json({str(int(label)): int(class_id) for label, class_id in class_map.items()})


def _model(row: tuple[Any, ...]) -> Model:
    id_, name, file, sha256, card, class_map, metrics, active, added = row
    return Model(
        id=id_,
        name=name,
        file=inside(file),
        sha256=sha256,
        card=DetectorCard.from_json(orjson.loads(card)),
        class_map={int(k): v for k, v in orjson.loads(class_map).items()},
        active=bool(active),
        added=added,
        metrics=orjson.loads(metrics),
    )
