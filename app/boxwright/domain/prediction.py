"""Predictions: what a detector says about an image, with the whole class vector of each box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box


class ProbKind(StrEnum):
    """Kind of a class vector. `SIGMOID`: independent, any sum. `SOFTMAX`: sum 1, the last entry is background.
    `SCORE`: only the top class's score is known; the other entries are 0 and say nothing."""

    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"
    SCORE = "score"


@dataclass(frozen=True)
class Detections:
    """The boxes a detector keeps on one image, best score first.

    boxes: (N,4) float32, xyxy pixels of the upright image, clipped to it. scores: (N,) float32, 0..1.
    labels: (N,) int64, index into the *model's* classes. probs: (N,C) float32, 0..1, the whole class vector at the
    index NMS kept; (N,C+1) for `SOFTMAX`, background last. best_raw: the best score before the threshold, 0..1,
    so that an image without boxes still has a score. flip: (N,) float32, 0..1, how far each box differs in a mirror,
    see `sampling.flip_consistency`; None where the image was looked at once.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    probs: NDArray[np.float32]
    kind: ProbKind
    best_raw: float
    flip: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.scores)

    def only(self, keep: NDArray[np.bool_]) -> Detections:
        """The boxes where `keep` (N,) is True, in the same order; `best_raw` stays that of the image."""
        return Detections(
            self.boxes[keep],
            self.scores[keep],
            self.labels[keep],
            self.probs[keep],
            self.kind,
            self.best_raw,
            None if self.flip is None else self.flip[keep],
        )

    def mapped(self, class_map: Mapping[int, int]) -> Detections:
        """The boxes whose class stands for one of the project (`class_map` as in `domain.model.Model`), in the same
        order. No other takes part in anything that a project makes of its detector: apply this once to what the
        detector said, and store, score, compare and measure the result, so that the k-th stored box has the k-th score.
        `labels` and `probs` stay the model's."""
        return self.only(np.isin(self.labels, np.fromiter(class_map, np.int64, len(class_map))))


@dataclass(frozen=True)
class ImagePredictions:
    """Detections on one image of the pool; none is an answer too."""

    image_id: int
    detections: Detections


@dataclass(frozen=True, eq=False)
class Prediction:
    """Stored pre-label.

    `label` indexes the model's classes; `class_id` is the project's class it maps onto.
    """

    id: int
    model_id: int
    box: Box
    class_id: int
    label: int
    score: float
    probs: NDArray[np.float32]
    kind: ProbKind
