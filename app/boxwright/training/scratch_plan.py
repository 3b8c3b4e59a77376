"""Plan of a `scratch` training: for how long, so that an effort takes about as long as with `transfer`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from boxwright.training.protocol import Effort, TrainingSet, TrainSettings
from boxwright.training.recipe import Recipe


@dataclass(frozen=True)
class _Budget:
    """`steps` batches and `passes` over the set at least, but at most `most` passes: of few images, more teach
    nothing."""

    steps: int
    passes: int
    most: int


# A batch takes 0.39 s of one core. `transfer` from yolox_nano learns from two million pixels a second of one, so with
# its budgets this is nine and twenty-six minutes of one core, and four hours.
_WAYS = {
    Effort.QUICK: _Budget(1350, 4, 200),
    Effort.THOROUGH: _Budget(4000, 12, 600),
    Effort.FULL: _Budget(40000, 60, 3000),
}
_SIZE, _BATCH, _RATE = 416, 8, 2e-3


def recipe_for(dataset: TrainingSet, settings: TrainSettings) -> Recipe:
    """The run for this set. Raises `SettingError` for what `settings` cannot say."""
    way, batch = _WAYS[settings.effort], settings.batch or _BATCH
    epochs = math.ceil(way.steps * batch / max(1, len(dataset.images)))
    recipe = Recipe(epochs=min(way.most, max(way.passes, epochs)), size=_SIZE, batch=batch, learning_rate=_RATE)
    return recipe.filled(replace(settings, batch=batch))
