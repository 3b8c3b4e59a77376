"""The trainers there are: built in, and added by other packages through the entry-point group `boxwright.trainers`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from boxwright.config.logging import logger
from boxwright.domain.errors import SettingError
from boxwright.training.protocol import Trainer

GROUP = "boxwright.trainers"
# A frozen bundle carries no entry points, so the built-in ones are named here as well.
BUILT_IN = {
    "command": "boxwright.training.command:CommandTrainer",
    "scratch": "boxwright.training.scratch:ScratchTrainer",
    "transfer": "boxwright.training.transfer:TransferTrainer",
    "ultralytics": "boxwright.training.ultralytics:UltralyticsTrainer",
}


@cache
def trainers() -> dict[str, Trainer]:
    """All trainers by name, in alphabetical order. One that does not load is left out with a warning."""
    found = dict(BUILT_IN)
    found |= {point.name: point.value for point in entry_points(group=GROUP) if point.name not in BUILT_IN}
    loaded: dict[str, Trainer] = {}
    for name, target in sorted(found.items()):
        try:
            module, _, attribute = target.partition(":")
            trainer = getattr(import_module(module), attribute)()
        except Exception as error:
            logger.warning("The trainer '%s' (%s) does not load: %s", name, target, error)
            continue
        if isinstance(trainer, Trainer):
            loaded[name] = trainer
        else:
            logger.warning("The trainer '%s' (%s) lacks a part of the trainer protocol.", name, target)
    return loaded


def by_name(name: str) -> Trainer:
    """Raises `SettingError` with the names there are."""
    known = trainers()
    if name not in known:
        raise SettingError(f"There is no trainer named '{name}'; choose one of: {', '.join(known)}.")
    return known[name]
