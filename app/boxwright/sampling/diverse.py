"""Samplers that compare image embeddings, so that a batch holds no two of a kind."""

from __future__ import annotations

import numpy as np

from boxwright.domain.batch import Slot
from boxwright.domain.messages import N_, Message
from boxwright.sampling import default
from boxwright.sampling.drawing import Indices, most_uncertain, random_draw, without
from boxwright.sampling.features import PoolFeatures
from boxwright.sampling.interleave import filled_at_random, in_subset, interleaved
from boxwright.sampling.kmeanspp import spread_picks
from boxwright.sampling.protocol import Selection
from boxwright.sampling.typiclust import typical_picks
from boxwright.sampling.view import PoolView, SamplerParams

# How many times the wanted images the shortlist holds.
SHORTLIST = 4
# A first batch is looked for among this many images, drawn at random: enough to know every kind of image that matters.
LOOKED_AT = 10_000

NO_FEATURES = N_(
    "The pool has no features to tell images apart by (run the pre-labels; some detectors offer none), so {0}."
)


class DiverseSampler:
    """Uncertainty sampling among images that are unlike each other.

    A shortlist of the most uncertain images, four times as many as wanted, and of these the ones that are unlike
    each other and unlike what is labelled: see `spread_picks` for the rule and its sources. What is nearly a copy of a
    picked or a labelled image is left out while there is anything else.

    Without features: the most uncertain of a random subset, which keeps copies apart by chance.
    """

    name = default.SAMPLER
    summary = "of the most uncertain images, those unlike each other and unlike what is labelled (default)"
    needs_scores = True
    needs_features = True
    knobs: tuple[str, ...] = ()

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        size = min(knobs.size, len(pool))
        if pool.features is None:
            picked, notes = in_subset(pool.scores, size, rng, knobs.subset)
            instead = Message("the most uncertain of a random {0:.0%} of it were taken", knobs.subset)
            notes = (Message(NO_FEATURES, instead), *notes)
        else:
            picked, notes = _diverse(pool, pool.features, size, rng)
        chosen = Selection(picked, (Slot.UNCERTAIN,) * len(picked), notes)
        return interleaved(chosen, filled_at_random(len(pool), picked, size, rng))


class HybridSampler(DiverseSampler):
    """The sampler `uncertainty-diversity` under its older name, for rules that were stored."""

    name = "hybrid"
    summary = f"the same as {default.SAMPLER}, by its older name"


def _diverse(
    pool: PoolView, features: PoolFeatures, wanted: int, rng: np.random.Generator
) -> tuple[Indices, tuple[str, ...]]:
    scored = np.flatnonzero(np.isfinite(pool.scores) & features.known)
    shortlist = most_uncertain(scored, pool.scores, SHORTLIST * wanted, rng)
    chosen = spread_picks(features.of(shortlist), pool.scores[shortlist], features.labeled(), wanted, rng)
    picked = shortlist[chosen]
    notes: list[str] = []
    if (short := min(wanted, len(scored)) - len(picked)) > 0:
        notes.append(
            Message(
                "Only {0} of the {1} most uncertain images are unlike each other and unlike what "
                "is labelled: {2} more were taken by their score alone.",
                len(picked),
                len(shortlist),
                short,
            )
        )
        # What lies beyond the shortlist may be new; the rest of the shortlist is not.
        for rest in (without(scored, shortlist, len(pool)), without(shortlist, picked, len(pool))):
            picked = np.concatenate((picked, most_uncertain(rest, pool.scores, short, rng)))
            short = min(wanted, len(scored)) - len(picked)
    if len(picked) < wanted:
        notes.append(
            Message(
                "Only {0} unlabelled images have a score and features: {1} more were drawn "
                "at random. Pre-label the rest of the pool to rank it.",
                len(scored),
                wanted - len(picked),
            )
        )
    return most_uncertain(picked, pool.scores, len(picked), rng), tuple(notes)


class TypicalSampler:
    """TypiClust sampling, for a first batch.

    For a first batch: the most typical image of each group of images that look alike, largest groups first. See
    `typical_picks` for the rule and its source. Needs no scores; without features every image is equally likely.
    """

    name = default.UNSEEN
    summary = "the most typical image of each group of similar ones: for a first batch"
    needs_scores = False
    needs_features = True
    knobs: tuple[str, ...] = ()

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        size = min(knobs.size, len(pool))
        everyone = np.arange(len(pool))
        if pool.features is None:
            picked = random_draw(everyone, size, rng)
            return Selection(
                picked, (Slot.RANDOM,) * size, (Message(NO_FEATURES, Message("the batch was drawn at random")),)
            )
        known = random_draw(np.flatnonzero(pool.features.known), max(LOOKED_AT, 2 * size), rng)
        picked = known[typical_picks(pool.features.of(known), pool.features.labeled(), size, rng)]
        chance = filled_at_random(len(pool), picked, size, rng)
        notes: tuple[str, ...] = ()
        if len(chance):
            notes = (
                Message(
                    "Only {0} unlabelled images have features: {1} more were drawn at random.", len(picked), len(chance)
                ),
            )
        slots = (Slot.TYPICAL,) * len(picked) + (Slot.RANDOM,) * len(chance)
        return Selection(np.concatenate((picked, chance)), slots, notes)
