import numpy as np

from boxwright.domain.batch import Slot
from boxwright.sampling.drawing import most_uncertain
from boxwright.sampling.interleave import filled_at_random, interleaved
from boxwright.sampling.protocol import Selection


class Film:
    name, summary = "film", "the most uncertain image of every five in a row: for films"
    needs_scores, needs_features, knobs = True, False, ()

    def select(self, pool, knobs, rng):
        ranked = most_uncertain(np.flatnonzero(np.isfinite(pool.scores)), pool.scores, len(pool), rng)
        first = np.sort(np.unique(pool.candidates[ranked] // 5, return_index=True)[1])
        picked = np.concatenate((ranked[first], np.delete(ranked, first)))[: knobs.size]
        picked = most_uncertain(picked, pool.scores, len(picked), rng)
        chance = filled_at_random(len(pool), picked, min(knobs.size, len(pool)), rng)
        return interleaved(Selection(picked, (Slot.UNCERTAIN,) * len(picked)), chance)
