"""Storing of a dataset's boxes as pre-labels: guesses to be corrected, which nobody stands behind yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.messages import Message
from boxwright.domain.model import Model
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.domain.progress import Progress, check
from boxwright.sampling.scores import pool_scores
from boxwright.services.importing.classes import DROPPED, class_ids, new_names
from boxwright.services.importing.columns import BLOCK, BoxColumns, blocks, fitted
from boxwright.services.importing.request import ImportRun
from boxwright.services.importing.result import ImportResult
from boxwright.store.predictions import REVIEW

__all__ = ["LAYOUT", "REVIEW", "predictions_model", "predictions_of", "store_prelabels"]

LAYOUT = "imported"
# A box without a score: somebody's guess, better than a coin toss and not certain.
_UNKNOWN_SCORE = 0.5


def store_prelabels(run: ImportRun) -> ImportResult:
    """Runs within the caller's transaction. Images that a person has touched are left alone."""
    project = run.project
    ids, added = class_ids(project, new_names(run.dataset.classes, run.wanted.class_map))
    model = predictions_model(run, ids, LAYOUT)
    kept: set[int] = set()
    images = boxes = empty = 0
    for number, block in enumerate(blocks(run.placed.pairs)):
        check(run.should_stop)
        run.report(Progress(number * BLOCK, len(run.placed.pairs), Message("storing the pre-labels")))
        pairs = [pair for pair in block if pair[1].labeled]
        columns = fitted(pairs, run.problems, run.file_of, run.wanted.stored)
        found = list(predictions_of(columns.only(ids[columns.labels] != DROPPED), ids))
        replaced = project.predictions.replace(model.id, found)
        if found:
            scores = pool_scores([i.image_id for i in found], [i.detections for i in found], ProbKind.SCORE)
            project.scores.append(model.id, scores)
        kept |= set(replaced.kept)
        images += len(found) - len(replaced.kept)
        boxes += replaced.boxes
        empty += sum(not len(i.detections) for i in found if i.image_id not in kept)
    if project.models.active() is None:
        project.models.activate(model.id)
    elif not project.models.get(model.id).active:
        run.notes.append(
            Message("The pre-labels are shown when the detector '{0}' is made the active one.", model.name)
        )
    return ImportResult(
        format=run.reader.name,
        kind="prelabels",
        model=model.id,
        images=images,
        boxes=boxes,
        empty=empty,
        unlabeled=sum(not item.labeled for _, item in run.placed.pairs),
        added=run.placed.added,
        kept=tuple(item.path for image, item in run.placed.pairs if image.id in kept),
        classes_added=added,
        notes=tuple(run.notes),
        problems=tuple(run.problems),
    )


def predictions_model(run: ImportRun, ids: NDArray[np.int64], layout: str) -> Model:
    """A detector without a file that the dataset's boxes belong to; the one of an earlier import of the same path."""
    names = tuple(known.name for known in run.dataset.classes)
    class_map = {label: class_id for label, class_id in enumerate(ids.tolist()) if class_id != DROPPED}
    key = (str(run.path), names) if layout == LAYOUT else (str(run.path), names, layout)
    digest = hashlib.sha256(repr(key).encode()).hexdigest()
    models = run.project.models
    for known in models.all():
        if known.sha256 == digest:
            models.set_class_map(known.id, class_map)
            return models.get(known.id)
    card = DetectorCard(layout, ProbKind.SCORE, names, InputSpec(1, 1), notes={"origin": run.path.name})
    title = "imported" if layout == LAYOUT else "to review:"
    return models.add(f"{title} {run.path.name}", "", digest, card, class_map)


def predictions_of(columns: BoxColumns, ids: NDArray[np.int64]) -> Iterator[ImagePredictions]:
    """For each image its boxes, best score first."""
    for index, (image, _) in enumerate(columns.pairs):
        own = columns.of(index)
        scores = np.nan_to_num(columns.scores[own], nan=_UNKNOWN_SCORE).astype(np.float32)
        order = np.argsort(-scores, kind="stable")
        scores, labels = scores[order], columns.labels[own][order]
        probs = np.zeros((len(scores), max(1, len(ids))), np.float32)
        probs[np.arange(len(scores)), labels] = scores
        boxes = columns.corners[own][order].astype(np.float32)
        found = Detections(boxes, scores, labels, probs, ProbKind.SCORE, float(scores.max(initial=0.0)))
        yield ImagePredictions(image.id, found)
