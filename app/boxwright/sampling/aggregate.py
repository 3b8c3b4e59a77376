"""Aggregates: the scores of an image's boxes become one score of the image, by maximum, mean or sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import SettingError
from boxwright.domain.scores import BOX_FLOOR, EVERY_SCORE, PoolScores
from boxwright.sampling.scores import binary_entropy

AGGREGATES: tuple[str, ...] = ("max", "mean", "sum", "count")

# Strength of the prior of `mean`, in boxes: an image with two boxes is pulled half-way to the pool's mean.
SHRINKAGE = 2.0


def image_scores(
    scores: PoolScores, score: str, aggregate: str, weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """One score per image, (N,) float64 in the order of `scores.image_ids`, >= 0, larger = more uncertain; finite, but
    NaN for an image with boxes that `score` is not known of.

    `max`: the most uncertain box. `sum`: all of them, so crowded images lead. `mean`: shrunk to the pool,
    `(sum u + lambda * prior) / (n + lambda)` with lambda = `SHRINKAGE` and the prior = the mean u over all boxes, so
    that one junk box does not top the list. `count`: how many boxes there are, whatever their scores; there to compare
    with. Without any box: 0 for `count`, otherwise `binary_entropy(best_raw)`; a detector that told no raw score (0)
    counts as half of the floor below which it stays silent.
    weights: (C,) > 0, what a box counts for by its class in `scores.labels`; one of no known class counts for 1.
    Raises `SettingError` on an unknown name.
    """
    if aggregate not in AGGREGATES:
        raise SettingError("There is no aggregate '{0}'; choose one of {1}.", aggregate, ", ".join(AGGREGATES))
    if score not in scores.box_scores:
        raise SettingError("There is no score '{0}'; choose one of {1}.", score, ", ".join(EVERY_SCORE))
    counts = np.diff(scores.offsets)
    if aggregate == "count":
        return counts.astype(np.float64)
    boxes = scores.box_scores[score]
    if weights is not None and scores.labels is not None:
        # The last entry serves the index -1.
        boxes = (boxes * np.append(weights, 1.0)[scores.labels]).astype(np.float32)
    filled = counts > 0
    if filled.all():
        return _reduced(boxes, scores.offsets[:-1], counts, aggregate)
    result = _without_boxes(scores.best_raw)
    # reduceat yields a wrong value for an empty segment; empty ones take no room, so leaving them out is exact.
    result[filled] = _reduced(boxes, scores.offsets[:-1][filled], counts[filled], aggregate)
    return result


def _reduced(
    boxes: NDArray[np.float32], starts: NDArray[np.int64], counts: NDArray[np.int64], aggregate: str
) -> NDArray[np.float64]:
    if not len(starts):
        return np.zeros(0)
    if aggregate == "max":
        return np.maximum.reduceat(boxes, starts).astype(np.float64)
    sums = np.asarray(np.add.reduceat(boxes, starts, dtype=np.float64), dtype=np.float64)
    if aggregate == "sum":
        return sums
    # Rounded, for the order of a long summation, and with it the last bits, differs between machines.
    known = boxes[np.isfinite(boxes)]
    prior = round(float(known.mean(dtype=np.float64)), 6) if len(known) else 0.0
    return np.asarray((sums + SHRINKAGE * prior) / (counts + SHRINKAGE), dtype=np.float64)


def _without_boxes(best_raw: NDArray[np.float32]) -> NDArray[np.float64]:
    return binary_entropy(np.where(best_raw > 0, best_raw, BOX_FLOOR / 2))
