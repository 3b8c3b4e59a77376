"""What no training can come of, whichever trainer."""

from __future__ import annotations

import numpy as np

from boxwright.domain.errors import TrainingError
from boxwright.training.protocol import TrainingSet


def check_labels(dataset: TrainingSet) -> None:
    """Raises `TrainingError` without a class, without a box, or for a label that is none of the classes."""
    if not dataset.classes:
        raise TrainingError("There are no classes to learn; add a class and label some images first.")
    if not any(len(image.labels) for image in dataset.images):
        raise TrainingError("None of the labelled images has a box; label some images first.")
    for image in dataset.images:
        if len(image.labels) and not 0 <= int(np.min(image.labels)) <= int(np.max(image.labels)) < len(dataset.classes):
            raise TrainingError(f"A label of {image.path.name} is not one of the {len(dataset.classes)} classes.")
