"""AP50 on training images that a trainer holds back to stop in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from boxwright.domain.suppression import Suppression
from boxwright.evaluation.coco import MAX_DETECTIONS, measure
from boxwright.evaluation.matching import checked_truth
from boxwright.inference.nms import nms
from boxwright.training.protocol import Raw, TrainingImage

# Boxes below this score, and beyond the best so many, change AP50 by nothing that an early stop would heed.
FLOOR = 0.01
BEST = 1_000


def held_back_ap50(images: Sequence[TrainingImage], raw: Sequence[Raw]) -> float:
    """A `boxwright.training.protocol.Measure`: suppressed as everywhere, then measured as COCO does. 0 where the images
    have no true box."""
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for number, (image, found) in enumerate(zip(images, raw, strict=True), start=1):
        for box, label in zip(_xywh(image.boxes), image.labels.tolist()):
            annotations.append({"image_id": number, "category_id": label, "bbox": box})
        results += _kept(number, found)
    if not annotations:
        return 0.0
    labels = sorted({entry["category_id"] for entry in (*annotations, *results)})
    truth = {
        "images": [{"id": n, "width": i.width, "height": i.height} for n, i in enumerate(images, start=1)],
        "categories": [{"id": label, "name": str(label)} for label in labels],
        "annotations": annotations,
    }
    return max(0.0, measure(checked_truth(truth, "the training images"), results).ap50)


def _kept(number: int, raw: Raw) -> list[dict[str, Any]]:
    boxes, probs = (np.asarray(part, dtype=np.float32) for part in raw)
    if not len(boxes):
        return []
    labels, scores = probs.argmax(1), probs.max(1)
    best = np.argsort(-scores, kind="stable")[:BEST]
    best = best[scores[best] >= FLOOR]
    kept = best[nms(boxes[best], scores[best], labels[best], Suppression().iou, MAX_DETECTIONS)]
    return [
        {"image_id": number, "category_id": label, "bbox": box, "score": score}
        for box, label, score in zip(_xywh(boxes[kept]), labels[kept].tolist(), scores[kept].tolist())
    ]


def _xywh(boxes: Any) -> list[list[float]]:
    sides = np.asarray(boxes, dtype=np.float64).reshape(-1, 4).copy()
    sides[:, 2:] -= sides[:, :2]
    result: list[list[float]] = sides.tolist()
    return result
