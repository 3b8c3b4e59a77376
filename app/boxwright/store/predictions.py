"""Predictions as stored: pre-labels as a detector left them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ImagePredictions, Prediction, ProbKind
from boxwright.store.connection import Store
from boxwright.store.images import chunks, id_array, marks
from boxwright.store.models import ModelRepository

# The layout of a detector whose boxes lie beside a person's, to be reviewed: those of a dataset, or of a second look.
REVIEW = "review"
GUESSES = "boxes are guesses"
"""A note on the card of a detector whose boxes have no class of their own."""
LOOKED = "looked again"
"""A note on the card of a detector that stands for a second look, not for a dataset: which one it was that looked."""
# What waits for a person's word. By image, so that a pool of a million pre-labels is not walked through.
_TO_REVIEW = (
    f"FROM predicted JOIN model ON model.id = model_id AND json_extract(card, '$.layout') = '{REVIEW}' "
    "WHERE EXISTS (SELECT 1 FROM prediction WHERE prediction.image_id = predicted.image_id "
    "AND prediction.model_id = predicted.model_id "
    "AND NOT EXISTS (SELECT 1 FROM standing WHERE prediction_id = prediction.id) "
    "AND NOT EXISTS (SELECT 1 FROM finding WHERE prediction_id = prediction.id AND kind = 'none'))"
)
_SELECT = "SELECT id, model_id, class_id, label, x1, y1, x2, y2, score, kind, probs FROM prediction "
_OPEN = "model_id = ? AND NOT EXISTS (SELECT 1 FROM standing WHERE prediction_id = prediction.id)"
# A person's images: whatever they said of the boxes is theirs, until they undo all of it. A tag or a note is not that.
TOUCHED = "(touched OR state != 'unlabeled' OR EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id))"


@dataclass(frozen=True)
class Replaced:
    """Result of storing a detector's predictions.

    `boxes` stored; `kept`: ids of images left alone because a person has touched them.
    """

    boxes: int = 0
    kept: tuple[int, ...] = ()


class PredictionRepository:
    """Stored predictions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def replace(self, model_id: int, items: Sequence[ImagePredictions], review: bool = False) -> Replaced:
        """Put `items` in place of what `model_id` said of these images before, in one transaction.

        Model classes become project classes by the model's class map; raises KeyError for one that has none, so pass
        `Detections.mapped`. Ids ascend in the order of the detections. An image that a person has touched stays as it
        is, unless the boxes are for `review`.
        """
        class_map = dict(ModelRepository(self._store).get(model_id).class_map)
        with self._store.transaction():
            kept = set() if review else self._touched([i.image_id for i in items])
            fresh = [i for i in items if i.image_id not in kept]
            rows = [row for item in fresh for row in _rows(model_id, item, class_map)]
            keys = [(model_id, int(i.image_id)) for i in fresh]
            self._store.write_many("DELETE FROM prediction WHERE model_id = ? AND image_id = ?", keys)
            self._store.write_many(
                "INSERT INTO prediction(model_id, image_id, class_id, label, x1, y1, x2, y2, score, kind, probs) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            self._store.write_many("INSERT OR IGNORE INTO predicted VALUES (?, ?)", keys)
        return Replaced(len(rows), tuple(sorted(kept)))

    def outdate(self, model_id: int) -> None:
        """Count no image as seen by the model but those that a person has touched, whose pre-labels stay as they are.
        The pre-labels of the others are replaced when the model sees them again."""
        with self._store.transaction():
            self._store.write(
                f"DELETE FROM predicted WHERE model_id = ? AND image_id IN (SELECT id FROM image WHERE NOT {TOUCHED})",
                [model_id],
            )

    def open_counts(self, model_id: int) -> tuple[int, int]:
        """How many predictions of the model no person has judged, and on how many images."""
        row = self._store.row(f"SELECT count(*), count(DISTINCT image_id) FROM prediction WHERE {_OPEN}", [model_id])
        return (row[0], row[1]) if row else (0, 0)

    def withdraw(self, model_id: int) -> int:
        """Remove those predictions of the model that no person has judged, and count no image as seen by it that has
        none left. Returns how many went."""
        left = (
            "SELECT 1 FROM prediction WHERE prediction.model_id = predicted.model_id AND image_id = predicted.image_id"
        )
        with self._store.transaction():
            count = self.open_counts(model_id)[0]
            self._store.write(f"DELETE FROM prediction WHERE {_OPEN}", [model_id])
            self._store.write(f"DELETE FROM predicted WHERE model_id = ? AND NOT EXISTS ({left})", [model_id])
        return count

    def _touched(self, image_ids: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for chunk in chunks([int(i) for i in image_ids]):
            query = f"SELECT id FROM image WHERE id IN ({marks(chunk)}) AND {TOUCHED}"
            found |= {id_ for (id_,) in self._store.rows(query, chunk)}
        return found

    def predicted_ids(self, model_id: int) -> NDArray[np.int64]:
        """Images that the model has been run on, with or without boxes. Ascending (N,) int64."""
        return id_array(self._store, "SELECT image_id AS id FROM predicted WHERE model_id = ?", [model_id])

    def of_image(self, image_id: int, model_id: int) -> list[Prediction]:
        """Best score first."""
        query = _SELECT + "WHERE image_id = ? AND model_id = ? ORDER BY score DESC, id"
        return [_prediction(row) for row in self._store.rows(query, [image_id, model_id])]

    def are_guesses(self, model_id: int) -> bool:
        """Whether the boxes of that detector are guesses without a class."""
        query = "SELECT json_extract(card, ?) FROM model WHERE id = ?"
        return self._store.value(query, [f'$.notes."{GUESSES}"', model_id]) is not None

    def looked_at(self, image_id: int) -> dict[int, Prediction]:
        """By id the boxes of the detector that looked at an image again last, judged or not."""
        model_id = self._store.value(
            "SELECT model_id FROM prediction JOIN finding ON finding.prediction_id = prediction.id "
            "WHERE prediction.image_id = ? "
            "ORDER BY EXISTS (SELECT 1 FROM standing WHERE standing.prediction_id = prediction.id), prediction.id DESC "
            "LIMIT 1",
            [image_id],
        )
        return {} if model_id is None else {p.id: p for p in self.of_image(image_id, model_id)}

    def detectors(self, image_id: int) -> dict[int, str]:
        """Prediction id -> name of the detector that made it, of everything that was ever stored for this image: what
        an annotation was made from may be older than what is shown."""
        made = dict(self._store.rows("SELECT id, model_id FROM prediction WHERE image_id = ?", [image_id]))
        names = self._names(set(made.values()))
        return {id_: names[model_id] for id_, model_id in made.items()}

    def _names(self, model_ids: Collection[int]) -> dict[int, str]:
        query = f"SELECT id, name, json_extract(card, ?) FROM model WHERE id IN ({marks(list(model_ids))})"
        rows = self._store.rows(query, [f'$.notes."{LOOKED}"', *model_ids])
        return {id_: name if of is None else Message("{0}, looking again", of) for id_, name, of in rows}

    def named(self, prediction_ids: Sequence[int]) -> dict[int, tuple[str, float]]:
        """Class name and score of those that exist."""
        found: dict[int, tuple[str, float]] = {}
        for chunk in chunks(prediction_ids):
            query = (
                "SELECT prediction.id, class.name, score FROM prediction JOIN class ON class.id = class_id "
                f"WHERE prediction.id IN ({marks(chunk)})"
            )
            found |= {id_: (name, score) for id_, name, score in self._store.rows(query, chunk)}
        return found

    def ids_at(self, model_id: int, places: Mapping[int, int]) -> dict[int, int]:
        """For each image id its prediction's id at that place, counted from 0 in the order of ids (the order of the
        stored scores). Images without such a box are left out."""
        query = "SELECT id FROM prediction WHERE image_id = ? AND model_id = ? ORDER BY id LIMIT 1 OFFSET ?"
        found = {i: self._store.value(query, [int(i), model_id, int(place)]) for i, place in places.items()}
        return {i: id_ for i, id_ in found.items() if id_ is not None}

    def shown_model(self, image_id: int) -> int | None:
        """The model whose pre-labels a person sees on this image: the active one. On an image that they had begun
        before it was activated, and that it therefore left alone, the newest that has predicted it. Boxes of a dataset
        that wait for a review come before both."""
        waiting: int | None = self._store.value(
            f"SELECT model_id {_TO_REVIEW} AND image_id = ? ORDER BY model_id LIMIT 1", [image_id]
        )
        if waiting is not None:
            return waiting
        found: int | None = self._store.value(
            "SELECT model_id FROM predicted JOIN model ON model.id = model_id JOIN image ON image.id = image_id "
            f"WHERE image_id = ? AND (active OR {TOUCHED}) ORDER BY active DESC, model_id DESC LIMIT 1",
            [image_id],
        )
        return found


def _rows(model_id: int, item: ImagePredictions, class_map: Mapping[int, int]) -> Iterator[tuple[Any, ...]]:
    found = item.detections
    probs = np.ascontiguousarray(found.probs, dtype="<f4")
    boxes, scores, labels = found.boxes.tolist(), found.scores.tolist(), found.labels.tolist()
    for index, label in enumerate(labels):
        yield (
            model_id, int(item.image_id), class_map[label], label, *boxes[index], scores[index], str(found.kind),
            probs[index].tobytes(),
        )  # fmt: skip


def _prediction(row: tuple[Any, ...]) -> Prediction:
    id_, model_id, class_id, label, x1, y1, x2, y2, score, kind, probs = row
    vector = np.frombuffer(probs, dtype="<f4").astype(np.float32)
    return Prediction(id_, model_id, Box(x1, y1, x2, y2), class_id, label, score, vector, ProbKind(kind))
