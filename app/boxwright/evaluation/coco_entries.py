"""COCO entries of boxes that lie in memory: annotations, results, and the dictionary of true boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box
from boxwright.domain.prediction import Detections
from boxwright.evaluation.matching import checked_truth

Entry = dict[str, Any]


def entry_of(image_id: int, category_id: int, box: Box, score: float | None = None) -> Entry:
    """An annotation, or with a score, 0..1, a result."""
    entry = {"image_id": image_id, "category_id": category_id, "bbox": [box.x1, box.y1, box.width, box.height]}
    return entry if score is None else {**entry, "score": score}


def annotations_of(image_id: int, boxes: NDArray[np.floating], labels: NDArray[np.integer]) -> list[Entry]:
    """boxes: (N,4) xyxy pixels. labels: (N,), which become the categories."""
    return [entry_of(image_id, label, Box(*corners)) for corners, label in zip(boxes.tolist(), labels.tolist())]


def results_of(image_id: int, found: Detections, categories: Mapping[int, int] | None = None) -> list[Entry]:
    """The detections in their order. `categories`: category of each label, those without one are left out
    (`Detections.mapped`); None takes the labels."""
    if categories is not None:
        found = found.mapped(categories)
    rows = zip(found.boxes.tolist(), found.labels.tolist(), found.scores.tolist())
    return [
        entry_of(image_id, label if categories is None else categories[label], Box(*corners), score)
        for corners, label, score in rows
    ]


def truth_of(
    images: Iterable[tuple[int, int, int]], categories: Iterable[tuple[int, str]], annotations: list[Entry], where: str
) -> Entry:
    """The dictionary that `measure` takes: images by id, width and height in pixels, categories by id and name. Raises
    FormatError, which names the truth as `where`, when there are no images."""
    truth = {
        "images": [{"id": id_, "width": width, "height": height} for id_, width, height in images],
        "categories": [{"id": id_, "name": name} for id_, name in categories],
        "annotations": annotations,
    }
    return checked_truth(truth, where)
