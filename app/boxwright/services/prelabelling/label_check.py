"""Label check: the present detector laid over what people have labelled, where the two disagree and by how much."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import iou_matrix
from boxwright.domain.disputes import disputes
from boxwright.domain.errors import BoxwrightError, ModelError
from boxwright.domain.finding import Disagreement
from boxwright.domain.image import ImageState
from boxwright.domain.marks import CROWD
from boxwright.domain.model import Model
from boxwright.domain.pairing import MATCHED
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.domain.progress import Report
from boxwright.evaluation.fixes import SHOWN
from boxwright.services.child import Event, Job
from boxwright.services.images.file_check import check_labelled
from boxwright.services.prelabelling.plan import PrelabelPlan
from boxwright.services.prelabelling.prediction_file import PredictionChunk, load_chunk
from boxwright.services.prelabelling.prelabel import Speed
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.store.predictions import LOOKED, REVIEW
from boxwright.store.reviews import LabelCheckRecord

UNSEEN_AT_MOST = 0.5
"""A box that the detector does not see weighs at most this: a detector overlooks more than people invent."""


@dataclass(frozen=True)
class LabelCheckResult:
    """Result of a label check. `images` were looked at again, `findings` disagreements found. `stopped`: the person
    ended it before the end."""

    images: int
    findings: int
    stopped: bool = False


def to_look_at(project: Project, detector: Model) -> NDArray[np.int64]:
    """Labelled images that this detector has not looked at again. Ascending (N,) int64."""
    # Where the file is another one by now, a person has to look first.
    labeled = np.setdiff1d(project.images.ids(state=ImageState.LABELED), project.files.replaced())
    known = _known(project, detector)
    return labeled if known is None else np.setdiff1d(labeled, project.predictions.predicted_ids(known.id))


def review_plan_of(project: Project, detector: Model) -> PrelabelPlan:
    """What a second look has to do."""
    images = project.images.many(to_look_at(project, detector).tolist())
    ids = np.array([image.id for image in check_labelled(project, images).good], np.int64)
    return PrelabelPlan(detector, ids, 0, None, np.zeros(0, np.int64), False)


def commit_looks(project: Project, detector: Model, chunk: PredictionChunk) -> int:
    """Compare a chunk with the annotations as they are now and store the disagreements; how many there are."""
    mapped = [(i, found.mapped(detector.class_map)) for i, found in chunk.found]
    annotations = project.labels.annotations([i for i, _ in mapped])
    looks = [compare(i, annotations[i], found, detector.class_map) for i, found in mapped]
    with project.transaction():
        return project.reviews.put(_look_model(project, detector).id, looks)


def compare(
    image_id: int, annotations: Sequence[Annotation], found: Detections, class_map: Mapping[int, int]
) -> LabelCheckRecord:
    """Boxes with a score of at least `SHOWN` are weighed by `domain.disputes`, but that another class weighs the score
    less what the detector gives the person's class. A box of the person that no such box is about is `EXTRA` and weighs
    `UNSEEN_AT_MOST` x (1 - the best score of any box, however unsure, that overlaps it by `MATCHED`). `found` is
    mapped (`Detections.mapped`)."""
    shown = found.only(found.scores >= SHOWN)
    classes = np.array([class_map[int(label)] for label in shown.labels], np.int64)
    said = disputes(annotations, shown.boxes, classes, shown.scores)
    boxes = []
    for place, (kind, weight, own) in enumerate(said):
        if kind is Disagreement.NAMED and own is not None:
            weight = max(0.0, weight - _probability(shown, place, own.class_id, class_map))
        boxes.append((kind, weight, own.uid if own else None))
    seen = {own.uid for _, _, own in said if own is not None}
    unseen = []
    for annotation in annotations:
        if annotation.uid not in seen and CROWD not in annotation.flags:
            near = found.scores[iou_matrix(annotation.box.array(), found.boxes)[0] >= MATCHED]
            unseen.append((annotation.uid, UNSEEN_AT_MOST * (1.0 - float(near.max(initial=0.0)))))
    return LabelCheckRecord(image_id, shown, tuple(boxes), tuple(unseen))


def start_label_check(
    project: Project,
    write_queue: WriteQueue,
    model_id: int,
    device: str,
    on_progress: Report,
    on_done: Callable[[LabelCheckResult], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """As `services.prelabelling.job.start_prelabel`, over the images of `to_look_at`. No label is changed by it."""
    project.require_writable()
    detector = project.models.get(model_id)
    if project.predictions.are_guesses(model_id):
        raise ModelError("The boxes of '{0}' have no names, so that it cannot check those of labels.", detector.name)
    run = _Run(write_queue, model_id, on_progress)
    arguments = {"project": str(project.folder), "model_id": model_id, "device": device, "labeled": True}
    return Job(
        "prelabel", arguments, run.handle, lambda result: on_done(replace(run.looked, stopped=result is None)), on_error
    )


class _Run:
    """The parent's side of one job, on the job's thread."""

    def __init__(self, write_queue: WriteQueue, model_id: int, on_progress: Report) -> None:
        self._queue, self._model_id, self._on_progress = write_queue, model_id, on_progress
        self._speed: Speed | None = None
        self.looked = LabelCheckResult(0, 0)

    def handle(self, event: Event, folder: Path) -> None:
        if event["event"] == "started":
            self._speed = Speed(int(event["total"]), self._on_progress)
        elif event["event"] == "chunk":
            assert self._speed is not None
            # The name only: a path from outside the job's folder has no business here.
            file = folder / Path(str(event["file"])).name
            chunk = load_chunk(file)
            file.unlink()

            def commit(project: Project) -> int:
                return commit_looks(project, project.models.get(self._model_id), chunk)

            found = self._queue.submit(commit).result()
            self.looked = LabelCheckResult(self.looked.images + len(chunk.found), self.looked.findings + found)
            self._speed.add(int(event["images"]))


def _known(project: Project, detector: Model) -> Model | None:
    return next((m for m in project.models.all() if m.sha256 == _digest(detector)), None)


def _look_model(project: Project, detector: Model) -> Model:
    """A detector without a file that what `detector` sees on labelled images belongs to: those are a person's, so none
    of it is a pre-label."""
    known = _known(project, detector)
    if known is None:
        notes = {**detector.card.notes, LOOKED: detector.name}
        card: Any = replace(detector.card, layout=REVIEW, notes=notes)
        name = f"{detector.name}, looking again"
        return project.models.add(name, "", _digest(detector), card, detector.class_map)
    if dict(known.class_map) != dict(detector.class_map):
        project.models.set_class_map(known.id, detector.class_map)
    return project.models.get(known.id)


def _digest(detector: Model) -> str:
    return hashlib.sha256(f"second look {detector.id} {detector.sha256}".encode()).hexdigest()


def _probability(found: Detections, place: int, class_id: int, class_map: Mapping[int, int]) -> float:
    """What the detector gives a class of the project; 0 where only the score is known."""
    if found.kind is ProbKind.SCORE:
        return 0.0
    return max((float(found.probs[place, label]) for label, id_ in class_map.items() if id_ == class_id), default=0.0)
