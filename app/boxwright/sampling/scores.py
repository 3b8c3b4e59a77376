"""Uncertainty scores: how unsure a detector is about one box, from the box's whole class vector.

With `q = p / sum(p)` over the classes (background included for `softmax`) the formulas are those of Settles, "Active
Learning Literature Survey" (2009), section 3.1; `detection_entropy` is the binary entropy of the box being there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.prediction import Detections, ProbKind
from boxwright.domain.scores import BOX_FLOOR, FLIP, SCORE_NAMES, PoolScores

Floats = NDArray[np.float64]
TINY = np.finfo(np.float64).tiny


def entropy_bits(probs: NDArray[np.floating]) -> Floats:
    """`-sum q log2 q` of each row of (N,C), in bits: 0..log2(C). Shape (N,)."""
    q = class_shares(probs)
    return np.asarray(-np.sum(q * np.log2(np.maximum(q, TINY)), axis=1), dtype=np.float64)


def least_confidence(probs: NDArray[np.floating]) -> Floats:
    """`1 - max q` of each row of (N,C): 0..1-1/C. Shape (N,)."""
    q = class_shares(probs)
    return np.asarray(1.0 - q.max(axis=1), dtype=np.float64)


def margin(probs: NDArray[np.floating]) -> Floats:
    """`q1 - q2` between the two best classes of each row of (N,C), 0..1, *small* = uncertain; 1 for one class."""
    q = class_shares(probs)
    if q.shape[1] < 2:
        return np.ones(len(q))
    best = np.partition(q, -2, axis=1)[:, -2:]
    return np.asarray(best[:, 1] - best[:, 0], dtype=np.float64)


def binary_entropy(p: NDArray[np.floating]) -> Floats:
    """`-p log2 p - (1-p) log2 (1-p)` in bits: 0 at p = 0 and 1, 1 at p = 0.5. Same shape as `p`."""
    p = np.clip(np.nan_to_num(np.asarray(p, dtype=np.float64)), 0.0, 1.0)
    rest = 1.0 - p
    return np.asarray(
        -p * np.log2(np.maximum(p, TINY)) - rest * np.log2(np.maximum(rest, TINY)) + 0.0, dtype=np.float64
    )


def top_probability(probs: NDArray[np.floating], kind: ProbKind) -> Floats:
    """`p_max` of each row of (N,C), or (N,C+1) with the background last, which is no class of a box. Shape (N,)."""
    classes = np.nan_to_num(np.asarray(probs, dtype=np.float64))
    if kind is ProbKind.SOFTMAX:
        classes = classes[:, :-1]
    return np.asarray(classes.max(axis=1, initial=0.0), dtype=np.float64)


def meaningful_scores(kind: ProbKind, class_count: int) -> tuple[str, ...]:
    """The scores that can tell boxes apart: with one class, or only the top score left, the others are constant."""
    if kind is ProbKind.SCORE or (kind is ProbKind.SIGMOID and class_count < 2):
        return ("detection_entropy",)
    return SCORE_NAMES


def box_scores(probs: NDArray[np.floating], kind: ProbKind) -> dict[str, NDArray[np.float32]]:
    """Every score of `SCORE_NAMES` for (N,C) class vectors, or (N,C+1) for `softmax`: (N,) float32, 0..1, larger =
    more uncertain. Normalised by their largest values: entropy / log2 C, least confidence * C/(C-1), 1 - margin.
    The class scores are 0 where they mean nothing (see `meaningful_scores`)."""
    probs = np.asarray(probs)
    count, columns = probs.shape
    class_count = columns - 1 if kind is ProbKind.SOFTMAX else columns
    result = {name: np.zeros(count) for name in SCORE_NAMES}
    if count:
        result["detection_entropy"] = binary_entropy(top_probability(probs, kind))
    if count and "entropy" in meaningful_scores(kind, class_count):
        result["entropy"] = entropy_bits(probs) / np.log2(columns)
        result["least_confidence"] = least_confidence(probs) * columns / (columns - 1)
        result["margin"] = 1.0 - margin(probs)
    return {name: np.clip(values, 0.0, 1.0).astype(np.float32) for name, values in result.items()}


def pool_scores(
    image_ids: Sequence[int], detections: Sequence[Detections], kind: ProbKind, floor: float = BOX_FLOOR
) -> PoolScores:
    """Box scores of images with their detections, any order of ids. Boxes with `p_max < floor` take no part. `FLIP` is
    among them when some image was looked at in a mirror as well, NaN for boxes of the others."""
    order = np.argsort(np.asarray(image_ids, dtype=np.int64), kind="stable")
    sorted_detections = [detections[i] for i in order]
    filled = [d.probs for d in sorted_detections if len(d)]
    probs = np.concatenate(filled) if filled else np.zeros((0, 1), dtype=np.float32)
    taking_part = top_probability(probs, kind) >= floor if filled else np.zeros(0, dtype=bool)
    owners = np.repeat(np.arange(len(order)), [len(d) for d in sorted_detections])
    labels = [d.labels for d in sorted_detections if len(d)]
    values = box_scores(probs[taking_part], kind)
    if any(d.flip is not None for d in sorted_detections):
        flips = [np.full(len(d), np.nan, np.float32) if d.flip is None else d.flip for d in sorted_detections]
        values[FLIP] = np.concatenate(flips)[taking_part]
    counts = np.bincount(owners[taking_part], minlength=len(order))
    return PoolScores(
        image_ids=np.asarray(image_ids, dtype=np.int64)[order],
        offsets=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        box_scores=values,
        best_raw=np.array([d.best_raw for d in sorted_detections], dtype=np.float32),
        labels=np.concatenate(labels)[taking_part].astype(np.int32) if labels else np.zeros(0, dtype=np.int32),
    )


def class_shares(probs: NDArray[np.floating]) -> Floats:
    """(N,C) rows of sum 1, none of it negative; a row of zeros becomes uniform, for nothing favours any class."""
    p = np.clip(np.nan_to_num(np.asarray(probs, dtype=np.float64)), 0.0, None)
    total = p.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, p / np.where(total > 0, total, 1.0), 1.0 / p.shape[1]), dtype=np.float64)
