"""Conflicts of an import: whose labels count on images that a person has labelled already."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import iou_matrix
from boxwright.domain.edits import BoxChange, Edit, EditKind, StateChange
from boxwright.domain.image import Image, ImageState

_SAME_PIXELS = 0.01
# As far as two careful people may be apart: not worth another look.
SAME_BOX_IOU = 0.9


class Conflicts(StrEnum):
    """Rule for such images.

    `MINE`: the image keeps what it has. `THEIRS`: the dataset's labels take its place, until the import is undone.
    `BOTH`: it keeps what it has, and the dataset's other boxes are shown as pre-labels to be judged.
    """

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


def same_labels(mine: Sequence[Annotation], class_ids: NDArray[np.int64], corners: NDArray[np.float64]) -> bool:
    """Whether the boxes are exactly those of `mine`, to a hundredth of a pixel, in any order."""
    if len(mine) != len(class_ids):
        return False
    left = sorted((a.class_id, a.box.x1, a.box.y1, a.box.x2, a.box.y2) for a in mine)
    right = sorted((c, *xyxy) for c, xyxy in zip(class_ids.tolist(), corners.tolist(), strict=True))
    return all(
        a[0] == b[0] and all(abs(x - y) < _SAME_PIXELS for x, y in zip(a[1:], b[1:], strict=True))
        for a, b in zip(left, right, strict=True)
    )


def others(mine: Sequence[Annotation], class_ids: NDArray[np.int64], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) True for each box that none of `mine` stands for: of the same class and nearly the same place."""
    if not mine or not len(class_ids):
        return np.ones(len(class_ids), np.bool_)
    boxes = np.array([a.box.array() for a in mine])
    alike = np.array([a.class_id for a in mine])[None, :] == class_ids[:, None]
    return np.asarray(~(alike & (iou_matrix(corners, boxes) >= SAME_BOX_IOU)).any(axis=1))


def replacement(image: Image, mine: Sequence[Annotation], new: Sequence[Annotation]) -> Edit:
    """The edit that puts `new` in place of `mine`. Its log entry holds both, so nothing is lost."""
    changes = (*(BoxChange(a, None) for a in mine), *(BoxChange(None, a) for a in new))
    return Edit(
        EditKind.TAKE_IMPORTED_LABELS, changes, state=StateChange(image.state, ImageState.LABELED, image.skip_reason)
    )
