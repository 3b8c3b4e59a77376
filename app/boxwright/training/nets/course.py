"""Course of a training run: how far it is, by its steps or by the clock, and what is learnt in each part of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from boxwright.training.nets.typed_modules import Inputs
from boxwright.training.recipe import Recipe

# What the network takes, then boxes (M,4) xyxy input pixels and labels (M,) of each image.
Batch = tuple[Inputs, list[Tensor], list[Tensor]]


@dataclass(frozen=True)
class BatchSource(Generic[Inputs]):
    """Source of training batches.

    What is learnt: `draw` makes a batch of images by their indices, `factors` (N,) how often each is shown.
    """

    draw: Callable[[Sequence[int], np.random.Generator], Batch[Inputs]]
    factors: NDArray[np.float64]

    def steps(self, recipe: Recipe) -> int:
        """Batches of a whole run of `recipe.epochs`."""
        return self.steps_of_epoch(recipe) * recipe.epochs

    def steps_of_epoch(self, recipe: Recipe) -> int:
        return math.ceil(len(self.factors) / recipe.batch)

    def batch(self, order: Iterator[int], recipe: Recipe, rng: np.random.Generator) -> Batch[Inputs]:
        """Of the next images in `order`; of fewer than `recipe.batch` where there are not so many."""
        return self.draw(list(islice(order, min(recipe.batch, len(self.factors)))), rng)


@dataclass(frozen=True)
class Part(Generic[Inputs]):
    """Part of a run.

    `until`: the share of the run's time at which it ends, 0..1. `cost`: the time of a batch, in units that all parts
    share. `held_out`: the images that a holdout measures on are not among its batches.
    """

    batches: BatchSource[Inputs]
    until: float = 1.0
    cost: float = 1.0
    held_out: bool = True


class Course(Generic[Inputs]):
    """Course of one run: `steps` batches, or as many as `recipe.seconds` allow.

    Progress is a share of the time, 0..1: rate and part follow it, so that a run by the clock learns as one by steps.
    """

    def __init__(self, recipe: Recipe, parts: Sequence[Part[Inputs]]) -> None:
        """`parts` in their order; the last one ends the run."""
        self._steps, self._seconds = parts[-1].batches.steps(recipe), recipe.seconds
        self._ends = np.array([part.until for part in parts])
        # Steps and time at the ends of the parts; between them one grows as the other.
        self._marks = np.concatenate(([0.0], np.cumsum(shares_of_steps(parts)) * self._steps))
        self._times = np.concatenate(([0.0], self._ends))
        self._began = time.monotonic()
        self.done = 0

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    @property
    def progress(self) -> float:
        if self._seconds is not None:
            return min(1.0, self.elapsed / self._seconds)
        return float(np.interp(self.done, self._marks, self._times))

    @property
    def over(self) -> bool:
        # One batch at least, however little time there is.
        return self.done > 0 and self.progress >= 1.0 if self._seconds is not None else self.done >= self._steps

    @property
    def place(self) -> int:
        """Of the part that is learnt now."""
        return min(int(np.searchsorted(self._ends, self.progress, side="right")), len(self._ends) - 1)

    @property
    def expected(self) -> int:
        """Batches of the whole run, as far as it can be told now."""
        if self._seconds is None:
            return self._steps
        return max(self.done, round(self.done / max(self.progress, 1e-3)))


def shares_of_steps(parts: Sequence[Part[Inputs]]) -> NDArray[np.float64]:
    """Of a run's batches that each part has, together 1."""
    many = np.diff([0.0, *(part.until for part in parts)]) / [part.cost for part in parts]
    return np.asarray(many / many.sum(), np.float64)
