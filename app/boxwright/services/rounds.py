"""The ledger: one row for each round, oldest first."""

from __future__ import annotations

import numpy as np

from boxwright.domain.round import Round
from boxwright.evaluation.learning_curve import CurveFit, fit_curve
from boxwright.services.project import Project
from boxwright.services.schedule import schedule_of, step_size

__all__ = ["Round", "curve", "rounds"]


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
