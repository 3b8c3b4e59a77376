"""Findings of a review: where a detector and a person's boxes disagree on an image that was labelled before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Disagreement(StrEnum):
    """Kind of a finding.

    `MISSING`: the detector sees something where the person has no box. `EXTRA`: a person's box that the detector
    does not see. `MISPLACED`: a pair of one class that overlaps badly. `NAMED`: a pair of two classes. `IMPORTED`: a
    box of a dataset where the person has none. `NONE`: they agree, as long as nobody changes a box.
    """

    MISSING = "missing"
    EXTRA = "extra"
    MISPLACED = "misplaced"
    NAMED = "named"
    IMPORTED = "imported"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement on an image.

    `weight`: how much they disagree, 0..1. `prediction_id`: the detector's box, None for a person's that
    it does not see. `uid`: the person's, None for `MISSING` and `IMPORTED`.
    """

    id: int
    kind: Disagreement
    weight: float
    prediction_id: int | None
    uid: str | None


@dataclass(frozen=True)
class OpenFindings:
    """Undecided findings of a whole pool, the largest disagreement first. ids: (N,) int64, as `Finding.id`; images:
    (N,) int64; kinds: N words of `Disagreement`; weights: (N,) float64, 0..1."""

    ids: NDArray[np.int64]
    images: NDArray[np.int64]
    kinds: tuple[str, ...]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """Finding in the words of a list row.

    Names for the row of a list. `path`: of the image. `seen`: the detector's class, `own`: the person's, each empty
    where there is none.
    """

    path: str
    seen: str
    own: str
