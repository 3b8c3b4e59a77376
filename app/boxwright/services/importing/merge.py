"""Merging of two sets of labels that a dataset has for one image."""

from __future__ import annotations

import numpy as np

from boxwright.domain.box import iou_matrix
from boxwright.domain.image import Image
from boxwright.formats.dataset import DatasetBox, DatasetImage
from boxwright.services.importing.conflicts import SAME_BOX_IOU


def further_boxes(item: DatasetImage, first: DatasetImage, image: Image) -> list[DatasetBox]:
    """The boxes of `item` that none of `first` stands for, of the same class in nearly the same place; in the units of
    `first`. Both are labels of `image`."""
    width, height = first.width or image.width, first.height or image.height
    new = _in_pixels(item, item.width or width, item.height or height)
    known = _in_pixels(first, width, height)
    if known and new:
        alike = np.array([b.label for b in known])[None, :] == np.array([b.label for b in new])[:, None]
        near = iou_matrix(np.array([b.box.array() for b in new]), np.array([b.box.array() for b in known]))
        told = (alike & (near >= SAME_BOX_IOU)).any(axis=1)
        new = [box for box, is_told in zip(new, told, strict=True) if not is_told]
    if not first.relative:
        return new
    return list(DatasetImage(item.path, width=width, height=height, boxes=new).fraction_boxes())


def _in_pixels(item: DatasetImage, width: int, height: int) -> list[DatasetBox]:
    return list(item.pixel_boxes(width, height))
