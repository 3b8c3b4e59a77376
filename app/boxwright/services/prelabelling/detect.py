"""Detection on the images of a plan, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import ModelError
from boxwright.domain.model import Model
from boxwright.domain.progress import ShouldStop
from boxwright.domain.scores import BOX_FLOOR
from boxwright.services.detectors.registry import naming, open_detector
from boxwright.services.prelabelling.pipeline import Outcome, PipelineImage, detect_all, workers_for
from boxwright.services.prelabelling.plan import PrelabelPlan, suppression_of
from boxwright.services.prelabelling.prediction_file import PredictionChunk, chunk_of
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector

# Images in one transaction: what a killed run loses at most, and what a window's writer does in one go.
CHUNK_IMAGES = 32
LOOKED_UP = 1_000


def run_plan(
    project: Project,
    plan: PrelabelPlan,
    device: str,
    should_stop: ShouldStop,
    started: Callable[[Detector], None],
    no_features: Callable[[ModelError], None],
) -> Iterator[tuple[int, PredictionChunk]]:
    """How many images were looked at, and what to store of it, a chunk at a time. `started` is told the first detector
    before anything runs. `no_features` is told when another detector, whose features the images were to get, does not
    work: the pre-labels are there all the same. Raises `DetectorFailed` when the plan's own does not."""
    own = plan.source is not None and plan.source.id == plan.model.id
    detector = None
    if len(plan.todo) or own:
        with naming(plan.model):
            detector = open_for_pipeline(project, plan.model, device, features=own)
        started(detector)
        with naming(plan.model):
            for chunk in detect_chunks(project, detector, plan.todo, should_stop, plan.twice):
                yield len(chunk), chunk
    if plan.source is None or not len(plan.rest) or should_stop():
        return
    try:
        with naming(plan.source):
            if detector is None or not own:
                other = open_for_pipeline(project, plan.source, device, features=True)
                if detector is None:
                    started(other)
                detector = other
            if detector.offers_features:
                for chunk in detect_chunks(project, detector, plan.rest, should_stop):
                    yield len(chunk), PredictionChunk((), (), chunk.features)
    except ModelError as error:
        if own:
            raise
        no_features(error)


def open_for_pipeline(project: Project, model: Model, device: str, features: bool = False) -> Detector:
    """The detector with as many threads for one image as the pipeline leaves it."""
    from boxwright.inference.session import usable_cores

    return open_detector(project, model, device, workers_for("CPU", usable_cores()).threads, features)


def detect_chunks(
    project: Project,
    detector: Detector,
    image_ids: NDArray[np.int64],
    should_stop: ShouldStop,
    twice: bool = False,
) -> Iterator[PredictionChunk]:
    """What the detector finds, `CHUNK_IMAGES` images at a time; the last may be smaller. Ends early when asked to.
    `twice`: in the mirror as well."""
    from boxwright.inference.session import usable_cores

    workers = workers_for(detector.device, usable_cores())
    outcomes: list[Outcome] = []
    sources = _sources(project, image_ids)
    found = detect_all(detector, sources, workers, BOX_FLOOR, suppression_of(project), twice)
    try:
        for outcome in found:
            outcomes.append(outcome)
            if should_stop():
                break
            if len(outcomes) == CHUNK_IMAGES:
                yield chunk_of(outcomes)
                outcomes = []
    finally:
        found.close()
    if outcomes:
        yield chunk_of(outcomes)


def _sources(project: Project, image_ids: NDArray[np.int64]) -> Iterator[PipelineImage]:
    """In the order of `image_ids`, looked up a thousand at a time."""
    roots = {root.name: root.folder for root in project.roots.all()}
    for start in range(0, len(image_ids), LOOKED_UP):
        for image in project.images.many(image_ids[start : start + LOOKED_UP].tolist()):
            root = roots[image.root]
            yield PipelineImage(image.id, root, root / image.path, image.width, image.height)
