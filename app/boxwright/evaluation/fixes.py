"""Boxes to fix: how many a person would have to draw, reject, relabel or move on a pre-labelled image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import iou_matrix
from boxwright.domain.pairing import WELL_PLACED, match

# The score from which a pre-label is on screen, as long as nobody changes the setting.
SHOWN = 0.25


@dataclass(frozen=True, slots=True)
class Fixes:
    """Boxes to fix on one image, each counted once: `missing` to be drawn, `extra` to be rejected, `wrong_class` to
    be relabelled (well placed or not), `misplaced` of the right class to be moved."""

    missing: int
    extra: int
    wrong_class: int
    misplaced: int

    @property
    def total(self) -> int:
        return self.missing + self.extra + self.wrong_class + self.misplaced


def fixes(
    true_boxes: NDArray[np.floating],
    true_labels: NDArray[np.integer],
    boxes: NDArray[np.floating],
    labels: NDArray[np.integer],
) -> Fixes:
    """true_boxes: (N,4), boxes: (M,4) of those on screen, both xyxy pixels; labels: (N,) and (M,) of one numbering.
    Pairs are those of `match`."""
    right, wrong = match(true_boxes, true_labels, boxes, labels)
    placed = iou_matrix(true_boxes, boxes)
    return Fixes(
        missing=len(true_labels) - len(right) - len(wrong),
        extra=len(labels) - len(right) - len(wrong),
        wrong_class=len(wrong),
        misplaced=sum(placed[pair] < WELL_PLACED for pair in right),
    )


def fixes_per_image(truth: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> float:
    """The mean of `fixes_of_images`; 0 without images."""
    counts = fixes_of_images(truth, results)
    return sum(counts) / len(counts) if counts else 0.0


def fixes_of_images(truth: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> list[int]:
    """Boxes to fix on each image of a COCO `truth`, in its order, by COCO `results` scored at least `SHOWN`."""
    true = _by_image(truth["annotations"])
    found = _by_image([result for result in results if result["score"] >= SHOWN])
    images = [image["id"] for image in truth["images"]]
    nothing = (np.zeros((0, 4)), np.zeros(0, np.int64))
    return [fixes(*true.get(id_, nothing), *found.get(id_, nothing)).total for id_ in images]


def _by_image(entries: Sequence[Mapping[str, Any]]) -> dict[int, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """xyxy boxes and categories by image id."""
    grouped: dict[int, list[Mapping[str, Any]]] = {}
    for entry in entries:
        grouped.setdefault(entry["image_id"], []).append(entry)
    result = {}
    for image_id, members in grouped.items():
        boxes = np.array([entry["bbox"] for entry in members], dtype=np.float64)
        boxes[:, 2:] += boxes[:, :2]
        result[image_id] = boxes, np.array([entry["category_id"] for entry in members], dtype=np.int64)
    return result
