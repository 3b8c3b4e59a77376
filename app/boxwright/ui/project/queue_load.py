"""Loading of the queue from the pool; for the thread that may ask the database."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Batch
from boxwright.domain.image import ImageState, Split
from boxwright.ui.project.finding_list import FindingList
from boxwright.ui.project.queue import MARK_OF_STATE, BatchOrigin, Mark, Queue, RoundProgress, View

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


def load_queue(project: Project, view: View) -> Queue:
    """The images of `view` in the order to be labelled; the whole pool when a batch is asked for and there is none."""
    latest = project.batches.latest()
    if view is View.BATCH and latest is None:
        view = View.ALL
    batch = latest if view is View.BATCH else None
    usable = project.images.ids()
    validation = project.images.ids(split=Split.VALIDATION)
    review = project.reviews.waiting()[0]
    begun = project.begun.ids()
    ids = review if view is View.REVIEW else _ids(project, view, batch, validation, begun)
    marks = np.where(np.isin(ids, usable), Mark.UNLABELED, Mark.UNREADABLE).astype(np.int8)
    pool_done = 0
    for state in (ImageState.LABELED, ImageState.SKIPPED):
        in_state = project.images.ids(state=state)
        pool_done += len(in_state)
        if view is not View.REVIEW:
            marks[np.isin(ids, in_state)] = MARK_OF_STATE[state]
        if view is not View.REVIEW and state is ImageState.LABELED:
            marks[np.isin(ids, project.labels.empty_ids())] = Mark.EMPTY
    if view is not View.REVIEW:
        marks[np.isin(ids, begun)] = Mark.BEGUN
    reasons = {item.image_id: item for item in latest.items} if latest else {}
    return Queue(
        ids,
        marks,
        batch,
        latest,
        view,
        reasons,
        pool_done,
        len(usable),
        len(validation),
        len(review),
        len(begun),
        origin=_origin(project, batch) if batch else None,
        flagged=np.isin(ids, project.labels.flagged_ids()),
        round=_round_progress(project),
        findings=FindingList(project.reviews.listed()) if view is View.REVIEW else None,
    )


def _round_progress(project: Project) -> RoundProgress:
    from boxwright.services.batches.schedule import batch_size, schedule_of

    rounds, schedule = project.rounds.all(), schedule_of(project)
    before = rounds[-1].images if rounds else 0
    labeled = len(project.images.ids(state=ImageState.LABELED, split=Split.TRAIN))
    return RoundProgress(len(rounds) + 1, max(0, labeled - before), batch_size(project, schedule, not before))


def _origin(project: Project, batch: Batch) -> BatchOrigin:
    counts = Counter(item.slot.value for item in batch.items)
    if batch.model_id is None:
        return BatchOrigin(counts)
    number = next((n for n, r in enumerate(project.rounds.all(), 1) if r.model_id == batch.model_id), None)
    return BatchOrigin(counts, project.models.get(batch.model_id).name, number)


def _ids(
    project: Project, view: View, batch: Batch | None, validation: NDArray[np.int64], begun: NDArray[np.int64]
) -> NDArray[np.int64]:
    if batch is not None:
        return np.array([item.image_id for item in batch.items], dtype=np.int64)
    if view is View.TO_DO:
        return project.images.ids(state=ImageState.UNLABELED)
    if view is View.BEGUN:
        return begun
    return validation if view is View.VALIDATION else project.images.ids(usable=False)
