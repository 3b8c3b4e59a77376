"""What lies in the queue at the left: the images of a batch or of the whole pool, in the order to be labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.image import ImageState, Split

if TYPE_CHECKING:
    from boxwright.services.project import Project


class View(Enum):
    """Which images the queue shows."""

    BATCH = "the latest batch"
    TO_DO = "every image to do"
    VALIDATION = "the validation split"
    REVIEW = "the images with imported boxes to review"
    ALL = "every image of the pool"


class Mark(IntEnum):
    """The state of an image as the queue shows it."""

    UNLABELED = 0
    LABELED = 1
    SKIPPED = 2
    UNREADABLE = 3
    COPY = 4


MARK_OF_STATE = {
    ImageState.UNLABELED: Mark.UNLABELED,
    ImageState.LABELED: Mark.LABELED,
    ImageState.SKIPPED: Mark.SKIPPED,
}


@dataclass
class Queue:
    """`ids` (N,) int64 in queue order, `marks` (N,) int8 of `Mark` beside it; `reasons` by image id.
    `batch` is the one it shows, None in the other views; `latest` the one that could be shown.
    `pool_done` of `pool_usable` images of the whole pool were labelled or skipped when this was read, and
    `validation` of them are frozen for measuring. `review` images have imported boxes beside labels of a person; in
    that view they count as done when the last of those boxes is judged. `origin`: where the images of `batch` came
    from, a sentence."""

    ids: NDArray[np.int64]
    marks: NDArray[np.int8]
    batch: Batch | None = None
    latest: Batch | None = None
    view: View = View.ALL
    reasons: Mapping[int, BatchItem] = field(default_factory=dict)
    pool_done: int = 0
    pool_usable: int = 0
    validation: int = 0
    review: int = 0
    origin: str = ""

    def __post_init__(self) -> None:
        self._order = np.argsort(self.ids, kind="stable")
        self._sorted = self.ids[self._order]
        self._done_when_read = self.done

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, image_id: int) -> int | None:
        place = int(np.searchsorted(self._sorted, image_id))
        if place < len(self._sorted) and self._sorted[place] == image_id:
            return int(self._order[place])
        return None

    def next_open(self, after: int) -> int | None:
        """The first unlabelled row after `after`, then from the top; None when every image is done."""
        open_rows = np.flatnonzero(self.marks == Mark.UNLABELED)
        if not len(open_rows):
            return None
        later = open_rows[open_rows > after]
        return int(later[0] if len(later) else open_rows[0])

    @property
    def pool_done_now(self) -> int:
        return self.pool_done + self.done - self._done_when_read

    @property
    def done(self) -> int:
        """Images that are labelled or skipped."""
        return int(np.isin(self.marks, (Mark.LABELED, Mark.SKIPPED)).sum())


EMPTY = Queue(np.empty(0, np.int64), np.empty(0, np.int8))


def load_queue(project: Project, view: View) -> Queue:
    """The images of `view` in the order to be labelled; the whole pool when a batch is asked for and there is none."""
    latest = project.batches.latest()
    if view is View.BATCH and latest is None:
        view = View.ALL
    batch = latest if view is View.BATCH else None
    usable = project.images.ids()
    validation = project.images.ids(split=Split.VALIDATION)
    review = project.predictions.to_review()
    ids = review if view is View.REVIEW else _ids(project, view, batch, validation)
    marks = np.where(np.isin(ids, usable), Mark.UNLABELED, Mark.UNREADABLE).astype(np.int8)
    pool_done = 0
    for state in (ImageState.LABELED, ImageState.SKIPPED):
        in_state = project.images.ids(state=state)
        pool_done += len(in_state)
        if view is not View.REVIEW:
            marks[np.isin(ids, in_state)] = MARK_OF_STATE[state]
    reasons = {item.image_id: item for item in batch.items} if batch else {}
    origin = _origin(project, batch) if batch else ""
    return Queue(ids, marks, batch, latest, view, reasons, pool_done, len(usable), len(validation), len(review), origin)


def _origin(project: Project, batch: Batch) -> str:
    """ "8 uncertain, 8 random; chosen with “transfer 2” (round 2)."."""
    slots = ", ".join(f"{count:,} {slot}" for slot, count in Counter(item.slot.value for item in batch.items).items())
    if batch.model_id is None:
        return f"{slots}; drawn before there was a detector."
    number = next((n for n, r in enumerate(project.rounds.all(), 1) if r.model_id == batch.model_id), None)
    after = f" (round {number})" if number is not None else ""
    return f"{slots}; chosen with “{project.models.get(batch.model_id).name}”{after}."


def _ids(project: Project, view: View, batch: Batch | None, validation: NDArray[np.int64]) -> NDArray[np.int64]:
    if batch is not None:
        return np.array([item.image_id for item in batch.items], dtype=np.int64)
    if view is View.TO_DO:
        return project.images.ids(state=ImageState.UNLABELED)
    return validation if view is View.VALIDATION else project.images.ids(usable=False)


def slot_words(item: BatchItem, batch: Batch | None) -> str:
    """ "uncertain · entropy 0.93", short enough for a row."""
    if item.slot is not Slot.UNCERTAIN or item.score is None:
        return item.slot.value
    score = str(batch.settings.get("score", "score")) if batch else "score"
    return f"{item.slot.value} · {score.replace('_', ' ')} {item.score:.2f}"
