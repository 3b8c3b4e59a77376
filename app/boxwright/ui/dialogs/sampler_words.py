"""What a sampler will do and what it did, in plain words."""

from __future__ import annotations

from collections import Counter

from boxwright.domain.batch import Batch

SCORE_WORDS = {
    "entropy": "how spread the class vector is",
    "least_confidence": "how far the best class is from certain",
    "margin": "how near the second class comes to the first",
    "detection_entropy": "whether there is a box at all",
    "flip": "how much it changes in the mirror; needs pre-labels that looked twice",
}
AGGREGATE_WORDS = {
    "max": "its most doubtful box",
    "mean": "the average of its boxes",
    "sum": "all its boxes together; favours crowded images",
    "count": "how many boxes it has, however sure; there to compare with",
}

_UNLIKE = "of them that look least like each other and like what is labelled"


def plan_words(sampler: str, size: int, candidates: int, score: str, subset: int, random: int, scored: bool) -> str:
    """`subset` and `random` in percent; `scored`: there is a detector that has scored the pool."""
    pool = f"{candidates:,} unlabelled images"
    take = min(size, candidates)
    if candidates == 0:
        return "No unlabelled image is left in the pool."
    if not scored:
        return f"There is no detector yet, so {take:,} of the {pool} are drawn at random: a good first batch."
    by = f"by {score.replace('_', ' ')}"
    if sampler == "random":
        return f"Draws {take:,} of the {pool} at random."
    if sampler == "uncertainty":
        return f"Takes the {take:,} most uncertain of all {pool}, {by}."
    if sampler == "subset-uncertainty":
        return f"Looks at a random {subset} % of the {pool} and takes the {take:,} most uncertain of them, {by}."
    at_random = round(take * random / 100)
    if sampler == "uncertainty-random":
        return (
            f"Looks at a random {subset} % of the {pool}, takes the {take - at_random:,} most uncertain of them {by}, "
            f"and adds {at_random:,} at random from the rest, so that the detector also learns what it does not doubt."
        )
    if sampler == "uncertainty-diversity":
        return f"Looks for the most uncertain of the {pool}, {by}, and takes the {take:,} {_UNLIKE}."
    if sampler == "hybrid":
        return (
            f"Looks for the most uncertain of the {pool}, {by}, takes the {take - at_random:,} {_UNLIKE}, and adds "
            f"{at_random:,} at random, which also measure the detector."
        )
    if sampler == "typiclust":
        return (
            f"Groups the {pool} by how they look and takes {take:,} typical ones, group by group: a good first batch."
        )
    return f"Draws {take:,} of the {pool} with the sampler '{sampler}'."


def batch_summary(batch: Batch) -> str:
    """ "Batch 3: 50 images, 25 uncertain, 25 random; seed 7.\""""
    slots = Counter(item.slot.value for item in batch.items)
    parts = ", ".join(f"{count} {slot}" for slot, count in slots.items())
    return f"Batch {batch.id}: {len(batch.items):,} images, {parts}; seed {batch.settings.get('seed')}."
