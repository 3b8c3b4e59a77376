"""Words for what a sampler will do and what it did."""

from __future__ import annotations

from collections import Counter

from boxwright.domain.batch import Batch
from boxwright.domain.messages import N_
from boxwright.sampling import default
from boxwright.sampling.drawing import random_part
from boxwright.ui.language.translation import tr

SCORE_WORDS = {
    N_("entropy"): N_("how spread the class vector is"),
    "least_confidence": N_("how far the best class is from certain"),
    N_("margin"): N_("how near the second class comes to the first"),
    "detection_entropy": N_("whether there is a box at all"),
    N_("flip"): N_("how much it changes in the mirror; needs pre-labels that looked twice"),
}
AGGREGATE_WORDS = {
    N_("max"): N_("its most doubtful box"),
    N_("mean"): N_("the average of its boxes"),
    N_("sum"): N_("all its boxes together; favours crowded images"),
    N_("count"): N_("how many boxes it has, however sure; there to compare with"),
}


def plan_words(
    sampler: str, size: int, candidates: int, score: str, subset: int, random: int, scored: bool, first: bool = False
) -> str:
    """`subset` and `random` in percent; `scored`: there is a detector that has scored the pool; `first`: nothing is
    labelled yet."""
    pool = tr("{0:,} unlabelled images").format(candidates)
    take = min(size, candidates)
    if candidates == 0:
        return tr("No unlabelled image is left in the pool.")
    if not scored and sampler == default.UNSEEN:
        return tr(
            "There is no detector yet. Groups the {0} by colours and shapes and takes {1:,} unlike each other, whose "
            "boxes you draw by hand."
        ).format(pool, take)
    if not scored:
        return tr("There is no detector yet, so {0:,} of the {1} are drawn at random: a good first batch.").format(
            take, pool
        )
    if sampler == default.RANDOM:
        if first:
            return tr("Draws {0:,} of the {1} at random: a fair first batch.").format(take, pool)
        return _all_at_random(take, pool)
    at_random = random_part(take, random / 100)
    chance = tr(
        "Another {0:,} are drawn at random from the rest: they teach what the detector does not doubt, and measure it."
    ).format(at_random)
    if at_random == take:
        return _all_at_random(take, pool)
    words = _rule_plan(sampler, take - at_random, pool, tr("by {0}").format(tr(score.replace("_", " "))), subset)
    return f"{words} {chance}" if at_random else words


def _all_at_random(take: int, pool: str) -> str:
    return tr("Draws {0:,} of the {1} at random.").format(take, pool)


def _rule_plan(sampler: str, take: int, pool: str, by: str, subset: int) -> str:
    if sampler == "uncertainty":
        return tr("Takes the {0:,} most uncertain of all {1}, {2}.").format(take, pool, by)
    if sampler in (default.PUBLISHED, "subset-uncertainty"):
        return tr("Looks at a random {0} % of the {1} and takes the {2:,} most uncertain of them, {3}.").format(
            subset, pool, take, by
        )
    if sampler in (default.SAMPLER, "hybrid"):
        return tr(
            "Looks for the most uncertain of the {0}, {1}, and takes the {2:,} of them that look least like each other "
            "and like what is labelled."
        ).format(pool, by, take)
    if sampler == "typiclust":
        return tr(
            "Groups the {0} by how they look and takes {1:,} typical ones, group by group: a good first batch."
        ).format(pool, take)
    return tr("Draws {0:,} of the {1} with the sampler '{2}'.").format(take, pool, sampler)


def rule_words(sampler: str, score: str, aggregate: str, rare: bool, random_share: float | None = None) -> str:
    """ "uncertainty-random by entropy (max), 30 % at random". `rare`: rare classes count for more.
    `random_share`: 0..1, None where it is told elsewhere."""
    parts = [tr("{0} by {1} ({2})").format(sampler, tr(score.replace("_", " ")), tr(aggregate))]
    if random_share is not None:
        parts.append(share_words(random_share))
    return ", ".join([*parts, tr("rare classes up")] if rare else parts)


def share_words(random_share: float) -> str:
    return tr("{0:.0f} % at random").format(100 * random_share)


def batch_summary(batch: Batch) -> str:
    """ "Batch 3: 50 images, 25 uncertain, 25 random; seed 7.\""""
    slots = Counter(item.slot.value for item in batch.items)
    parts = ", ".join(tr("{0:,} {1}").format(count, tr(slot)) for slot, count in slots.items())
    return tr("Batch {0}: {1:,} images, {2}; seed {3}.").format(
        batch.id, len(batch.items), parts, batch.settings.get("seed")
    )
