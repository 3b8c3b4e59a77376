"""Findings of a detector that looked again at what people had labelled, beside boxes of a dataset that wait for a
person's word: one list, the largest disagreement first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.prediction import Detections, ImagePredictions
from boxwright.store.connection import Store
from boxwright.store.predictions import REVIEW, PredictionRepository

# Every disagreement that nobody has decided: image, weight. Walks only what was stored for a review.
_OPEN = f"""
    SELECT prediction.image_id AS image_id, coalesce(finding.weight, prediction.score) AS weight
    FROM model
    CROSS JOIN predicted ON predicted.model_id = model.id
    CROSS JOIN prediction ON prediction.image_id = predicted.image_id AND prediction.model_id = model.id
    LEFT JOIN finding ON finding.prediction_id = prediction.id
    WHERE json_extract(card, '$.layout') = '{REVIEW}'
    AND NOT EXISTS (SELECT 1 FROM standing WHERE standing.prediction_id = prediction.id)
    UNION ALL
    SELECT image_id, weight FROM finding WHERE prediction_id IS NULL AND NOT kept
    AND EXISTS (SELECT 1 FROM annotation WHERE annotation.uid = finding.uid)"""


@dataclass(frozen=True)
class Look:
    """What a second look at an image found. `boxes`: those of `detections` that disagree, in their order, each with its
    kind, weight and the uid of the annotation it disputes. `unseen`: uid and weight of annotations that the detector
    does not see."""

    image_id: int
    detections: Detections
    boxes: tuple[tuple[Disagreement, float, str | None], ...]
    unseen: tuple[tuple[str, float], ...]


class ReviewRepository:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._predictions = PredictionRepository(store)

    def put(self, model_id: int, looks: Sequence[Look]) -> int:
        """Store what the detector behind `model_id` found, in place of what it or another had found on these images
        and nobody has decided. How many disagreements that is. Every class must be in the model's class map."""
        total = 0
        with self._store.transaction():
            for look in looks:
                self._forget(look.image_id)
            self._predictions.replace(
                model_id, [ImagePredictions(k.image_id, k.detections) for k in looks], review=True
            )
            for look in looks:
                ids = self._store.rows(
                    "SELECT id FROM prediction WHERE image_id = ? AND model_id = ? ORDER BY id",
                    [look.image_id, model_id],
                )
                rows = [
                    (look.image_id, str(kind), weight, prediction_id, uid)
                    for (prediction_id,), (kind, weight, uid) in zip(ids, look.boxes, strict=True)
                ]
                rows += [(look.image_id, str(Disagreement.EXTRA), weight, None, uid) for uid, weight in look.unseen]
                self._store.write_many(
                    "INSERT INTO finding(image_id, kind, weight, prediction_id, uid) VALUES (?, ?, ?, ?, ?)", rows
                )
                total += len(rows)
        return total

    def of_image(self, image_id: int) -> tuple[tuple[Finding, ...], frozenset[int]]:
        """Every finding of an image, and the ids of those about a box that a person stands by."""
        rows = self._store.rows(
            "SELECT id, kind, weight, prediction_id, uid, kept FROM finding WHERE image_id = ? ORDER BY id", [image_id]
        )
        findings = [Finding(id_, Disagreement(kind), weight, p, uid) for id_, kind, weight, p, uid, _ in rows]
        known = {f.prediction_id for f in findings}
        waiting = self._store.rows(
            "SELECT prediction.id, score FROM prediction JOIN model ON model.id = model_id "
            f"WHERE image_id = ? AND json_extract(card, '$.layout') = '{REVIEW}' ORDER BY prediction.id",
            [image_id],
        )
        # Boxes of a dataset have no finding of their own; a number below zero is none of those above.
        findings += [Finding(-p, Disagreement.IMPORTED, score, p, None) for p, score in waiting if p not in known]
        return tuple(findings), frozenset(row[0] for row in rows if row[5])

    def set_kept(self, finding_id: int, kept: bool) -> None:
        """Within the caller's transaction."""
        self._store.write("UPDATE finding SET kept = ? WHERE id = ?", [kept, finding_id])

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Images with disagreements that nobody has decided, (N,): ids with the largest disagreement first, how large
        that is, 0..1, and how many there are."""
        rows = self._store.rows(
            f"SELECT image_id, max(weight), count(*) FROM ({_OPEN}) GROUP BY image_id ORDER BY 2 DESC, 1"
        )
        ids, weights, counts = zip(*rows, strict=True) if rows else ((), (), ())
        return np.array(ids, np.int64), np.array(weights, np.float64), np.array(counts, np.int64)

    def _forget(self, image_id: int) -> None:
        """What an earlier look left open; what somebody took or rejected is the history of a box and stays."""
        self._store.write(
            "DELETE FROM prediction WHERE image_id = ? "
            "AND id IN (SELECT prediction_id FROM finding WHERE image_id = ?) "
            "AND NOT EXISTS (SELECT 1 FROM standing WHERE prediction_id = prediction.id)",
            [image_id, image_id],
        )
        self._store.write("DELETE FROM finding WHERE image_id = ? AND prediction_id IS NULL AND NOT kept", [image_id])
