"""Plan of a `transfer` training: what learns, for how long, at what size of picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from boxwright.domain.card import InputSpec
from boxwright.domain.errors import SettingError
from boxwright.training.protocol import Effort, TrainingSet, TrainSettings
from boxwright.training.recipe import Recipe


class Depth(StrEnum):
    """Depth of learning: a new head on stored features, the base's neck with it, all but the earliest layers, or every
    layer."""

    HEAD = "head"
    NECK = "neck"
    BODY = "body"
    ALL = "all"


@dataclass(frozen=True)
class _Budget:
    """Amount of learning.

    `pixels`: of the inputs of a whole run, millions; they are what costs time. `most`: passes over the set, as of few
    images more teach nothing. `head_steps`: batches for a head alone. `growth`: of the input, over the base's own, at
    most.
    """

    pixels: float
    most: int
    head_steps: int
    growth: float


# By trial on three real sets: docs/adr/0015-transfer.md has the figures.
_WAYS = {
    Effort.QUICK: _Budget(1250, 200, 525, 1.25),
    Effort.THOROUGH: _Budget(3750, 400, 1050, 1.25),
    Effort.FULL: _Budget(37500, 1000, 4500, 1.55),
}
_BATCH, _HEAD_BATCH, _RATE = 8, 16, 2e-3
# A quarter of the boxes may be smaller than this in the input, pixels of the root of the area.
_SMALL_SIDE = 28
_LEAST_SECONDS = {Effort.FULL: 7200.0, Effort.THOROUGH: 600.0}
# Of a run's time that goes to smaller inputs, and their side over the others'.
FIRST_SHARE, _FIRST_SIDE, _FIRST_LEAST = 0.5, 5 / 8, 192
# From here on, as a share of the time, the images that were held back are learnt as well.
ALL_FROM = 0.7


def depth_of(options: Mapping[str, Any]) -> Depth:
    """The option `depth`; `BODY` where nothing is said. Raises `SettingError` for any other option or value."""
    if strange := [key for key in options if key != "depth"]:
        raise SettingError("The trainer 'transfer' has no option '{0}'; it has depth.", strange[0])
    said = options.get("depth", Depth.BODY)
    if said not in list(Depth):
        raise SettingError("The depth '{0}' is unknown; choose one of {1}.", said, ", ".join(Depth))
    return Depth(said)


def recipe_for(dataset: TrainingSet, own: InputSpec, depth: Depth, settings: TrainSettings) -> Recipe:
    """The run for this set on a base whose own input is `own`. Raises `SettingError` for what `settings` cannot say."""
    way = _WAYS[_effort(settings)]
    batch = settings.batch or (_HEAD_BATCH if depth is Depth.HEAD else _BATCH)
    size = settings.size or size_for(dataset, max(own.width, own.height), way.growth)
    steps = way.head_steps if depth is Depth.HEAD else way.pixels * 1e6 / batch / _mean_pixels(size)
    images = max(1, len(dataset.images))
    # Passes, so that the last one is whole.
    epochs = min(way.most, math.ceil(steps / math.ceil(images / batch)))
    return Recipe(max(1, epochs), size, batch, _RATE).filled(replace(settings, batch=batch))


def _effort(settings: TrainSettings) -> Effort:
    """The one that is meant for the time that a person has."""
    if settings.seconds is None:
        return settings.effort
    return next((effort for effort, least in _LEAST_SECONDS.items() if settings.seconds >= least), Effort.QUICK)


def _mean_pixels(size: int) -> float:
    """Of an image's input over the whole run, its first part included."""
    return 1 / (FIRST_SHARE / first_size(size) ** 2 + (1 - FIRST_SHARE) / size**2)


def size_for(dataset: TrainingSet, own: int, growth: float) -> int:
    """A side in pixels, a multiple of 32 from `own` to about `growth` times as much, at which small boxes are still
    something to see; never more than the images have."""
    sides = [
        np.sqrt(np.prod(image.boxes[:, 2:] - image.boxes[:, :2], axis=1)) / max(image.width, image.height)
        for image in dataset.images
        if len(image.boxes)
    ]
    small = float(np.quantile(np.concatenate(sides), 0.25)) if sides else 1.0
    largest = max((max(image.width, image.height) for image in dataset.images), default=own)
    wanted = min(_SMALL_SIDE / max(small, 1e-3), largest, own * growth)
    return max(_up(own), round(wanted / 32) * 32)


def first_size(size: int) -> int:
    """The side of a run's first part, a multiple of 32: five eighths of `size`, unless nothing would be left to see."""
    return min(size, max(_FIRST_LEAST, round(size * _FIRST_SIDE / 32) * 32))


def own_size(own: InputSpec) -> int:
    """The side of the square that the base's own input fits into."""
    return _up(max(own.width, own.height))


def _up(side: int) -> int:
    return -(-side // 32) * 32
