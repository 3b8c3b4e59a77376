"""Queue at the left: the images of a batch or of the whole pool, in the order to be labelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.finding import Disagreement
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels
from boxwright.domain.messages import N_
from boxwright.domain.review import open_findings
from boxwright.ui.language.translation import tr
from boxwright.ui.project.finding_list import FindingList


class View(Enum):
    """Part of the pool that the queue shows."""

    BATCH = "the latest batch"
    TO_DO = "every image to do"
    VALIDATION = "the validation split"
    REVIEW = "the images with imported boxes to review"
    BEGUN = "the images that somebody has begun"
    ALL = "every image of the pool"


class Mark(IntEnum):
    """State of an image as the queue shows it."""

    UNLABELED = 0
    LABELED = 1
    SKIPPED = 2
    EMPTY = 3
    UNREADABLE = 4
    COPY = 5
    BEGUN = -1
    """Unlabelled, with boxes of a person."""


_DONE = (Mark.LABELED, Mark.SKIPPED, Mark.EMPTY)
_OPEN = (Mark.UNLABELED, Mark.BEGUN)

MARK_OF_STATE = {
    ImageState.UNLABELED: Mark.UNLABELED,
    ImageState.LABELED: Mark.LABELED,
    ImageState.SKIPPED: Mark.SKIPPED,
}


def mark_of(labels: ImageLabels) -> Mark:
    if labels.begun:
        return Mark.BEGUN
    return Mark.EMPTY if labels.confirmed_empty else MARK_OF_STATE[labels.state]


class Show(Enum):
    """Filter of a queue's rows."""

    ALL = N_("all")
    TO_DO = "to do"
    BEGUN = "begun"
    DONE = N_("done")
    EMPTY = "confirmed empty"
    SKIPPED = "skipped"
    FLAGGED = N_("flagged")


_SHOWN_MARKS = {
    Show.TO_DO: _OPEN,
    Show.BEGUN: (Mark.BEGUN,),
    Show.DONE: (Mark.LABELED, Mark.EMPTY),
    Show.EMPTY: (Mark.EMPTY,),
    Show.SKIPPED: (Mark.SKIPPED,),
}


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """Progress of the round that is under way: its number from 1, and how many of the `size` images were labelled
    that the schedule wants before the next retraining."""

    number: int
    labeled: int
    size: int


@dataclass(frozen=True, slots=True)
class BatchOrigin:
    """Origin of a batch: how many images by slot, and the detector that chose, with its round from 1."""

    slots: Mapping[str, int]
    detector: str | None = None
    round: int | None = None

    @property
    def words(self) -> str:
        """ "8 uncertain, 8 random; chosen with “transfer 2” (round 2)."."""
        if set(self.slots) == {Slot.INITIAL.value}:
            # No detector had a say in it, whichever was there.
            return tr("{0:,} drawn at random.").format(sum(self.slots.values()))
        slots = ", ".join(tr("{0:,} {1}").format(count, tr(slot)) for slot, count in self.slots.items())
        if self.detector is None:
            return tr("{0}; drawn before there was a detector.").format(slots)
        words = tr("{0}; chosen with “{1}”.") if self.round is None else tr("{0}; chosen with “{1}” (round {2}).")
        return words.format(slots, self.detector, self.round)


@dataclass
class Queue:
    """Queue of images.

    `ids` (N,) int64 in queue order, `marks` (N,) int8 of `Mark` beside it; `reasons` by image id.
    `batch` is the one it shows, None in the other views; `latest` the one that could be shown.
    `pool_done` of `pool_usable` images of the whole pool were labelled or skipped when this was read, and
    `validation` of them are frozen for measuring. `review` images have imported boxes beside labels of a person; in
    that view they count as done when the last of those boxes is judged. `begun` images of the pool hold boxes of a
    person and are not marked as labelled. `origin`: where the images of `batch` came
    from. `findings`: one by one, in a review.
    `flagged` (N,) bool: a box has a flag, or the image a tag or a note. `rows`: those that `show`
    lets through, ascending; what changes its state later stays in sight until `filter` is called again.
    """

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
    begun: int = 0
    origin: BatchOrigin | None = None
    flagged: NDArray[np.bool_] | None = None
    round: RoundProgress | None = None
    findings: FindingList | None = None
    show: Show = Show.ALL

    def __post_init__(self) -> None:
        self.rows = np.arange(len(self.ids))
        self.gap = -1.0
        """Where an image stands that is on screen and not in this queue: between two rows; -1 for nowhere."""
        self._order = np.argsort(self.ids, kind="stable")
        self._sorted = self.ids[self._order]
        self._done_when_read, self._begun_when_read = self.done, self.count(Show.BEGUN)

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, image_id: int) -> int | None:
        place = int(np.searchsorted(self._sorted, image_id))
        if place < len(self._sorted) and self._sorted[place] == image_id:
            return int(self._order[place])
        return None

    def take_over(self, before: Queue, row: int, image_id: int | None, again: bool) -> int:
        """The row of the image that was at `row` of the queue `before`, which this one replaces; -1 where it is not in
        it. `again`: it is the same list, so the place between those around it is kept as the gap."""
        kept = None if image_id is None else self.row_of(image_id)
        if kept is None and image_id is not None and again:
            self._leave_gap(before, row)
        return -1 if kept is None else kept

    def _leave_gap(self, before: Queue, row: int) -> None:
        start = row if row >= 0 else int(np.ceil(before.gap)) - 1
        for others, aside in ((before.ids[start + 1 :], -0.5), (before.ids[: start + 1][::-1], 0.5)):
            still = np.flatnonzero(np.isin(others, self.ids))
            near = self.row_of(int(others[still[0]])) if len(still) else None
            if near is not None:
                self.gap = near + aside
                return

    def _place(self, row: int) -> float:
        return self.gap if row < 0 else row

    def filter(self, show: Show | Disagreement | None) -> None:
        """Let only some rows through, by what they are now; in a review findings of one kind, None: of all."""
        if not isinstance(show, Show):
            if self.findings is not None:
                self.findings.filter(show)
            return
        self.show = show
        if show is Show.ALL:
            self.rows = np.arange(len(self))
        elif show is Show.FLAGGED:
            self.rows = np.flatnonzero(self.flagged) if self.flagged is not None else np.arange(0)
        else:
            self.rows = np.flatnonzero(np.isin(self.marks, _SHOWN_MARKS[show]))

    def revise(self, labels: ImageLabels) -> tuple[list[int], int | None]:
        """An image was edited: the rows of its findings that changed, and its own row where that has another mark now.
        In the list to review an image is to do for as long as a finding of it waits."""
        row = self.row_of(labels.image_id)
        if row is None:
            return [], None
        waiting = open_findings(labels) if self.view is View.REVIEW else []
        rows = self.findings.revise(labels.image_id, waiting) if self.findings is not None else []
        mark = Mark.UNLABELED if waiting else mark_of(labels)
        if self.marks[row] == mark:
            return rows, None
        self.marks[row] = mark
        return rows, row

    def count(self, show: Show) -> int:
        """How many rows `show` would let through now."""
        if show is Show.FLAGGED:
            return int(self.flagged.sum()) if self.flagged is not None else 0
        return len(self) if show is Show.ALL else int(np.isin(self.marks, _SHOWN_MARKS[show]).sum())

    def place_of(self, row: int) -> int | None:
        """Where a row stands among those on screen."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self.rows) and self.rows[place] == row else None

    def neighbour(self, row: int, by: int) -> int | None:
        """The row on screen that is `by` places from `row`, which need not be on screen, or -1 from the gap; None
        beyond either end."""
        start = self._place(row)
        place = int(np.searchsorted(self.rows, start))
        there = place < len(self.rows) and self.rows[place] == start
        target = place + by if there or by < 0 else place + by - 1
        return int(self.rows[target]) if 0 <= target < len(self.rows) else None

    def around(self, row: int, ahead: int, behind: int) -> list[int]:
        """Ids of the image of `row` and of those on screen next to it, in the order to be read."""
        steps = [*range(1, 1 + ahead), *range(-1, -1 - behind, -1)]
        rows = [row, *(r for by in steps if (r := self.neighbour(row, by)) is not None)]
        return [int(self.ids[r]) for r in rows if 0 <= r < len(self)]

    @property
    def _open_rows(self) -> NDArray[np.int64]:
        return self.rows[np.isin(self.marks[self.rows], _OPEN)]

    def next_open(self, after: int) -> int | None:
        """The first unlabelled row on screen after `after`, then from the top; None when every image is done."""
        open_rows = self._open_rows
        if not len(open_rows):
            return None
        later = open_rows[open_rows > self._place(after)]
        return int(later[0] if len(later) else open_rows[0])

    def first_open(self) -> int:
        """The first unlabelled row, else the first of all; 0 for an empty queue."""
        row = self.next_open(-1)
        return row if row is not None else (self.neighbour(-1, 1) or 0)

    def previous_open(self, before: int) -> int | None:
        """The last unlabelled row on screen before `before`, then from the bottom; None when every image is done."""
        open_rows = self._open_rows
        if not len(open_rows):
            return None
        earlier = open_rows[open_rows < self._place(before)]
        return int(earlier[-1] if len(earlier) else open_rows[-1])

    @property
    def pool_done_now(self) -> int:
        return self.pool_done + self.done - self._done_when_read

    @property
    def begun_now(self) -> int:
        """Of the whole pool."""
        return self.begun + self.count(Show.BEGUN) - self._begun_when_read

    @property
    def pool_finished(self) -> bool:
        """There is a pool, and nothing of it is left to do."""
        return 0 < self.pool_usable <= self.pool_done_now

    @property
    def done(self) -> int:
        """Images that are labelled or skipped."""
        return int(np.isin(self.marks, _DONE).sum())

    @property
    def round_labeled_now(self) -> int:
        """Of the round under way; images skipped since this was read are not told apart."""
        return (self.round.labeled if self.round else 0) + self.done - self._done_when_read


EMPTY = Queue(np.empty(0, np.int64), np.empty(0, np.int8))


def slot_words(item: BatchItem, batch: Batch | None, deciding: str = "") -> str:
    """ "3 · uncertain · entropy 0.93 · nut 0.45". `deciding`: the box behind the score."""
    return _slot(item, f" · {score_name(batch)}", deciding)


def score_name(batch: Batch | None) -> str:
    """What the images of a batch were ranked by."""
    name = str(batch.settings.get("score", "")) if batch else ""
    return tr(name.replace("_", " ") or N_("uncertainty"))


def slot_figures(item: BatchItem, deciding: str = "") -> str:
    """ "3 · uncertain 0.93 · nut 0.45", short enough for a row."""
    return _slot(item, "", deciding)


def _slot(item: BatchItem, name: str, deciding: str) -> str:
    place = f"{item.rank + 1:,} · {tr(item.slot.value)}"
    if item.slot is not Slot.UNCERTAIN or item.score is None:
        return place
    return f"{place}{name} {item.score:.2f}{' · ' + deciding if deciding else ''}"
