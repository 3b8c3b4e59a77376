"""Completion of a box from one corner by the detector.

A pre-label that is badly placed, or one that it was not sure enough of to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box, iou_matrix
from boxwright.domain.labels import ImageLabels
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.box_geometry import MIN_SIDE, spanned

REACH = 0.25
"""How far the pointer may be from the corner of a pre-label, as a share of its sides."""

_SPREAD = 0.15
_SAME = 0.5
"""IoU from which a hidden pre-label is about a box that is there already."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Completed box: `box` has its corner where the pointer is, and its other two edges where `prediction` has them."""

    prediction: Prediction
    box: Box


@dataclass(frozen=True, eq=False)
class Completions:
    """Pre-labels that may complete a box.

    The M pre-labels of an image that nobody has judged, and the N boxes that are on screen. boxes: (M,4) float64,
    xyxy pixels; scores: (M,); hidden: (M,) bool, those that are not shown; there: (N,4) like boxes.
    """

    labels: ImageLabels
    threshold: float
    class_id: int | None
    predictions: tuple[Prediction, ...]
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    there: NDArray[np.float64]

    @staticmethod
    def of(labels: ImageLabels, threshold: float, class_id: int | None = None) -> Completions:
        """Pre-labels with a score below `threshold` are hidden, and so are guesses, which are of the class `class_id`;
        without one there are none."""
        disputed = labels.disputed
        open_ = tuple(p for p in labels.open_predictions() if p.id not in disputed)
        if class_id is not None:
            open_ += tuple(replace(p, class_id=class_id) for p in labels.open_guesses())
        boxes, scores = _arrays([p.box for p in open_]), np.array([p.score for p in open_], np.float64)
        hidden = (scores < threshold) | labels.guesses
        there = np.concatenate([boxes[~hidden], _arrays([a.box for a in labels.annotations.values()])])
        return Completions(labels, threshold, class_id, open_, boxes, scores, hidden, there)

    def at(self, x: float, y: float) -> Completion | None:
        """The box with a corner at a point of the image; None where no pre-label has one near it. Of several the
        likeliest: the square root of the score, less by a normal law of how far off the corner is. A hidden one that
        is about a box on screen is none."""
        # (M, 2 ways, 2 axes): how far the near and the far edge are from the point, in sides of the box.
        sides = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], MIN_SIDE)
        off = (self.boxes.reshape(-1, 2, 2) - (x, y)) / sides[:, None]
        way = np.abs(off).argmin(axis=1)
        nearest = np.take_along_axis(off, way[:, None], axis=1)[:, 0]
        close = np.flatnonzero(np.abs(nearest).max(axis=1) <= REACH)
        # Only of the few that are close: comparing all with all takes too long where there are thousands.
        double = iou_matrix(self.boxes[close], self.there).max(axis=1, initial=0.0) >= _SAME
        close = close[~(double & self.hidden[close])]
        if not len(close):
            return None
        likely = np.sqrt(self.scores[close]) * np.exp(-(nearest[close] ** 2).sum(axis=1) / (2 * _SPREAD**2))
        best = int(close[likely.argmax()])
        across, down = (int(side) for side in way[best])
        far = self.boxes[best].reshape(2, 2)
        box = spanned(x, y, far[1 - across, 0], far[1 - down, 1], self.labels.width, self.labels.height)
        return Completion(self.predictions[best], box) if min(box.width, box.height) >= MIN_SIDE else None


def _arrays(boxes: list[Box]) -> NDArray[np.float64]:
    return np.array([box.array() for box in boxes], dtype=np.float64).reshape(-1, 4)
