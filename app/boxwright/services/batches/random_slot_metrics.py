"""Metrics of random slots: what the detector had said of random images against what the person made of them.

Nobody picked these images, and at that time no detector had been trained on them; so they stand for all images that
nobody picked. A person who corrects a pre-label may let a small mistake pass: the figure is a little kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.audit import Audit
from boxwright.domain.batch import Slot
from boxwright.domain.image import ImageState
from boxwright.domain.model import Model
from boxwright.evaluation.bootstrap import bootstrap_interval
from boxwright.evaluation.coco import measure
from boxwright.evaluation.coco_entries import entry_of
from boxwright.evaluation.fixes import fixes_of_images
from boxwright.services.project.project import Project
from boxwright.services.retraining.evaluate import project_truth

# The latest so many images of a detector: more make no figure surer that a person would act on.
MOST_IMAGES = 400
_AT_RANDOM = (Slot.RANDOM, Slot.INITIAL)
FIXES_SAMPLES, AP_SAMPLES = 2_000, 200


def audits(project: Project) -> list[Audit]:
    """One for each detector that has pre-labelled random images which were labelled since, oldest detector first.
    Reads stored predictions and labels; takes about a second for hundreds of images."""
    drawn: dict[int, list[int]] = {}
    for batch in project.batches.all():
        if batch.model_id is not None:
            random = [item.image_id for item in batch.items if item.slot in _AT_RANDOM]
            drawn.setdefault(batch.model_id, []).extend(random)
    labeled = set(project.images.ids(state=ImageState.LABELED).tolist())
    found = []
    for model in project.models.all():
        seen = set(project.predictions.predicted_ids(model.id).tolist()) & labeled
        ids = [image_id for image_id in dict.fromkeys(drawn.get(model.id, [])) if image_id in seen]
        if ids:
            found.append(_audit(project, model, ids[-MOST_IMAGES:]))
    return found


def latest_audit(project: Project) -> Audit | None:
    """That of the active detector, or of the newest before it that has one."""
    active = project.models.active()
    return next((a for a in reversed(audits(project)) if active is None or a.model_id <= active.id), None)


def _audit(project: Project, model: Model, ids: list[int]) -> Audit:
    truth = project_truth(project, ids)
    results = [
        entry_of(image_id, p.class_id, p.box, p.score)
        for image_id in ids
        for p in project.predictions.of_image(image_id, model.id)
    ]
    fixed = np.array(fixes_of_images(truth, results), dtype=np.float64)
    draws = _Draws(truth, results)
    everything = np.arange(len(fixed))
    fixes = bootstrap_interval(len(fixed), lambda chosen: float(fixed[chosen].mean()), FIXES_SAMPLES)
    ap50 = draws.ap50(everything)
    bounds = None if ap50 is None else bootstrap_interval(len(fixed), draws.ap50, AP_SAMPLES)
    low, high = fixes or (None, None)
    ap_low, ap_high = bounds or (None, None)
    return Audit(model.id, model.name, len(fixed), float(fixed.mean()), low, high, ap50, ap_low, ap_high)


class _Draws:
    """AP50 of any draw of the images, repeats counting as images of their own."""

    def __init__(self, truth: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> None:
        self._truth = truth
        self._boxes = self._by_image(truth["annotations"])
        self._results = self._by_image(results)

    def _by_image(self, entries: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
        place = {image["id"]: n for n, image in enumerate(self._truth["images"])}
        grouped: list[list[Mapping[str, Any]]] = [[] for _ in place]
        for entry in entries:
            grouped[place[entry["image_id"]]].append(entry)
        return grouped

    def ap50(self, chosen: NDArray[np.int64]) -> float | None:
        """None where these images have no true box."""
        boxes, results = (
            [{**entry, "image_id": n} for n, i in enumerate(chosen.tolist(), start=1) for entry in grouped[i]]
            for grouped in (self._boxes, self._results)
        )
        if not boxes:
            return None
        images = [{**self._truth["images"][i], "id": n} for n, i in enumerate(chosen.tolist(), start=1)]
        annotations = [{**box, "id": n} for n, box in enumerate(boxes, start=1)]
        return measure({**self._truth, "images": images, "annotations": annotations}, results).ap50
