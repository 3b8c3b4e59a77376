"""Order in which a new detector looks at the pool, so that a good next batch can be drawn before it has seen all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.model import Model
from boxwright.sampling.draw_batch import Scoring, scores_of
from boxwright.sampling.scores import meaningful_scores
from boxwright.services.project.project import Project


def most_uncertain_first(project: Project, model: Model, image_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ascending `image_ids` in the order of what the newest other detector with scores was unsure of; images that
    it has not seen come last. As they are when there is no such detector: two detectors are unsure of much the same."""
    for other in reversed(project.models.all()):
        if other.id == model.id:
            continue
        score = meaningful_scores(other.card.kind, len(other.card.classes))[0]
        pool = project.scores.read(other.id, [score])
        if len(pool):
            known = scores_of(image_ids, pool, Scoring(score))
            return image_ids[np.argsort(np.where(np.isnan(known), np.inf, -known), kind="stable")]
    return image_ids
