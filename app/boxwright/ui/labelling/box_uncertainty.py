"""Uncertainty of pre-labels on screen, the most uncertain first."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from boxwright.domain.prediction import Prediction, ProbKind
from boxwright.sampling.scores import box_scores, meaningful_scores


def uncertainties(predictions: Collection[Prediction]) -> dict[int, float]:
    """Prediction id -> uncertainty, 0..1. Entropy over the classes; where that says nothing (one class, or only the
    top score is known) the binary entropy of the box being there at all."""
    result: dict[int, float] = {}
    groups: dict[tuple[ProbKind, int], list[Prediction]] = {}
    for prediction in predictions:
        groups.setdefault((prediction.kind, len(prediction.probs)), []).append(prediction)
    for (kind, columns), group in groups.items():
        scores = box_scores(np.stack([p.probs for p in group]), kind)
        meaningful = meaningful_scores(kind, columns - (kind is ProbKind.SOFTMAX))
        name = "entropy" if "entropy" in meaningful else "detection_entropy"
        result.update(zip((p.id for p in group), scores[name].tolist()))
    return result
