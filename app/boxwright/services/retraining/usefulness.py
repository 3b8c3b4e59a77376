"""Usefulness of a new detector: whether it finds anything, and whether its boxes take less to fix than all take to
draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import Detections
from boxwright.domain.suppression import Suppression
from boxwright.evaluation.fixes import SHOWN, fixes
from boxwright.sampling.drawing import random_draw
from boxwright.services.prelabelling.pipeline import PipelineImage, detect_all, workers_for
from boxwright.services.project.project import Project
from boxwright.services.retraining.result import Figures

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector
    from boxwright.training.protocol import TrainingImage, TrainingSet

# Enough to see that there is nothing, and looked at in seconds.
LOOKED_AT = 24
# Fewer images, or more empty ones among what was learnt, and finding nothing says nothing.
_ENOUGH, _MOSTLY = 8, 0.75


def useless_by_figures(after: Figures) -> str:
    """Why a detector with these figures of the validation split is of no use, as one sentence; empty where it is."""
    boxes = sum(count for _, _, count in after.per_class.values()) / max(1, after.images)
    if not boxes or after.fixes_per_image < boxes:
        return ""
    return Message(
        "The new detector is of no use yet: on {0:,} validation images there are {1:.1f} boxes to fix per image, and "
        "{2:.1f} to draw without it (AP50 {3:.2f}).",
        after.images,
        after.fixes_per_image,
        boxes,
        after.ap50,
    )


def useless_by_looks(project: Project, detector: Detector, learnt: TrainingSet, cores: int) -> str:
    """The same where nothing is measured: by images that it has learnt from, on which it should be at its best, and by
    some that nobody has labelled."""
    rng = np.random.Generator(np.random.PCG64(0))
    taught = [learnt.images[i] for i in random_draw(np.arange(len(learnt.images)), LOOKED_AT, rng)]
    seen = _seen(detector, [(image.path, image.width, image.height) for image in taught], cores)
    on_taught = _on_taught(detector, learnt, taught, seen)
    ids = random_draw(project.images.candidates(), LOOKED_AT, rng).tolist()
    others = [(project.images.file(image.id), image.width, image.height) for image in project.images.many(ids)]
    try:
        found = [len(one) for one in _seen(detector, others, cores) if one is not None]
    except ProjectError:
        # Their folder is away, which is no fault of the detector's.
        found = []
    if not on_taught.found and not sum(found):
        return Message(
            "The new detector is of no use yet: it found no box on {0:,} images, not even on those that it "
            "learnt from.",
            on_taught.images + len(found),
        )
    if on_taught.fixes >= on_taught.boxes:
        return Message(
            "The new detector is of no use yet: even on {0:,} images that it learnt from there are {1:.1f} boxes to "
            "fix per image, and {2:.1f} to draw without it.",
            on_taught.images,
            on_taught.fixes / max(1, on_taught.images),
            on_taught.boxes / max(1, on_taught.images),
        )
    if not sum(found) and len(found) >= _ENOUGH and on_taught.filled >= _MOSTLY * on_taught.images:
        return Message(
            "The new detector is of no use yet: it found no box on {0:,} images that it had not seen.", len(found)
        )
    return ""


@dataclass(frozen=True)
class _OnTaught:
    """`images` that could be read, `filled` of them with boxes; `boxes` on them, `found` by the detector, to `fix`."""

    images: int
    filled: int
    boxes: int
    found: int
    fixes: int


def _on_taught(
    detector: Detector,
    learnt: TrainingSet,
    taught: Sequence[TrainingImage],
    seen: Sequence[Detections | None],
) -> _OnTaught:
    places = np.array([learnt.classes.index(name) for name in detector.card.classes], dtype=np.int64)
    pairs = [(image, one) for image, one in zip(taught, seen) if one is not None]
    totals = [fixes(image.boxes, image.labels, one.boxes, places[one.labels]).total for image, one in pairs]
    return _OnTaught(
        images=len(pairs),
        filled=sum(len(image.labels) > 0 for image, _ in pairs),
        boxes=sum(len(image.labels) for image, _ in pairs),
        found=sum(len(one) for _, one in pairs),
        fixes=sum(totals),
    )


def _seen(detector: Detector, files: Sequence[tuple[Path, int, int]], cores: int) -> list[Detections | None]:
    """What is on screen of each; None for one that cannot be read."""
    sources = [
        PipelineImage(number, file.parent, file, width, height) for number, (file, width, height) in enumerate(files)
    ]
    seen: list[Detections | None] = [None] * len(files)
    outcomes = detect_all(detector, sources, workers_for(detector.device, cores), SHOWN, Suppression())
    try:
        for outcome in outcomes:
            seen[outcome.image_id] = outcome.detections
    finally:
        outcomes.close()
    return seen
