"""The samplers that come with the program."""

from __future__ import annotations

import numpy as np

from boxwright.domain.batch import Slot
from boxwright.sampling.diverse import DIVERSE
from boxwright.sampling.draw import random_draw, share_of
from boxwright.sampling.mix import filled_at_random, in_subset, interleaved
from boxwright.sampling.samplers import Sampler, Selection
from boxwright.sampling.view import Knobs, PoolView


class RandomSampler:
    """Every candidate equally likely."""

    name = "random"
    summary = "at random from the whole unlabelled pool"
    needs_scores = False
    needs_features = False
    knobs: tuple[str, ...] = ()

    def select(self, pool: PoolView, knobs: Knobs, rng: np.random.Generator) -> Selection:
        picked = random_draw(np.arange(len(pool)), knobs.size, rng)
        return Selection(picked, (Slot.RANDOM,) * len(picked))


class UncertaintySampler:
    """Pool-based uncertainty sampling, optionally inside a random subset, optionally mixed with random images.

    The subset keeps near-duplicates, which are all uncertain together, from filling a batch. The random part keeps
    the labelled set close to the pool and finds what the detector overlooks without any doubt.
    """

    needs_scores = True
    needs_features = False

    def __init__(self, name: str, summary: str, in_subset: bool, with_random: bool) -> None:
        self.name = name
        self.summary = summary
        self.knobs: tuple[str, ...] = ("subset",) * in_subset + ("random_share",) * with_random
        self._in_subset = in_subset
        self._with_random = with_random

    def select(self, pool: PoolView, knobs: Knobs, rng: np.random.Generator) -> Selection:
        size = min(knobs.size, len(pool))
        wanted = size - (share_of(size, knobs.random_share) if self._with_random else 0)
        uncertain, notes = in_subset(pool.scores, wanted, rng, knobs.subset if self._in_subset else 1.0)
        return interleaved(uncertain, filled_at_random(len(pool), uncertain, size, rng), notes)


BUILT_IN: tuple[Sampler, ...] = (
    UncertaintySampler(
        "uncertainty-random",
        "half the most uncertain images of a random 20 % of the pool, half at random",
        in_subset=True,
        with_random=True,
    ),
    UncertaintySampler(
        "uncertainty", "the most uncertain images of the whole pool", in_subset=False, with_random=False
    ),
    UncertaintySampler(
        "subset-uncertainty",
        "the most uncertain images of a random 20 % of the pool",
        in_subset=True,
        with_random=False,
    ),
    RandomSampler(),
    *DIVERSE,
)
