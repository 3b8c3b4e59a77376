"""Protocol of samplers: what one is, and what it chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.sampling.view import PoolView, SamplerParams


@dataclass(frozen=True)
class Selection:
    """indices: (K,) int64 into the candidates, in the order to be labelled. slots: why, one for each. notes: one
    sentence for each thing that came out differently from what was asked."""

    indices: NDArray[np.int64]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...] = ()


class Sampler(Protocol):
    """`name` is what a person types; `summary` one line of what it does. `needs_scores`: without any it cannot work,
    and a batch is drawn at random instead. `needs_features`: it looks at them where the pool has some, and says in a
    note what it does where there are none. `knobs`: which of "subset" and "random_share" change what it does; one that
    does not name the random share is asked for the rest of the batch only, and the random part is drawn beside it."""

    name: str
    summary: str
    needs_scores: bool
    needs_features: bool
    knobs: tuple[str, ...]

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        """Choose `knobs.size` of the pool's images, each at most once; fewer only when there are fewer. All randomness
        comes from `rng`."""
        ...
