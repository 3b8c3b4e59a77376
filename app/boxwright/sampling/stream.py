"""Stream sampling: images that arrive one after the other, worth a label or not, decided at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.sampling.drawing import most_uncertain, random_keys, score_steps
from boxwright.sampling.protocol import Selection


def passing(
    pool: NDArray[np.float64],
    arrivals: NDArray[np.float64],
    budget: float,
    random_share: float,
    rng: np.random.Generator,
) -> Selection:
    """Which of the arrivals pass, by their scores (M,); pool: (N,) scores of the images there were before, N >= 1.
    About `budget` (0..1) of them when they are like the pool, `random_share` (0..1) of these by chance alone.

    Stream-based selective sampling (Cohn, Atlas and Ladner, "Improving Generalization with Active Learning", 1994) with
    the region of uncertainty set by the budget: an arrival that chance has not taken passes when its score lies above
    the quantile of the pool's scores that leaves the rest of the budget above it. One that equals the quantile passes
    with the chance that keeps to the budget, so that a pool of equal scores does not let everything through. The
    uncertain ones come first, most uncertain first.
    """
    by_chance = budget * random_share
    lucky = _below(random_keys(rng, len(arrivals)), by_chance)
    share = (budget - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0
    steps, bound_at = np.sort(score_steps(pool))[::-1], share * len(pool)
    bound = steps[min(int(bound_at), len(steps) - 1)]
    above = np.count_nonzero(steps > bound)
    tie_chance = min(1.0, (bound_at - above) / np.count_nonzero(steps == bound))
    mine = score_steps(arrivals)
    unsure = (mine > bound) | ((mine == bound) & _below(random_keys(rng, len(arrivals)), tie_chance))
    picked = most_uncertain(np.flatnonzero(unsure & ~lucky), arrivals, len(arrivals), rng)
    chance = np.flatnonzero(lucky)
    slots = (Slot.UNCERTAIN,) * len(picked) + (Slot.RANDOM,) * len(chance)
    return Selection(np.concatenate((picked, chance)), slots)


def _below(keys: NDArray[np.uint64], chance: float) -> NDArray[np.bool_]:
    """Each true with that chance."""
    return keys >> np.uint64(12) < np.uint64(round(chance * 2**52))
