"""Input of samplers: a view of the pool, and the parameters that a person may set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.sampling import default
from boxwright.sampling.features import PoolFeatures


@dataclass(frozen=True)
class PoolView:
    """N unlabelled images to choose from.

    candidates: (N,) int64 ids, ascending. scores: (N,) float64, >= 0, larger = more uncertain, NaN where an image has
    none. boxes: (N,) int64, how many boxes the score came from, 0 where there is no score. features: None unless the
    sampler `needs_features` and the pool has some.
    """

    candidates: NDArray[np.int64]
    scores: NDArray[np.float64]
    boxes: NDArray[np.int64]
    features: PoolFeatures | None = None

    def __len__(self) -> int:
        return len(self.candidates)


@dataclass(frozen=True)
class SamplerParams:
    """size: images asked for. subset: share of the scored candidates to search, over 0 to 1, heeded by a sampler that
    names it in its `knobs`. random_share: part of the batch drawn at random, 0..1, whatever the sampler; it sees it
    only when it names it, see `protocol.Sampler`."""

    size: int
    subset: float = default.SUBSET
    random_share: float = default.RANDOM_SHARE
