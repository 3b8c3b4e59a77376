"""Obstacles of a training: what stands in its way before it starts, each with the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr

if TYPE_CHECKING:
    from boxwright.services.retraining.facts import TrainingFacts
    from boxwright.training.protocol import Trainer


@dataclass(frozen=True)
class Ways:
    """Ways out that the dialog can take a person: each is called when its button is pressed."""

    add_class: Callable[[], object]
    label_more: Callable[[], object]
    take_begun: Callable[[], object]
    add_detector: Callable[[], object]
    add_parts: Callable[[str], object]
    look_again: Callable[[], object]


@dataclass(frozen=True)
class Obstacle:
    """Obstacle of a training. `words`: on the button that calls `go`, empty where there is none."""

    sentence: str
    words: str = ""
    go: Callable[[], object] = lambda: None


# Beside the name of a trainer that cannot run.
NOT_INSTALLED, NO_DETECTOR, NOT_HERE = N_("not installed"), N_("needs a detector"), N_("cannot run here")


def of_the_labels(facts: TrainingFacts, ways: Ways) -> Obstacle | None:
    """What there is to learn from."""
    if not facts.obstacle:
        return None
    if not facts.boxes:
        return Obstacle(facts.obstacle, tr("Add a class…"), ways.add_class)
    if not facts.images and facts.begun:
        return Obstacle(facts.obstacle, tr("Take begun images too"), ways.take_begun)
    return Obstacle(facts.obstacle, tr("Go on labelling"), ways.label_more)


def of_the_trainer(trainer: Trainer, has_detector: bool, ways: Ways) -> Obstacle | None:
    """What this machine and the project lack for it."""
    if (sentence := trainer.obstacle()) is not None:
        return _of_missing_parts(trainer, ways) or Obstacle(sentence)
    if trainer.needs_base_model and not has_detector:
        sentence = tr(
            "This trainer starts from a detector and the project has none; add one, or choose another trainer."
        )
        return Obstacle(sentence, tr("Add a detector…"), ways.add_detector)
    return None


def mark(trainer: Trainer, has_detector: bool) -> str:
    """Why it cannot run, in two words; empty where it can."""
    from boxwright.services.training_parts.parts import OF_TRAINERS

    if trainer.obstacle() is not None:
        parts = OF_TRAINERS.get(trainer.name)
        return tr(NOT_INSTALLED) if parts is not None and parts.missing() else tr(NOT_HERE)
    return tr(NO_DETECTOR) if trainer.needs_base_model and not has_detector else ""


def _of_missing_parts(trainer: Trainer, ways: Ways) -> Obstacle | None:
    from boxwright.config.disk import size_words
    from boxwright.services.training_parts.parts import OF_TRAINERS

    parts = OF_TRAINERS.get(trainer.name)
    if parts is None or not (missing := parts.missing()):
        return None
    words = tr("Training needs {0}, which this installation lacks: about {1} to fetch, {2} on the disk.")
    size = parts.size()
    sentence = words.format(", ".join(missing), size_words(size.fetch), size_words(size.disk))
    if parts.copyleft:
        said = tr("The package Ultralytics is {0}, which may bind what you make with it.").format(parts.copyleft)
        sentence = f"{sentence} {said}"
    return Obstacle(
        sentence, tr("Add them…") if parts.copyleft else tr("Add them"), lambda: ways.add_parts(trainer.name)
    )
