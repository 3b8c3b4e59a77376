"""Greedy non-maximum suppression, of boxes and of what a network says of one picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.prediction import Detections, ProbKind
from boxwright.domain.suppression import Suppression


def nms(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    labels: NDArray[np.integer] | None,
    iou: float,
    limit: int,
) -> NDArray[np.int64]:
    """Indices of the boxes to keep, best score first, equal scores in their order, at most `limit`.

    boxes: (N,4) xyxy, any unit. scores: (N,). labels: (N,), boxes of different labels never suppress one another;
    None takes all as one class. A box goes when its IoU with a better kept one is above `iou` (0..1).
    """
    order = np.argsort(-np.asarray(scores), kind="stable")
    x1, y1, x2, y2 = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)[order].T.copy()
    areas = (x2 - x1) * (y2 - y1)
    classes = np.zeros(len(order), dtype=np.int64) if labels is None else np.asarray(labels, dtype=np.int64)[order]
    left = np.arange(len(order))
    kept: list[int] = []
    while len(left) and len(kept) < limit:
        best, left = left[0], left[1:]
        kept.append(int(best))
        width = np.minimum(x2[best], x2[left]) - np.maximum(x1[best], x1[left])
        height = np.minimum(y2[best], y2[left]) - np.maximum(y1[best], y1[left])
        overlap = np.maximum(width, 0.0) * np.maximum(height, 0.0)
        apart = overlap <= iou * (areas[best] + areas[left] - overlap)
        left = left[apart | (classes[left] != classes[best])]
    return np.asarray(order[kept], dtype=np.int64)


def suppressed(boxes: NDArray[np.float32], probs: NDArray[np.float32], floor: float, limit: int) -> Detections:
    """The boxes of one picture that stay of those a network gives, suppressed as everywhere, class by class.

    boxes: (N,4) xyxy; one without an area goes. probs: (N,C), 0..1, independent of one another. floor: lowest score
    that is kept, 0..1. limit: how many boxes stay at the most.
    """
    scores = probs.max(1, initial=0.0)
    labels = probs.argmax(1).astype(np.int64) if probs.size else np.zeros(len(probs), np.int64)
    solid = np.flatnonzero((scores >= floor) & (boxes[:, 2:] > boxes[:, :2]).all(1))
    kept = solid[nms(boxes[solid], scores[solid], labels[solid], Suppression().iou, limit)]
    best = float(scores.max(initial=0.0))
    return Detections(boxes[kept], scores[kept], labels[kept], probs[kept], ProbKind.SIGMOID, best)
