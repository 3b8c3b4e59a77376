"""The samplers that come with the program."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.sampling.draw import Indices, most_uncertain, random_draw, share_of, without
from boxwright.sampling.samplers import Sampler, Selection
from boxwright.sampling.view import Knobs, PoolView

Scores = NDArray[np.float64]


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
        everyone = np.arange(len(pool))
        wanted = size - (share_of(size, knobs.random_share) if self._with_random else 0)
        uncertain, notes = self._uncertain(pool.scores, wanted, rng, knobs.subset if self._in_subset else 1.0)
        chance = random_draw(without(everyone, uncertain, len(everyone)), size - len(uncertain), rng)
        return interleaved(uncertain, chance, notes)

    def _uncertain(
        self, image_scores: Scores, wanted: int, rng: np.random.Generator, subset: float
    ) -> tuple[Indices, tuple[str, ...]]:
        """The `wanted` most uncertain scored images, of the random subset first, and what there is to say."""
        scored = np.flatnonzero(np.isfinite(image_scores))
        notes: list[str] = []
        searched = scored if subset >= 1 else random_draw(scored, ceil(len(scored) * subset - 1e-9), rng)
        picked = most_uncertain(searched, image_scores, wanted, rng)
        short = min(wanted, len(scored)) - len(picked)
        if short > 0:
            notes.append(
                f"The random {subset:.0%} of the pool holds only {len(picked)} images: "
                f"{short} more were taken from the most uncertain of the others."
            )
            others = without(scored, picked, len(image_scores))
            picked = np.concatenate((picked, most_uncertain(others, image_scores, short, rng)))
        if len(picked) < wanted:
            notes.append(
                f"Only {len(scored)} unlabelled images have a score: {wanted - len(picked)} more were drawn at random. "
                "Pre-label the rest of the pool to rank it."
            )
        return picked, tuple(notes)


def interleaved(uncertain: Indices, chance: Indices, notes: tuple[str, ...]) -> Selection:
    """Both parts spread evenly over the batch, each in its own order: whoever stops half-way has labelled a set with
    the same ratio as the whole."""
    places = np.concatenate([(np.arange(len(part)) + 0.5) / max(1, len(part)) for part in (uncertain, chance)])
    order = np.argsort(places, kind="stable")
    slots = [Slot.UNCERTAIN] * len(uncertain) + [Slot.RANDOM] * len(chance)
    return Selection(np.concatenate((uncertain, chance))[order], tuple(slots[i] for i in order), notes)


BUILT_IN: tuple[Sampler, ...] = (
    UncertaintySampler(
        "uncertainty-random",
        "half the most uncertain images of a random 20 % of the pool, half at random (default)",
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
)
