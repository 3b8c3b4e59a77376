"""Status of a project: its figures, and what to do next."""

from __future__ import annotations

from typing import Any

import numpy as np

from boxwright.domain.batch import Batch
from boxwright.domain.image import ImageState, Split
from boxwright.domain.model import Model
from boxwright.services.batches.schedule import Advice, ScheduleStep, advice
from boxwright.services.project.project import Project
from boxwright.services.project.roots import missing_roots


def status(project: Project) -> dict[str, Any]:
    """JSON types. `images` counts every file; `labeled` and `skipped` those in that state, `validation` those set aside
    for measuring, all three without copies and unreadable files. `model` is the active detector's name or None.
    `batch` is the latest, with how many of its images are still to be labelled; `rounds` counts the batches. `advice`:
    what the project's schedule says to do now. `begun` and `begun_boxes`: images with boxes of people that nobody has
    marked as labelled; `skipped_boxes`: boxes on skipped images; `replaced`: images whose file is not the one that a
    person worked on."""
    counts = project.images.counts()
    boxes, begun = project.labels.counts(), project.begun.count()
    names = {c.id: c.name for c in project.classes.all()}
    model = project.models.active()
    latest = project.batches.latest()
    batch = _batch(project, latest) if latest else None
    advised = advice(project)
    gone = {root.name for root in missing_roots(project)}
    roots = project.roots.all()
    return {
        "project": str(project.folder),
        **counts,
        "replaced": len(project.files.replaced()),
        "boxes": sum(boxes.values()),
        "begun": begun.images,
        "begun_boxes": begun.boxes,
        "skipped_boxes": project.begun.boxes_on_skipped(),
        "classes": {name: boxes.get(id_, 0) for id_, name in names.items()},
        "model": model.name if model else None,
        "model_id": model.id if model else None,
        "metrics": dict(model.metrics) if model else {},
        "rounds": project.batches.count(),
        "batch": batch,
        "roots": [{"name": r.name, "folder": str(r.folder), "there": r.name not in gone} for r in roots],
        "advice": {"step": str(advised.step), "text": advised.text, "size": advised.size},
        "next_step": _next_step(project, counts, model, batch, sorted(gone), advised),
    }


def _batch(project: Project, batch: Batch) -> dict[str, Any]:
    images = project.images.many([item.image_id for item in batch.items])
    left = sum(1 for image in images if image.state is ImageState.UNLABELED and image.usable)
    return {"id": batch.id, "created": batch.created, "size": len(batch.items), "left": left}


def _next_step(
    project: Project,
    counts: dict[str, int],
    model: Model | None,
    batch: dict[str, Any] | None,
    gone: list[str],
    advised: Advice,
) -> str:
    """One sentence for the person."""
    where = f'"{project.folder}"'
    if not counts["images"]:
        return f"Add images: boxwright add {where} FOLDER"
    if gone:
        return (
            f"The image folder '{gone[0]}' is not where it was: connect its drive, or point to its new place with "
            f"boxwright add {where} --move-root {gone[0]}=FOLDER"
        )
    if batch and batch["left"]:
        return f"Open the project and label the {_images(batch['left'])} left in batch {batch['id']}: boxwright {where}"
    if not model:
        return _without_detector(where, advised)
    if left := len(project.images.ids(state=ImageState.UNLABELED, split=Split.VALIDATION)):
        return f"Label the {_images(left)} set aside for validation, so that detectors can be compared."
    if advised.step is ScheduleStep.RETRAIN:
        return f"{advised.text} Then: boxwright retrain {where}"
    candidates = project.images.candidates()
    if not len(candidates):
        return f"Every image is labelled or skipped. Export the labels: boxwright export {where} OUT --format coco"
    if len(np.setdiff1d(candidates, project.predictions.predicted_ids(model.id))) == len(candidates):
        return f"Let the detector pre-label the images: boxwright prelabel {where}"
    return f"Choose the images to label next: boxwright next {where}"


def _without_detector(where: str, advised: Advice) -> str:
    command = "retrain" if advised.step is ScheduleStep.RETRAIN else "next"
    if advised.step is ScheduleStep.FINISHED:
        return advised.text
    return (
        f"{advised.text} boxwright {command} {where}. Have you one? Then correct instead of draw: boxwright model add "
        f"{where} FILE.onnx"
    )


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"
