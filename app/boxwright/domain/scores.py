"""Uncertainty scores of a pool, as flat arrays so that a batch is drawn without reading a single prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCORE_NAMES: tuple[str, ...] = ("entropy", "least_confidence", "margin", "detection_entropy")

# From two looks, one of them in a mirror; stored where an image had both. See `sampling.flip_consistency.mirror_doubt`.
FLIP = "flip"
EVERY_SCORE: tuple[str, ...] = (*SCORE_NAMES, FLIP)

# A box takes part in its image's score from this p_max on (0..1), after NMS.
BOX_FLOOR = 0.05


@dataclass(frozen=True)
class PoolScores:
    """Box scores of N images with B boxes in all.

    image_ids: (N,) int64, ascending, unique. offsets: (N+1,) int64; boxes of image i are `offsets[i]:offsets[i+1]`,
    in the order of their prediction ids: the boxes the pool keeps, no box of a class that the project does not have.
    box_scores: for each of `SCORE_NAMES`, or those that were asked for, (B,) float32, all oriented so that larger
    means more uncertain and normalised to 0..1; `FLIP` may be among them, NaN for boxes of images looked at once.
    best_raw: (N,) float32, 0..1, the best score before the threshold; 0 where the detector told none.
    labels: (B,) int32, the likeliest of the detector's classes by index, -1 where it is not known; None: not read.
    """

    image_ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    box_scores: Mapping[str, NDArray[np.float32]]
    best_raw: NDArray[np.float32]
    labels: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.image_ids)
