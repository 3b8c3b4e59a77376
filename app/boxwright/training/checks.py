"""Checks that every trainer makes before it begins."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

import numpy as np

from boxwright.config.packages import command_line
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.training.protocol import TrainingSet

# What our own trainers need besides what the program itself needs.
PARTS = ("torch", "onnx")


def not_installed(packages: Iterable[str]) -> tuple[str, ...]:
    """Those of `packages`, each a module of the same name, that this Python does not have: a folder of that name with
    nothing in it to load is none."""
    return tuple(name for name in packages if getattr(find_spec(name), "origin", None) is None)


def missing_parts() -> str | None:
    """The sentence for a machine without the packages that our own trainers need; None when they are there."""
    if not (missing := not_installed(PARTS)):
        return None
    line = command_line("trainers", "--install")
    return Message("Training needs {0}; install what is missing with: {1}", ", ".join(missing), line)


def check_trainable(dataset: TrainingSet) -> None:
    """Raises `TrainingError` for what our own trainers cannot make anything of."""
    if (problem := missing_parts()) is not None:
        raise TrainingError(problem)
    check_labels(dataset)


def check_labels(dataset: TrainingSet) -> None:
    """Raises `TrainingError` without a class, without a box, or for a label that is none of the classes."""
    if not dataset.classes:
        raise TrainingError("There are no classes to learn; add a class and label some images first.")
    if not any(len(image.labels) for image in dataset.images):
        raise TrainingError("None of the labelled images has a box; label some images first.")
    for image in dataset.images:
        if len(image.labels) and not 0 <= int(np.min(image.labels)) <= int(np.max(image.labels)) < len(dataset.classes):
            raise TrainingError("A label of {0} is not one of the {1} classes.", image.path.name, len(dataset.classes))
