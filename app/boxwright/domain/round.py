"""Rounds of the ledger: each one a retraining, what it had to learn from and what came of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """Round of the ledger with its figures.

    `created`: UTC, ISO 8601. `images`, `boxes`: labelled in the train split at that time. `ap`, `ap50`, 0..1, and
    `fixes_per_image`: of the new detector on the validation split, None where it could not be measured.
    `edits_per_image`: boxes that a person drew, moved, relabelled or rejected per image labelled since the round
    before, None where none was. `batch_id`: the latest batch then. `activated`: the detector was made active.
    """

    id: int
    created: str
    model_id: int
    model_name: str
    images: int
    boxes: int
    ap: float | None
    ap50: float | None
    fixes_per_image: float | None
    edits_per_image: float | None
    seconds: float
    activated: bool
    batch_id: int | None = None
