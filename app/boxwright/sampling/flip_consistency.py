"""Flip consistency: how far a detector contradicts itself when it sees a picture in a mirror."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import iou_matrix
from boxwright.domain.prediction import Detections
from boxwright.sampling.scores import class_shares, entropy_bits


def mirrored(found: Detections, width: int) -> Detections:
    """`found`, seen on the mirror image of a picture `width` pixels wide, in the pixels of the picture itself."""
    boxes = found.boxes.copy()
    boxes[:, 0], boxes[:, 2] = width - found.boxes[:, 2], width - found.boxes[:, 0]
    return Detections(boxes, found.scores, found.labels, found.probs, found.kind, found.best_raw)


def mirror_doubt(found: Detections, again: Detections) -> NDArray[np.float32]:
    """(N,) float32, 0..1, for each box of `found`: `1 - max_j IoU(b, b_j) * (1 - JS(q, q_j))` over the boxes of
    `again`, what the same detector finds on the mirror image, in pixels of the picture. `q`: the class vector divided
    by its sum, JS: the Jensen-Shannon divergence in bits, 0..1. 0: the mirror shows the same box with the same class
    vector; 1: nothing overlaps it, or only what is surely something else.

    After the consistency of Yu et al., "Consistency-based Active Learning for Object Detection" (CVPR workshops 2022),
    whose sum of overlap and class agreement is a product here, so that a box which is in one place only, or of another
    class, is wholly doubted. That a mirror alone serves: Elezi et al., "Not All Labels Are Equal" (CVPR 2022).
    """
    if not len(found) or not len(again):
        return np.ones(len(found), dtype=np.float32)
    mine, theirs = class_shares(found.probs), class_shares(again.probs)
    overlap = iou_matrix(found.boxes, again.boxes)
    agreed = np.zeros_like(overlap)
    # Most pairs lie apart, and class vectors are long.
    rows, columns = np.nonzero(overlap)
    middle = (mine[rows] + theirs[columns]) / 2
    apart = entropy_bits(middle) - (entropy_bits(mine[rows]) + entropy_bits(theirs[columns])) / 2
    agreed[rows, columns] = overlap[rows, columns] * (1 - np.clip(apart, 0, 1))
    return np.asarray(np.clip(1 - agreed.max(axis=1), 0, 1), dtype=np.float32)
