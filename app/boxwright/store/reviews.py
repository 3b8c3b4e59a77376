"""Findings of a review, as stored.

Those of a detector that looked again at what people had labelled, beside boxes of a dataset that wait for a person's
word: one list, the largest disagreement first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.disputes import reconsidered
from boxwright.domain.finding import Disagreement, Finding, OpenFindings, ToldFinding
from boxwright.domain.prediction import Detections, ImagePredictions
from boxwright.store.connection import Store
from boxwright.store.predictions import LOOKED, REVIEW, PredictionRepository

# Every disagreement that nobody has decided. The findings of looks by their index; boxes of datasets have none, and are
# walked through.
_OPEN = f"""
    SELECT finding.id AS id, finding.image_id AS image_id, kind, weight
    FROM finding
    WHERE kind != '{Disagreement.NONE}' AND CASE WHEN prediction_id IS NULL
        THEN NOT kept AND EXISTS (SELECT 1 FROM annotation WHERE annotation.uid = finding.uid)
        ELSE NOT EXISTS (SELECT 1 FROM standing WHERE standing.prediction_id = finding.prediction_id) END
    UNION ALL
    SELECT -prediction.id, prediction.image_id, '{Disagreement.IMPORTED}', score
    FROM model
    CROSS JOIN predicted ON predicted.model_id = model.id
    CROSS JOIN prediction ON prediction.image_id = predicted.image_id AND prediction.model_id = model.id
    WHERE json_extract(card, '$.layout') = '{REVIEW}' AND json_extract(card, '$.notes."{LOOKED}"') IS NULL
    AND NOT EXISTS (SELECT 1 FROM finding WHERE finding.prediction_id = prediction.id)
    AND NOT EXISTS (SELECT 1 FROM standing WHERE standing.prediction_id = prediction.id)"""


@dataclass(frozen=True)
class LabelCheckRecord:
    """Result of a second look at one image.

    What a second look at an image found. `boxes`: what is said of each of `detections`, in their order: kind, weight
    and the uid of the annotation it is about. `unseen`: uid and weight of annotations that the detector does not
    see.
    """

    image_id: int
    detections: Detections
    boxes: tuple[tuple[Disagreement, float, str | None], ...]
    unseen: tuple[tuple[str, float], ...]


class ReviewRepository:
    """Stored findings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._predictions = PredictionRepository(store)

    def put(self, model_id: int, looks: Sequence[LabelCheckRecord]) -> int:
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
                total += sum(kind != Disagreement.NONE for _, kind, *_ in rows)
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

    def reconsider(self, image_id: int, annotations: Mapping[str, Annotation]) -> None:
        """The boxes of the image are now `annotations`, by uid: what the last look found there is weighed anew. Within
        the caller's transaction."""
        before = [f for f in self.of_image(image_id)[0] if f.kind is not Disagreement.IMPORTED]
        if not before:
            return
        looked = self._predictions.looked_at(image_id)
        changed = [
            (str(now.kind), now.weight, now.uid, now.id)
            for now, was in zip(reconsidered(before, annotations, looked), before, strict=True)
            if now != was
        ]
        self._store.write_many("UPDATE finding SET kind = ?, weight = ?, uid = ? WHERE id = ?", changed)

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Images with disagreements that nobody has decided, (N,): ids with the largest disagreement first, how large
        that is, 0..1, and how many there are."""
        rows = self._store.rows(
            f"SELECT image_id, max(weight), count(*) FROM ({_OPEN}) GROUP BY image_id ORDER BY 2 DESC, 1"
        )
        ids, weights, counts = zip(*rows, strict=True) if rows else ((), (), ())
        return np.array(ids, np.int64), np.array(weights, np.float64), np.array(counts, np.int64)

    def listed(self) -> OpenFindings:
        """Every disagreement that nobody has decided."""
        rows = self._store.rows(f"SELECT id, image_id, kind, weight FROM ({_OPEN}) ORDER BY weight DESC, image_id, id")
        ids, images, kinds, weights = zip(*rows, strict=True) if rows else ((), (), (), ())
        return OpenFindings(np.array(ids, np.int64), np.array(images, np.int64), kinds, np.array(weights, np.float64))

    def told(self, finding_ids: Sequence[int]) -> dict[int, ToldFinding]:
        """Names for those that exist; ids as in `listed`."""
        found = self._store.rows(
            "SELECT wanted.value, image.path, coalesce(seen.name, ''), coalesce(own.name, '') "
            "FROM json_each(?) AS wanted "
            "LEFT JOIN finding ON finding.id = wanted.value "
            "LEFT JOIN prediction ON prediction.id = coalesce(finding.prediction_id, -wanted.value) "
            "LEFT JOIN class AS seen ON seen.id = prediction.class_id "
            "LEFT JOIN annotation ON annotation.uid = finding.uid "
            "LEFT JOIN class AS own ON own.id = annotation.class_id "
            "JOIN image ON image.id = coalesce(finding.image_id, prediction.image_id)",
            [orjson.dumps([int(i) for i in finding_ids]).decode()],
        )
        return {id_: ToldFinding(path, seen, own) for id_, path, seen, own in found}

    def _forget(self, image_id: int) -> None:
        """What an earlier look left open; what somebody took or rejected is the history of a box and stays."""
        self._store.write(
            "DELETE FROM prediction WHERE image_id = ? "
            "AND id IN (SELECT prediction_id FROM finding WHERE image_id = ?) "
            "AND NOT EXISTS (SELECT 1 FROM standing WHERE prediction_id = prediction.id)",
            [image_id, image_id],
        )
        self._store.write("DELETE FROM finding WHERE image_id = ? AND prediction_id IS NULL AND NOT kept", [image_id])
