"""Built-in samplers that look at scores alone."""

from __future__ import annotations

import numpy as np

from boxwright.domain.batch import Slot
from boxwright.sampling import default
from boxwright.sampling.drawing import random_draw
from boxwright.sampling.interleave import filled_at_random, in_subset, interleaved
from boxwright.sampling.protocol import Selection
from boxwright.sampling.view import PoolView, SamplerParams


class RandomSampler:
    """Random sampling: every candidate equally likely."""

    name = default.RANDOM
    summary = "the whole batch at random from the whole unlabelled pool, whatever the random share"
    needs_scores = False
    needs_features = False
    knobs: tuple[str, ...] = ()

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        picked = random_draw(np.arange(len(pool)), knobs.size, rng)
        return Selection(picked, (Slot.RANDOM,) * len(picked))


class UncertaintySampler:
    """Pool-based uncertainty sampling."""

    name = "uncertainty"
    summary = "the most uncertain images of the whole pool"
    needs_scores = True
    needs_features = False
    knobs: tuple[str, ...] = ()

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        size = min(knobs.size, len(pool))
        picked, notes = in_subset(pool.scores, size, rng, knobs.subset if "subset" in self.knobs else 1.0)
        chosen = Selection(picked, (Slot.UNCERTAIN,) * len(picked), notes)
        return interleaved(chosen, filled_at_random(len(pool), picked, size, rng))


class SubsetSampler(UncertaintySampler):
    """Uncertainty sampling inside a random subset, which keeps near-duplicates, all uncertain together, from filling a
    batch."""

    name = "subset-uncertainty"
    summary = "the most uncertain images of a random 20 % of the pool"
    knobs = ("subset",)


class PublishedSampler(SubsetSampler):
    """Published rule, its picked part."""

    name = default.PUBLISHED
    summary = (
        "the most uncertain images of a random 20 % of the pool: with half of a batch at random, the published rule"
    )
