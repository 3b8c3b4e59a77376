"""Labelling effort: what a person has to do on pre-labelled images, and the seconds that it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.prediction import Detections
from boxwright.evaluation.fixes import SHOWN, fixes
from boxwright.training.protocol import TrainingImage

# Seconds for a box. Drawing: by its four extreme points, 7 s (Papadopoulos et al. 2017, "Extreme clicking for efficient
# object annotation"). Looking whether a pre-label is right: 1.8 s (Konyushkova et al. 2018, "Learning intelligent
# dialogs for bounding box annotation"). No study timed the others: to reject or relabel one is taken as to look at it,
# to move one as to draw it, which is the most it can take.
DRAW, LOOK = 7.0, 1.8


@dataclass(frozen=True)
class Work:
    """Work of labelling: boxes by what a person does with them, over any number of images: `drawn` because they were
    missing, `rejected`, `relabeled`, `moved`, and `accepted` as they were."""

    drawn: int = 0
    rejected: int = 0
    relabeled: int = 0
    moved: int = 0
    accepted: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Work)))

    @property
    def edits(self) -> int:
        """Boxes that had to be changed."""
        return self.drawn + self.rejected + self.relabeled + self.moved

    @property
    def seconds(self) -> float:
        return DRAW * (self.drawn + self.moved) + LOOK * (self.rejected + self.relabeled + self.accepted)


def work_on(image: TrainingImage, found: Detections | None) -> Work:
    """What `image` takes with the pre-labels of `found` that are on screen; None: there are none."""
    shown = found.only(found.scores >= SHOWN) if found is not None else None
    boxes: NDArray[np.float32] = np.zeros((0, 4), np.float32) if shown is None else shown.boxes
    labels = np.zeros(0, np.int64) if shown is None else shown.labels
    told = fixes(image.boxes, image.labels, boxes, labels)
    right = len(image.labels) - told.missing - told.wrong_class - told.misplaced
    return Work(told.missing, told.extra, told.wrong_class, int(told.misplaced), int(right))


def total(parts: Iterable[Work]) -> Work:
    return sum(parts, Work())
