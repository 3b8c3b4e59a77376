"""A batch: the images one sampler call chose, in the order to be labelled, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Slot(StrEnum):
    """Why an image is in the batch."""

    UNCERTAIN = "uncertain"
    RANDOM = "random"
    INITIAL = "initial"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """`rank` counts from 0. `score` is the image score the sampler saw, None where it looked at none.
    `prediction_id` is the stored box that decided the score, None where there is none."""

    image_id: int
    rank: int
    slot: Slot
    score: float | None = None
    prediction_id: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """`created` is UTC, ISO 8601. `settings` is what was asked: sampler, score, aggregate, fractions, seed."""

    id: int
    created: str
    model_id: int | None
    settings: dict[str, str | int | float | None]
    items: tuple[BatchItem, ...]
