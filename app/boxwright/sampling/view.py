"""Input of samplers: a view of the pool, and the parameters that a person may set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.sampling import default
from boxwright.sampling.features import PoolFeatures


@dataclass(frozen=True)
class PoolView:
    """Unlabelled images to choose from, N of them.

    Attributes:
        candidates: (N,) int64 ids, ascending.
        scores: (N,) float64, >= 0, larger = more uncertain, NaN where an image has none.
        boxes: (N,) int64, how many boxes the score came from, 0 where there is no score.
        features: None unless the sampler `needs_features` and the pool has some.
    """

    candidates: NDArray[np.int64]
    scores: NDArray[np.float64]
    boxes: NDArray[np.int64]
    features: PoolFeatures | None = None

    def __len__(self) -> int:
        return len(self.candidates)


@dataclass(frozen=True)
class SamplerParams:
    """Parameters of a sampler that a person may set.

    Attributes:
        size: Images asked for, >= 0.
        subset: Share of the scored candidates to search, over 0 to 1; heeded by a sampler that names it in its `knobs`.
        random_share: Part of the batch drawn at random, 0..1, whatever the sampler; it sees it only when it names it in
            its `knobs`.
    """

    size: int
    subset: float = default.SUBSET
    random_share: float = default.RANDOM_SHARE
