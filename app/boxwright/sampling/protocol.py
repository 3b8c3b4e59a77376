"""Protocol of samplers: what one is, and what it chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.sampling.view import PoolView, SamplerParams


@dataclass(frozen=True)
class Selection:
    """Images that a sampler chose.

    Attributes:
        indices: (K,) int64 into the candidates, each at most once, in the order to be labelled.
        slots: Why, one for each.
        notes: One sentence for each thing that came out differently from what was asked.
    """

    indices: NDArray[np.int64]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...] = ()


class Sampler(Protocol):
    """Rule that picks the images of the next batch from those that nobody has labelled.

    A plug-in of the entry-point group `boxwright.samplers`, made without arguments. It has no state and touches no
    file: the same pool, parameters and seed give the same batch on any machine.

    Attributes:
        name: What a person types, and the name of the entry point.
        summary: One line of what it does.
        needs_scores: Without any score it cannot work, and the batch is drawn at random instead.
        needs_features: It looks at image embeddings where the pool has some, and says in a note what it does where
            there are none.
        knobs: Which of "subset" and "random_share" change what it does. One that does not name the random share is
            asked for the rest of the batch only, and the random part is drawn beside it.

    Example:
        The images with most boxes first:

        ```python
        import numpy as np

        from boxwright.domain.batch import Slot
        from boxwright.sampling.protocol import Selection


        class Crowded:
            name, summary = "crowded", "Images with many boxes first."
            needs_scores, needs_features, knobs = True, False, ()

            def select(self, pool, knobs, rng):
                scored = np.flatnonzero(np.isfinite(pool.scores))
                order = scored[np.lexsort((rng.permutation(len(scored)), -pool.boxes[scored]))][: knobs.size]
                return Selection(order, (Slot.UNCERTAIN,) * len(order))
        ```
    """

    name: str
    summary: str
    needs_scores: bool
    needs_features: bool
    knobs: tuple[str, ...]

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        """Choose images.

        Args:
            pool: The candidates with their scores, and their embeddings where it `needs_features`.
            knobs: How many are wanted, and what a person set. Values are in range.
            rng: The only source of chance; seeded by the caller.

        Returns:
            `knobs.size` images; fewer only when there are fewer that can be chosen, which may be none.
        """
        ...
