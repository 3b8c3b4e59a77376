"""Registry of trainers: built in, and added by packages through the entry-point group `boxwright.trainers`."""

from __future__ import annotations

from boxwright.config.plugins import Plugins
from boxwright.domain.errors import SettingError
from boxwright.training.protocol import Trainer

BUILT_IN = {
    "command": "boxwright.training.command:CommandTrainer",
    "scratch": "boxwright.training.scratch:ScratchTrainer",
    "transfer": "boxwright.training.transfer:TransferTrainer",
    "ultralytics": "boxwright.training.ultralytics:UltralyticsTrainer",
}
TRAINERS: Plugins[Trainer] = Plugins("trainer", "boxwright.trainers", Trainer, BUILT_IN)


def trainers() -> dict[str, Trainer]:
    """All trainers by name, in alphabetical order."""
    return dict(sorted(TRAINERS.all().items()))


def title_of(trainer: Trainer) -> str:
    """What a person reads: the trainer's `title`, and the name of one that has none."""
    title: str = getattr(trainer, "title", "") or trainer.name
    return title


def plans_for_time(trainer: Trainer) -> bool:
    """Whether the trainer heeds `TrainSettings.seconds`."""
    return bool(getattr(trainer, "plans_for_time", False))


def by_name(name: str) -> Trainer:
    """Raises `SettingError` with the names there are."""
    found = TRAINERS.get(name)
    if found is None:
        raise SettingError("There is no trainer named '{0}'; choose one of: {1}.", name, ", ".join(trainers()))
    return found
