"""Hyperparameters of one training run, with the trainer's own choice where a person said nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boxwright.domain.errors import SettingError
from boxwright.training.protocol import TrainSettings


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a run.

    `size`: the square input's side in pixels. `seed` draws weights, order and augmentation. `seconds`: the run ends
    after so long instead of after `epochs`, None for whenever these are done.
    """

    epochs: int
    size: int
    batch: int
    learning_rate: float
    seed: int = 0
    seconds: float | None = None

    def filled(self, settings: TrainSettings) -> Recipe:
        """This recipe with everything that `settings` says in its place. Raises `SettingError` out of range."""
        chosen = Recipe(
            self.epochs if settings.epochs is None else settings.epochs,
            self.size if settings.size is None else settings.size,
            self.batch if settings.batch is None else settings.batch,
            self.learning_rate if settings.learning_rate is None else settings.learning_rate,
            settings.seed,
            settings.seconds,
        )
        if chosen.size < 64 or chosen.size % 32:
            near = max(64, round(chosen.size / 32) * 32)
            raise SettingError("The input size {0} is not a multiple of 32 from 64 up; take {1}.", chosen.size, near)
        if chosen.epochs < 1 or chosen.batch < 1 or not chosen.learning_rate > 0:
            raise SettingError("Epochs, batch and learning rate must be larger than zero.")
        return chosen

    def after(self, spent: float) -> Recipe:
        """This recipe with what is left of its time when `spent` seconds are gone or promised; a second at least."""
        return self if self.seconds is None else replace(self, seconds=max(1.0, self.seconds - spent))
