"""Class weights: boxes of classes that few were labelled of count for more, so that a batch brings more of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def class_weights(boxes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(C,) float64 weights > 0 from the (C,) counts of boxes labelled so far: the square root of `(n + C) / (n_c + 1)`,
    divided by the mean of these, so that they average to 1. Equal counts, and a single class, weigh 1.

    The inverse frequency, smoothed for a class that has no box yet, is that of Brust, Käding and Denzler, "Active
    Learning for Deep Object Detection" (VISAPP 2019). Its root is taken as in the repeat factors of Gupta, Dollár and
    Girshick, "LVIS" (CVPR 2019): a class with a hundredth of the boxes then weighs ten times as much, not a hundred
    times, which would put each of its junk boxes before any doubt about another class. Rounded, so that sums of these
    weights are the same on any machine.
    """
    if not len(boxes):
        return np.zeros(0)
    inverse = np.sqrt((boxes.sum() + len(boxes)) / (boxes + 1.0))
    return np.asarray(np.round(inverse / inverse.mean(), 6), dtype=np.float64)
