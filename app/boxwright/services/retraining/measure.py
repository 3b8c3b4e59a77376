"""Average precision on images and boxes in memory, such as the training images that are held back to stop in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from boxwright.domain.prediction import Detections
from boxwright.evaluation.coco import MAX_DETECTIONS, Metrics, measure
from boxwright.evaluation.coco_entries import Entry, annotations_of, results_of, truth_of
from boxwright.inference.nms import suppressed
from boxwright.training.protocol import Raw, TrainingImage

# Boxes below this score, and beyond the best so many, change AP50 by nothing that an early stop would heed.
FLOOR = 0.01
BEST = 1_000


def held_back_ap50(images: Sequence[TrainingImage], raw: Sequence[Raw]) -> float:
    """A `boxwright.training.protocol.Measure`: suppressed as everywhere, then measured as COCO does. 0 where the images
    have no true box."""
    if not any(len(image.labels) for image in images):
        return 0.0
    found = [_kept(one) for one in raw]
    labels = np.unique(np.concatenate([*(image.labels for image in images), *(seen.labels for seen in found)]))
    names = [(label, str(label)) for label in labels.tolist()]
    return max(0.0, measure_images(images, found, names, "the training images").ap50)


def measure_images(
    images: Sequence[TrainingImage], found: Sequence[Detections], classes: Iterable[tuple[int, str]], where: str
) -> Metrics:
    """What was found on each of the images against its boxes; `classes` by label. Raises FormatError, which names the
    images as `where`, when there are none."""
    annotations: list[Entry] = []
    results: list[Entry] = []
    for number, (image, seen) in enumerate(zip(images, found, strict=True), start=1):
        annotations += annotations_of(number, image.boxes, image.labels)
        results += results_of(number, seen)
    sizes = [(number, image.width, image.height) for number, image in enumerate(images, start=1)]
    return measure(truth_of(sizes, classes, annotations, where), results)


def _kept(raw: Raw) -> Detections:
    boxes, probs = (np.asarray(part, dtype=np.float32) for part in raw)
    best = np.argsort(-probs.max(1, initial=0.0), kind="stable")[:BEST]
    return suppressed(boxes[best], probs[best], FLOOR, MAX_DETECTIONS)
