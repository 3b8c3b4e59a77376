"""Ledger of rounds: one row for each round, oldest first."""

from __future__ import annotations

import numpy as np

from boxwright.domain.round import Round
from boxwright.evaluation.learning_curve import CurveFit, fit_curve
from boxwright.services.batches.schedule import schedule_of, step_size
from boxwright.services.project.project import Project

__all__ = ["Round", "batches_by_round", "curve", "rounds"]


def rounds(project: Project) -> list[Round]:
    return project.rounds.all()


def curve(project: Project) -> CurveFit | None:
    """The learning curve through the measured rounds, over all images that can be labelled, with the schedule's step;
    None while there are fewer than two rounds on different numbers of images."""
    measured = [(r.images, r.ap) for r in rounds(project) if r.ap is not None]
    images = np.array([count for count, _ in measured], dtype=np.float64)
    ap = np.array([value for _, value in measured], dtype=np.float64)
    total = project.images.usable_count()
    return fit_curve(images, ap, total, step_size(schedule_of(project).step, total))


def batches_by_round(project: Project) -> dict[int, list[int]]:
    """Round -> ids of the batches that were drawn since the round before it. The last entry, one more than there are
    rounds, is the round that goes on now."""
    result: dict[int, list[int]] = {}
    before, left = 0, list(project.batches.times())
    for row in rounds(project):
        end = max(before, row.batch_id or 0)
        result[row.id] = [id_ for id_ in left if before < id_ <= end]
        before = end
    return result | {len(result) + 1: [id_ for id_ in left if id_ > before]}
