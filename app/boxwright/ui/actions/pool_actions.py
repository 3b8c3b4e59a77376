"""The menu Pool: rows of the table of actions about the gallery, the review and the figures of the pool."""

from __future__ import annotations

from boxwright.domain.messages import N_
from boxwright.ui.actions.action import (
    POOL,
    Action,
    can_act,
    can_decide,
    can_predict,
    has_chosen,
    has_image,
    in_project,
)
from boxwright.ui.project.context import ProjectContext


def review_labels(context: ProjectContext) -> None:
    from boxwright.ui.detectors.label_check import LabelCheckDialog

    LabelCheckDialog(context).open()


def statistics(context: ProjectContext) -> None:
    from boxwright.ui.panels.statistics import StatisticsDialog

    StatisticsDialog(context).open()


POOL_ROWS: tuple[Action, ...] = (
    Action("pool.gallery", "Gallery", POOL, ("Ctrl+G",), in_project, lambda c: c.gallery.toggle(), "gallery",
           toolbar=N_("Gallery"), checkable=True),
    Action("gallery.open", "Open the image", POOL, (), has_chosen, lambda c: c.gallery.page.open_current(),
           "edit", separated=True),
    Action("gallery.batch", "Add to the batch", POOL, ("Ctrl+B",), can_act, lambda c: c.gallery.add_to_batch(),
           "batch"),
    Action("gallery.predict", "Pre-label again", POOL, (), can_predict, lambda c: c.gallery.predict(), "prelabel"),
    Action("pool.review", "Review what is labelled…", POOL, ("Ctrl+L",), in_project, review_labels, "review",
           separated=True),
    Action("review.next", "Next finding", POOL, (".",), has_image, lambda c: c.review.step(1), "next", repeats=True),
    Action("review.previous", "Previous finding", POOL, (",",), has_image, lambda c: c.review.step(-1), "previous",
           repeats=True),
    Action("review.fix", "Do what the detector says", POOL, ("I",), can_decide, lambda c: c.review.fix(), "accept",
           judges=True),
    Action("review.keep", "Keep mine", POOL, ("K",), can_decide, lambda c: c.review.keep(), "reject", judges=True),
    Action("pool.statistics", "Statistics…", POOL, (), in_project, statistics, "statistics", separated=True),
)  # fmt: skip
