"""Statistics of a project: what was done and how fast, and what the detector saved of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.classes import LabelClass
from boxwright.evaluation.fixes import SHOWN
from boxwright.services.project.project import Project
from boxwright.store.visits import Day, Worked

SIZE_EDGES = (16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""Pixels of the side of a square of the same area."""

PUBLISHED_DRAWING_SECONDS = 7.0
"""For one box by its four extreme points: Papadopoulos et al. (2017), "Extreme clicking for efficient object
annotation", ICCV."""

_MOSTLY = 0.8
_ENOUGH_BOXES = 10


@dataclass(frozen=True)
class TimeSaving:
    """Time saved by pre-labels.

    `drawing`: seconds for a box drawn by hand, `own` when it was measured on this project's images whose boxes were
    mostly drawn, published otherwise. `boxes` were made in `worked` active seconds.
    """

    drawing: float
    own: bool
    boxes: int
    worked: float

    @property
    def seconds(self) -> float:
        """What drawing every box would have taken more; below 0 when correcting took longer."""
        return self.boxes * self.drawing - self.worked


@dataclass(frozen=True)
class Statistics:
    """Statistics of a project.

    `states`: images by what became of them; copies and unreadable files are in no state. `seconds_per_image`: active
    seconds per labelled image, None where none was measured. `edits_per_image` as in the rounds.
    """

    classes: tuple[tuple[LabelClass, int], ...]
    sizes: tuple[int, ...]
    states: tuple[tuple[str, int], ...]
    days: tuple[Day, ...]
    seconds_per_image: float | None
    edits_per_image: float | None
    saving: TimeSaving | None

    @property
    def boxes(self) -> int:
        return sum(count for _, count in self.classes)


def statistics(project: Project) -> Statistics:
    """Reads the database alone."""
    counts, boxes = project.images.counts(), project.labels.counts()
    empty, begun = len(project.labels.empty_ids()), project.begun.count()
    worked = project.visits.worked()
    return Statistics(
        classes=tuple((c, boxes.get(c.id, 0)) for c in project.classes.all()),
        sizes=tuple(project.visits.sizes(SIZE_EDGES)),
        states=(
            ("to do", counts["unlabeled"] - begun.images),
            ("begun", begun.images),
            ("labelled", max(0, counts["labeled"] - empty)),
            ("confirmed empty", empty),
            ("skipped", counts["skipped"]),
            ("unreadable", counts["unreadable"]),
            ("copies", counts["duplicates"]),
        ),
        days=tuple(project.visits.days()),
        seconds_per_image=sum(w.seconds for w in worked) / len(worked) if worked else None,
        edits_per_image=project.rounds.edits_per_image("", SHOWN),
        saving=saving(worked),
    )


def saving(worked: Sequence[Worked]) -> TimeSaving | None:
    """What correcting saved against drawing every box: boxes x seconds to draw one - seconds worked. None where no time
    was measured on an image with boxes. Images whose boxes were drawn for at least `_MOSTLY` tell the person's own
    speed, once they hold `_ENOUGH_BOXES`."""
    with_boxes = [w for w in worked if w.boxes]
    if not with_boxes:
        return None
    drawn = [w for w in with_boxes if w.drawn >= _MOSTLY * w.boxes]
    boxes = sum(w.boxes for w in drawn)
    own = boxes >= _ENOUGH_BOXES
    drawing = sum(w.seconds for w in drawn) / boxes if own else PUBLISHED_DRAWING_SECONDS
    return TimeSaving(drawing, own, sum(w.boxes for w in with_boxes), sum(w.seconds for w in with_boxes))
