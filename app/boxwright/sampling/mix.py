"""Parts of a batch, and how they are put together."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.sampling.draw import Indices, most_uncertain, random_draw, without
from boxwright.sampling.samplers import Selection


def in_subset(
    scores: NDArray[np.float64], wanted: int, rng: np.random.Generator, subset: float
) -> tuple[Indices, tuple[str, ...]]:
    """The `wanted` most uncertain scored images, of a random subset first, and what there is to say."""
    scored = np.flatnonzero(np.isfinite(scores))
    notes: list[str] = []
    searched = scored if subset >= 1 else random_draw(scored, ceil(len(scored) * subset - 1e-9), rng)
    picked = most_uncertain(searched, scores, wanted, rng)
    short = min(wanted, len(scored)) - len(picked)
    if short > 0:
        notes.append(
            f"The random {subset:.0%} of the pool holds only {len(picked)} images: "
            f"{short} more were taken from the most uncertain of the others."
        )
        others = without(scored, picked, len(scores))
        picked = np.concatenate((picked, most_uncertain(others, scores, short, rng)))
    if len(picked) < wanted:
        notes.append(
            f"Only {len(scored)} unlabelled images have a score: {wanted - len(picked)} more were drawn at random. "
            "Pre-label the rest of the pool to rank it."
        )
    return picked, tuple(notes)


def filled_at_random(count: int, picked: Indices, size: int, rng: np.random.Generator) -> Indices:
    """What a batch of `size` out of `count` images still needs beside `picked`, each of the others equally likely."""
    return random_draw(without(np.arange(count), picked, count), size - len(picked), rng)


def interleaved(uncertain: Indices, chance: Indices, notes: tuple[str, ...]) -> Selection:
    """Both parts spread evenly over the batch, each in its own order: whoever stops half-way has labelled a set with
    the same ratio as the whole."""
    places = np.concatenate([(np.arange(len(part)) + 0.5) / max(1, len(part)) for part in (uncertain, chance)])
    order = np.argsort(places, kind="stable")
    slots = [Slot.UNCERTAIN] * len(uncertain) + [Slot.RANDOM] * len(chance)
    return Selection(np.concatenate((uncertain, chance))[order], tuple(slots[i] for i in order), notes)
