"""Interleaving of a batch's parts: picked and random images in even proportion from the first to the last."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.domain.errors import SettingError
from boxwright.domain.messages import Message
from boxwright.sampling import default
from boxwright.sampling.drawing import Indices, most_uncertain, random_draw, random_part, without
from boxwright.sampling.protocol import Sampler, Selection
from boxwright.sampling.view import PoolView, SamplerParams

NOTHING = Selection(np.zeros(0, dtype=np.int64), ())


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
            Message(
                "The random {0:.0%} of the pool holds only {1} images: "
                "{2} more were taken from the most uncertain of the others.",
                subset,
                len(picked),
                short,
            )
        )
        others = without(scored, picked, len(scores))
        picked = np.concatenate((picked, most_uncertain(others, scores, short, rng)))
    if len(picked) < wanted:
        notes.append(
            Message(
                "Only {0} unlabelled images have a score: {1} more were drawn at random. "
                "Pre-label the rest of the pool to rank it.",
                len(scored),
                wanted - len(picked),
            )
        )
    return picked, tuple(notes)


def filled_at_random(count: int, picked: Indices, size: int, rng: np.random.Generator) -> Indices:
    """What a batch of `size` out of `count` images still needs beside `picked`, each of the others equally likely."""
    if len(picked) >= size:
        return picked[:0]
    return random_draw(without(np.arange(count), picked, count), size - len(picked), rng)


def interleaved(chosen: Selection, chance: Indices) -> Selection:
    """What a rule chose and random images, spread evenly over the batch, each in its own order: whoever stops half-way
    has labelled a set with the same ratio as the whole. Random images that the rule had to take count as random."""
    by_rule = np.array([slot is not Slot.RANDOM for slot in chosen.slots], dtype=bool)
    ruled, chance = chosen.indices[by_rule], np.concatenate((chosen.indices[~by_rule], chance))
    places = np.concatenate([(np.arange(len(part)) + 0.5) / max(1, len(part)) for part in (ruled, chance)])
    order = np.argsort(places, kind="stable")
    slots = [slot for slot in chosen.slots if slot is not Slot.RANDOM] + [Slot.RANDOM] * len(chance)
    return Selection(np.concatenate((ruled, chance))[order], tuple(slots[i] for i in order), chosen.notes)


def with_random_part(sampler: Sampler, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
    """A batch of both parts: what `sampler` picks, and `knobs.random_share` of the batch drawn at random from the rest.

    A sampler that names `random_share` in its `knobs` draws its own random part; `random` is random as a whole. Raises
    `SettingError` when a plug-in does not choose as a sampler has to.
    """
    size = min(knobs.size, len(pool))
    part = random_part(size, knobs.random_share)
    if sampler.name == default.RANDOM or "random_share" in sampler.knobs or not part:
        return _selected(sampler, pool, knobs, rng)
    chosen = _selected(sampler, pool, replace(knobs, size=size - part), rng) if part < size else NOTHING
    return interleaved(chosen, filled_at_random(len(pool), chosen.indices, size, rng))


def _selected(sampler: Sampler, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
    """A plug-in must not be able to store a batch that nobody can label."""
    selection = sampler.select(pool, knobs, rng)
    indices, wanted = selection.indices, min(knobs.size, len(pool))
    fits = (
        len(indices) == len(selection.slots) == wanted
        and (not len(indices) or (indices.min() >= 0 and indices.max() < len(pool)))
        and len(np.unique(indices)) == len(indices)
    )
    if not fits:
        raise SettingError(
            "The sampler '{0}' did not choose {1} different images of the pool; use another one and tell its author.",
            sampler.name,
            wanted,
        )
    return selection
