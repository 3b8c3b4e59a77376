"""Ledger of rounds, as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from boxwright.domain.edits import EditKind
from boxwright.domain.round import Round
from boxwright.store.connection import Store

_SELECT = (
    "SELECT round.id, created, model_id, model.name, images, boxes, ap, ap50, fixes_per_image, edits_per_image, "
    "seconds, activated, batch_id FROM round JOIN model ON model.id = model_id "
)
# Labelled by a person since a moment; what was imported cost nobody an edit.
_LABELED_SINCE = (
    "SELECT id FROM image WHERE state = 'labeled' AND id IN "
    f"(SELECT image_id FROM edit_log WHERE at > ? AND name != '{EditKind.IMPORT_LABELS}')"
)
_EDITED = "('adjusted', 'relabeled', 'drawn')"


@dataclass(frozen=True, slots=True)
class NewRound:
    """Figures that a round brings; fields as in `Round`."""

    model_id: int
    images: int
    boxes: int
    ap: float | None
    ap50: float | None
    fixes_per_image: float | None
    edits_per_image: float | None
    seconds: float
    activated: bool


class RoundRepository:
    """Stored rounds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, new: NewRound) -> Round:
        with self._store.transaction():
            id_ = self._store.write(
                "INSERT INTO round(created, model_id, images, boxes, ap, ap50, fixes_per_image, edits_per_image, "
                "seconds, activated, batch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT max(id) FROM batch))",
                [
                    datetime.now(UTC).isoformat(timespec="milliseconds"), new.model_id, new.images, new.boxes, new.ap,
                    new.ap50, new.fixes_per_image, new.edits_per_image, new.seconds, new.activated,
                ],
            )  # fmt: skip
        return _round(self._store.rows(_SELECT + "WHERE round.id = ?", [id_])[0])

    def all(self) -> list[Round]:
        """Oldest first."""
        return [_round(row) for row in self._store.rows(_SELECT + "ORDER BY round.id")]

    def latest(self) -> Round | None:
        row = self._store.row(_SELECT + "ORDER BY round.id DESC LIMIT 1")
        return _round(row) if row else None

    def edits_per_image(self, since: str, shown: float) -> float | None:
        """Boxes that a person drew, moved, relabelled or rejected, per image they labelled after the UTC time `since`;
        None when there is no such image. A rejected pre-label counts when its score is at least `shown` (0..1): what
        was never on screen costs nobody an edit."""
        images = self._store.value(f"SELECT count(*) FROM ({_LABELED_SINCE})", [since])
        if not images:
            return None
        boxes = self._store.value(
            f"SELECT count(*) FROM annotation WHERE origin IN {_EDITED} AND image_id IN ({_LABELED_SINCE})", [since]
        )
        rejected = self._store.value(
            "SELECT count(*) FROM standing JOIN prediction ON prediction.id = prediction_id "
            "JOIN model ON model.id = prediction.model_id AND json_extract(card, '$.layout') != 'review' "
            f"WHERE standing = 'rejected' AND score >= ? AND image_id IN ({_LABELED_SINCE})",
            [shown, since],
        )
        return float(boxes + rejected) / float(images)


def _round(row: tuple[Any, ...]) -> Round:
    id_, created, model_id, name, images, boxes, ap, ap50, fixes, edits, seconds, activated, batch_id = row
    return Round(
        id_, created, model_id, name, images, boxes, ap, ap50, fixes, edits, seconds, bool(activated), batch_id
    )
