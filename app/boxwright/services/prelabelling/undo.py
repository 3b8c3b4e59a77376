"""Undoing of a new look at chosen images: what the detector had said before comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.scores import PoolScores
from boxwright.services.project.project import Project


@dataclass(frozen=True, eq=False)
class ReplacedPredictions:
    """Predictions and scores that a run of `model_id` replaces: pre-labels lie in the pool under the number `run`,
    scores here."""

    run: int
    model_id: int
    before: PoolScores


def begin_replacing(project: Project, model_id: int, image_ids: Sequence[int]) -> ReplacedPredictions:
    """Before the first pre-label of the run is stored. Raises ReadOnlyProject."""
    return ReplacedPredictions(project.replaced_predictions.begin(), model_id, project.scores.of(model_id, image_ids))


def put_back(project: Project, replaced: ReplacedPredictions) -> int:
    """The images have again what they had before the run; how many. One that a person has touched meanwhile keeps what
    it has. Raises ReadOnlyProject."""
    with project.transaction():
        ids = project.replaced_predictions.take_back(replaced.run, replaced.model_id)
        if ids:
            project.scores.put_back(replaced.model_id, ids, replaced.before)
    return len(ids)
