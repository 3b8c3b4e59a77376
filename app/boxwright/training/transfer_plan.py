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
    """Depth of learning: a new head on stored features, the base's neck with it, or every layer."""

    HEAD = "head"
    NECK = "neck"
    ALL = "all"


@dataclass(frozen=True)
class _Budget:
    """`steps` batches and `passes` over the set at least, but at most `most` passes: of few images, more teach nothing.
    `growth`: of the input, over the base's own, at most."""

    steps: int
    passes: int
    most: int
    growth: float


# By trial on three real sets: docs/adr/0015-transfer.md has the figures.
_WAYS = {
    Effort.QUICK: _Budget(350, 2, 100, 1.0),
    Effort.THOROUGH: _Budget(700, 8, 200, 1.25),
    Effort.FULL: _Budget(3000, 30, 500, 1.55),
}
_BATCH, _RATE = 8, 2e-3
# The head alone is many times cheaper a step, and learns from more of them.
_HEAD_STEPS, _HEAD_BATCH = 1.5, 16
# A quarter of the boxes may be smaller than this in the input, pixels of the root of the area.
_SMALL_SIDE = 28


def depth_of(options: Mapping[str, Any]) -> Depth:
    """The option `depth`; every layer where nothing is said. Raises `SettingError` for any other option or value."""
    if strange := [key for key in options if key != "depth"]:
        raise SettingError("The trainer 'transfer' has no option '{0}'; it has depth.", strange[0])
    said = options.get("depth", Depth.ALL)
    if said not in list(Depth):
        raise SettingError("The depth '{0}' is unknown; choose one of {1}.", said, ", ".join(Depth))
    return Depth(said)


def recipe_for(dataset: TrainingSet, own: InputSpec, depth: Depth, settings: TrainSettings) -> Recipe:
    """The run for this set on a base whose own input is `own`. Raises `SettingError` for what `settings` cannot say."""
    way = _WAYS[settings.effort]
    batch, steps = (_HEAD_BATCH, way.steps * _HEAD_STEPS) if depth is Depth.HEAD else (_BATCH, way.steps)
    batch = settings.batch or batch
    epochs = math.ceil(steps * batch / max(1, len(dataset.images)))
    recipe = Recipe(
        epochs=min(way.most, max(way.passes, epochs)),
        size=size_for(dataset, max(own.width, own.height), way.growth),
        batch=batch,
        learning_rate=_RATE,
    )
    return recipe.filled(replace(settings, batch=batch))


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


def own_size(own: InputSpec) -> int:
    """The side of the square that the base's own input fits into."""
    return _up(max(own.width, own.height))


def _up(side: int) -> int:
    return -(-side // 32) * 32
