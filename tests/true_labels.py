"""Holds what a scripted annotator left in a database against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box, iou_matrix
from boxwright.domain.image import ImageState
from boxwright.domain.pairing import WELL_PLACED, match
from boxwright.services.demo.truth import TrueBox
from boxwright.services.project.project import Project

Truth = Mapping[str, tuple[TrueBox, ...]]


def faults(folder: Path, truth: Truth) -> list[str]:
    """One line for each labelled image whose boxes are not, one to one, those of the truth: same class, well placed."""
    with Project.open(folder, read_only=True) as project:
        ids = {c.name: c.id for c in project.classes.all()}
        found = []
        for image_id in project.images.ids(state=ImageState.LABELED).tolist():
            name = Path(project.images.get(image_id).path).name
            true = _arrays([(t.box, ids[t.name]) for t in truth[name]])
            made = _arrays([(a.box, a.class_id) for a in project.labels.load(image_id).annotations.values()])
            placed = iou_matrix(true[0], made[0])
            equal = sum(placed[pair] >= WELL_PLACED for pair in match(*true, *made)[0])
            if not equal == len(true[1]) == len(made[1]):
                found.append(f"{name}: {equal} of {len(true[1])} boxes, {len(made[1])} in the database")
    return found


def _arrays(boxes: Sequence[tuple[Box, int]]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    return np.array([b.array() for b, _ in boxes]).reshape(-1, 4), np.array([c for _, c in boxes], np.int64)
