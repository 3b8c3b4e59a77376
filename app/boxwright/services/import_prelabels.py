"""Store a dataset's boxes as pre-labels: guesses to be corrected, which nobody stands behind yet."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.model import Model
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.formats.base import Format
from boxwright.formats.checks import Reporter, checked_box
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.sampling.scores import pool_scores
from boxwright.services.import_result import ImportResult
from boxwright.services.placing import Placed
from boxwright.services.project import Project

LAYOUT = "imported"
# A box without a score: somebody's guess, better than a coin toss and not certain.
_UNKNOWN_SCORE = 0.5


def store_prelabels(
    project: Project, reader: Format, path: Path, dataset: Dataset, placed: Placed, problems: list[Problem]
) -> ImportResult:
    """Runs within the caller's transaction. Images that a person has touched are left alone."""
    before = {known.name for known in project.classes.all()}
    ids = [project.classes.add(known.name).id for known in dataset.classes]
    model = _model(project, path, dataset, ids)
    found = [
        (image.id, _detections(item, image.width, image.height, len(ids), problems))
        for image, item in placed.pairs
        if item.labeled
    ]
    replaced = project.predictions.replace(model.id, [ImagePredictions(i, d) for i, d in found])
    if found:
        image_ids, detections = zip(*found, strict=True)
        project.scores.append(model.id, pool_scores(image_ids, detections, ProbKind.SCORE))
    if project.models.active() is None:
        project.models.activate(model.id)
    else:
        placed.notes.append(f"The pre-labels are shown when the detector '{model.name}' is made the active one.")
    kept = set(replaced.kept)
    return ImportResult(
        format=reader.name,
        kind="prelabels",
        images=len(found) - len(kept),
        boxes=replaced.boxes,
        empty=sum(not len(d) for i, d in found if i not in kept),
        unlabeled=sum(not item.labeled for _, item in placed.pairs),
        added=placed.added,
        kept=tuple(item.path for image, item in placed.pairs if image.id in kept),
        classes_added=tuple(known.name for known in dataset.classes if known.name not in before),
        notes=tuple(placed.notes),
        problems=tuple(problems),
    )


def _model(project: Project, path: Path, dataset: Dataset, class_ids: list[int]) -> Model:
    """A detector without a file that these boxes belong to."""
    names = tuple(known.name for known in dataset.classes)
    card = DetectorCard(LAYOUT, ProbKind.SCORE, names, InputSpec(1, 1), notes={"origin": path.name})
    digest = hashlib.sha256(repr((str(path), names)).encode()).hexdigest()
    for known in project.models.all():
        if known.sha256 == digest:
            return known
    return project.models.add(f"imported {path.name}", "", digest, card, dict(enumerate(class_ids)))


def _detections(item: DatasetImage, width: int, height: int, class_count: int, problems: list[Problem]) -> Detections:
    """The boxes inside an image of `width` x `height` pixels, best score first."""
    reporter = Reporter(problems, item.source)
    kept = []
    for found in item.pixel_boxes(width, height):
        corners = (found.box.x1, found.box.y1, found.box.x2, found.box.y2)
        box = checked_box(corners, width, height, f"A box of '{item.path}'", found.line, reporter)
        if box is not None:
            kept.append((_UNKNOWN_SCORE if found.score is None else found.score, found.label, box))
    kept.sort(key=lambda entry: -entry[0])
    scores = np.array([score for score, _, _ in kept], dtype=np.float32)
    labels = np.array([label for _, label, _ in kept], dtype=np.int64)
    probs = np.zeros((len(kept), max(1, class_count)), dtype=np.float32)
    probs[np.arange(len(kept)), labels] = scores
    boxes = np.array([box.array() for _, _, box in kept], dtype=np.float32).reshape(-1, 4)
    return Detections(boxes, scores, labels, probs, ProbKind.SCORE, float(scores.max(initial=0.0)))
