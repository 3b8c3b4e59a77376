"""Queries of the pool: which images, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Criterion of what became of an image.

    What became of an image. `BEGUN`, which is still to do: it holds a person's boxes. `DISPUTED`: a finding of a
    review waits for a person.
    """

    TO_DO = "to do"
    BEGUN = "begun"
    LABELED = "labelled"
    EMPTY = "confirmed empty"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    DISPUTED = "detector disagrees"
    UNREADABLE = "unreadable"
    COPY = "copy of another"


class Order(StrEnum):
    """Order of a query's images.

    `WORKED_ON` and `FILE_DATE`: the newest first. `UNCERTAINTY`, `SCORE` and `DISAGREEMENT` (of a review): the
    largest first, images that the detector has not seen at the end.
    """

    NAME = "name"
    UNCERTAINTY = "uncertainty"
    SCORE = "best score"
    DISAGREEMENT = "disagreement"
    WORKED_ON = "worked on"
    FILE_DATE = "file date"


@dataclass(frozen=True, slots=True)
class PoolQuery:
    """Criteria and order of a query.

    An image has to fit every criterion that is set; an empty query fits the whole pool. `text`: part of its path,
    whatever the case. `class_id`: a box of this class, a person's where there are any, else a pre-label of the active
    detector. `lowest`, `highest`: bounds of the active detector's best score, 0..1; images that it has not seen fit
    only where both are open. `since`: worked on at or after this time, UTC in ISO 8601. `backwards` turns the order.
    """

    text: str = ""
    kind: Kind | None = None
    class_id: int | None = None
    tag: str = ""
    lowest: float = 0.0
    highest: float = 1.0
    since: str = ""
    order: Order = Order.NAME
    backwards: bool = False

    @property
    def by_score(self) -> bool:
        return self.lowest > 0.0 or self.highest < 1.0
