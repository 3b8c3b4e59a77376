"""Files of predictions on some images, from the process that detects to the one that writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.atomic import writing
from boxwright.domain.features import ImageFeatures
from boxwright.domain.messages import Message, from_json, to_json
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.services.prelabelling.pipeline import Outcome


@dataclass(frozen=True)
class PredictionChunk:
    """Predictions on some images.

    `found`: image id and detections. `problems`: image id and why it could not be read. `features`: those of the
    images seen, where the detector tells them.
    """

    found: tuple[tuple[int, Detections], ...]
    problems: tuple[tuple[int, str], ...]
    features: ImageFeatures | None = None

    def __len__(self) -> int:
        return len(self.found) + len(self.problems)


def chunk_of(outcomes: Sequence[Outcome]) -> PredictionChunk:
    seen = {o.image_id: o.features for o in sorted(outcomes, key=lambda o: o.image_id) if o.features is not None}
    return PredictionChunk(
        tuple((o.image_id, o.detections) for o in outcomes if o.detections is not None),
        tuple((o.image_id, o.problem or Message("cannot be read")) for o in outcomes if o.detections is None),
        ImageFeatures(np.array(list(seen), dtype=np.int64), np.stack(list(seen.values()))) if seen else None,
    )


def save_chunk(chunk: PredictionChunk, path: Path) -> None:
    """Write `path` whole or not at all: one zip of arrays, nothing in it is code."""
    detections, seen = [d for _, d in chunk.found], chunk.features
    width = max((d.probs.shape[1] for d in detections), default=0)
    # An image without boxes may come with a vector of another width; it has no row to fill it.
    filled = [d for d in detections if len(d)]
    with writing(path, durable=False) as aside, aside.open("wb") as file:
        np.savez(
            file,
            image_ids=np.array([i for i, _ in chunk.found], dtype=np.int64),
            counts=np.array([len(d) for d in detections], dtype=np.int64),
            boxes=np.concatenate([np.zeros((0, 4), np.float32), *(d.boxes for d in filled)]),
            scores=np.concatenate([np.zeros(0, np.float32), *(d.scores for d in filled)]),
            labels=np.concatenate([np.zeros(0, np.int64), *(d.labels for d in filled)]),
            probs=np.concatenate([np.zeros((0, width), np.float32), *(d.probs for d in filled)]),
            best_raw=np.array([d.best_raw for d in detections], dtype=np.float32),
            flip=np.concatenate([np.zeros(0, np.float32), *(_flips(d) for d in filled)]),
            kinds=np.array([str(d.kind) for d in detections], dtype="U16"),
            problems=np.array(json.dumps(to_json(chunk.problems))),
            feature_ids=np.zeros(0, np.int64) if seen is None else seen.image_ids,
            features=np.zeros((0, 0), np.float16) if seen is None else seen.rows,
        )


def load_chunk(path: Path) -> PredictionChunk:
    """Raises OSError, ValueError or KeyError on anything but a file of `save_chunk`."""
    with np.load(path, allow_pickle=False) as data:
        ends = np.cumsum(data["counts"])
        parts = [np.split(data[name], ends[:-1]) for name in ("boxes", "scores", "labels", "probs", "flip")]
        found = tuple(
            (
                int(image_id),
                Detections(
                    boxes,
                    scores,
                    labels,
                    probs,
                    ProbKind(str(kind)),
                    float(best_raw),
                    None if np.isnan(flip).any() else flip,
                ),
            )
            for image_id, boxes, scores, labels, probs, flip, kind, best_raw in zip(
                data["image_ids"], *parts, data["kinds"], data["best_raw"], strict=False
            )
        )
        problems = tuple((int(i), text) for i, text in from_json(json.loads(str(data["problems"]))))
        features = ImageFeatures(data["feature_ids"], data["features"]) if len(data["feature_ids"]) else None
    return PredictionChunk(found, problems, features)


def _flips(found: Detections) -> NDArray[np.float32]:
    """NaN for an image that was looked at once."""
    return np.full(len(found), np.nan, np.float32) if found.flip is None else found.flip
