"""Drawing without repeats: at random, by score, and mixed. The same seed gives the same draw on any machine.

Only the raw 64-bit stream of the generator is used, which numpy promises never to change for a seed (NEP 19), and
only integers are compared, so that no rounding of a processor can reorder two images.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

# Image scores are compared at this resolution; closer ones are tied and drawn in random order.
RESOLUTION = 1e-6
TIE_BITS = 34
LARGEST_SCORE = (1 << (64 - TIE_BITS)) - 1


def random_keys(rng: np.random.Generator, count: int) -> NDArray[np.uint64]:
    """(count,) uint64, each value equally likely."""
    return np.asarray(rng.bit_generator.random_raw(count), dtype=np.uint64)


def random_draw(pool: Indices, count: int, rng: np.random.Generator) -> Indices:
    """`count` different entries of `pool` in random order, all of them when there are no more."""
    return np.asarray(pool[_largest(random_keys(rng, len(pool)), count)], dtype=np.int64)


def most_uncertain(pool: Indices, image_scores: NDArray[np.float64], count: int, rng: np.random.Generator) -> Indices:
    """The `count` entries of `pool` with the largest `image_scores[entry]`, largest first; ties in random order."""
    steps = score_steps(image_scores[pool])
    ties = random_keys(rng, len(pool)) >> np.uint64(64 - TIE_BITS)
    return np.asarray(pool[_largest((steps << np.uint64(TIE_BITS)) | ties, count)], dtype=np.int64)


def score_steps(scores: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Scores as they are compared: whole multiples of `RESOLUTION`, (N,) uint64."""
    return np.clip(np.round(scores / RESOLUTION), 0, LARGEST_SCORE).astype(np.uint64)


def without(pool: Indices, taken: Indices, size: int) -> Indices:
    """The entries of `pool` that are not in `taken`, order kept; every entry is in `0..size-1`."""
    gone = np.zeros(size, dtype=bool)
    gone[taken] = True
    return pool[~gone[pool]]


def random_part(size: int, share: float) -> int:
    """How many of `size` images are drawn at random: `share` of them rounded down, but one at least of two or more
    wherever a share is wanted at all, so that no batch is without a random part by rounding alone."""
    # A product that misses a whole number by a rounding error is that number.
    part = int(np.floor(size * share + 1e-9))
    return max(part, 1) if share > 0 and size > 1 else part


def _largest(keys: NDArray[np.uint64], count: int) -> Indices:
    """Indices of the `count` largest keys, largest first, equal ones by index: no part of it depends on how a
    partition algorithm happens to leave its elements."""
    count = min(count, len(keys))
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    bound = np.partition(keys, len(keys) - count)[len(keys) - count]
    above = np.flatnonzero(keys > bound)
    chosen = np.concatenate((above, np.flatnonzero(keys == bound)[: count - len(above)]))
    return chosen[np.argsort(~keys[chosen], kind="stable")]
