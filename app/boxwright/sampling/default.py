"""The rule by which batches are drawn where nobody chose another: the best by evidence, see docs/sampling.md."""

from __future__ import annotations

SAMPLER = "uncertainty-diversity"
SCORE = "detection_entropy"
AGGREGATE = "mean"
RARE_CLASSES = True
