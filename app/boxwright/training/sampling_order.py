"""Order in which images are learnt, and which of them are held back to see when to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boxwright.training.protocol import TrainingSet

# A class on fewer than this share of the images is shown more often, at most `_MOST` times as often.
_COMMON, _MOST = 0.3, 4.0
# Fewer images than `_ENOUGH` are all needed for learning; of more, this share is held back, at most `_HELD_MOST`.
_ENOUGH, _HELD_SHARE, _HELD_MOST = 60, 0.1, 48


def repeat_factors(labels: Sequence[NDArray[np.int64]], classes: int) -> NDArray[np.float64]:
    """(N,) how often each image is shown in a pass, 1 to `_MOST`: that of its rarest class, `sqrt(t / f)` with the
    share of images `f` that have the class and `t` = `_COMMON` (Gupta, Dollar & Girshick 2019, "LVIS", section 5.2)."""
    present = np.zeros((len(labels), classes), dtype=bool)
    for row, found in zip(present, labels):
        row[found] = True
    share = present.mean(0) if len(labels) else np.zeros(classes)
    factor = np.sqrt(_COMMON / np.maximum(share, 1e-9)).clip(1.0, _MOST)
    shown: NDArray[np.float64] = np.where(present, factor, 1.0).max(1, initial=1.0)
    return shown


def endless_order(factors: NDArray[np.float64], rng: np.random.Generator) -> Iterator[int]:
    """Indices pass after pass; a factor of 1.5 is once in every pass and once more in every other, by chance."""
    while True:
        times = np.floor(factors + rng.random(len(factors))).astype(np.int64)
        yield from rng.permutation(np.repeat(np.arange(len(factors)), times)).tolist()


def held_places(dataset: TrainingSet, seed: int) -> NDArray[np.int64]:
    """Of the images that are held back, in their order; none where all are needed, or nothing measures them."""
    count = len(dataset.images)
    if dataset.measure is None or count < _ENOUGH:
        return np.zeros(0, np.int64)
    rng = np.random.Generator(np.random.PCG64((seed, 1)))
    return np.sort(rng.permutation(count)[: min(_HELD_MOST, round(count * _HELD_SHARE))])


def held_back(dataset: TrainingSet, seed: int) -> tuple[TrainingSet, TrainingSet | None]:
    """The images to learn from and those to stop by; None where `held_places` are none."""
    chosen = set(held_places(dataset, seed).tolist())
    if not chosen:
        return dataset, None
    learnt = tuple(image for i, image in enumerate(dataset.images) if i not in chosen)
    held = tuple(image for i, image in enumerate(dataset.images) if i in chosen)
    return replace(dataset, images=learnt), replace(dataset, images=held)
