"""Costs of three ways of working: retrain once, or every round with random or with picked batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from boxwright.simulate.arms import RANDOM
from boxwright.simulate.effort import Work
from boxwright.simulate.plan import Cell


def workflow_costs(runs: Mapping[str, Mapping[int, Sequence[Cell]]]) -> list[dict[str, Any]]:
    """One entry for `once`, for `random` rounds and for each arm that samples, means over seeds. `left`: boxes to fix
    per image on the images that are not labelled at the end; `whole`: to label the whole pool that way, what was
    labelled from scratch or on pre-labels along the way included; `hours` for that, as people were timed."""
    told = []
    if RANDOM in runs:
        told.append(_way("once", RANDOM, [(run[0].work, run[0]) for run in runs[RANDOM].values()]))
    for arm, seeds in runs.items():
        told.append(_way("random" if arm == RANDOM else "sampled", arm, [(r[-1].work, r[-1]) for r in seeds.values()]))
    return told


def _way(way: str, arm: str, ends: Sequence[tuple[Work, Cell]]) -> dict[str, Any]:
    """`once` lets its only detector help with all that is left, so its end is the first round."""
    whole = [work + cell.left_work for work, cell in ends]
    pool = [cell.images + cell.left for _, cell in ends]
    return {
        "way": way,
        "arm": arm,
        "left": float(np.mean([cell.left_work.edits / max(1, cell.left) for _, cell in ends])),
        "whole": float(np.mean([work.edits / count for work, count in zip(whole, pool)])),
        "hours": float(np.mean([work.seconds / 3600 for work in whole])),
    }
