"""Defaults of drawing a batch, where nobody says otherwise; the one place that tells them.

Half of a batch are the images that the best rule by evidence picks (see docs/sampling-experiment.md), half are drawn at
random from the rest. `PUBLISHED` is the sampler of the published rule, which ranks by `Scoring()` and has these shares
too.
"""

from __future__ import annotations

SAMPLER = "uncertainty-diversity"
SCORE = "detection_entropy"
AGGREGATE = "mean"
RARE_CLASSES = True
SUBSET = 0.2
RANDOM_SHARE = 0.5

RANDOM = "random"
# Before there is a detector.
UNSEEN = "typiclust"
PUBLISHED = "uncertainty-random"
