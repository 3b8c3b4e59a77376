"""Batches: the images of one draw, in the order to be labelled, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from boxwright.domain.messages import Message, from_text


class Slot(StrEnum):
    """Why an image is in the batch."""

    UNCERTAIN = "uncertain"
    TYPICAL = "typical"
    RANDOM = "random"
    INITIAL = "initial"
    CHOSEN = "chosen"
    """Put there by a person."""


class BatchItem(NamedTuple):
    """Image of a batch with its place and reason.

    A tuple, because a batch can have a hundred thousand of them. `rank` counts from 0. `score` is the image's score
    when the batch was drawn, None where it had none. `prediction_id` is the stored box that decided the score, None
    where there is none.
    """

    image_id: int
    rank: int
    slot: Slot
    score: float | None = None
    prediction_id: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Images of one draw, in the order to be labelled.

    `id` 0: nothing was left to draw, so it was not stored. `created` is UTC, ISO 8601. `settings` is what was
    asked: sampler, score, aggregate, fractions, seed; "notes" says, a sentence a line as
    `to_text` gives it, what came out differently.
    """

    id: int
    created: str
    model_id: int | None
    settings: dict[str, str | int | float | None]
    items: tuple[BatchItem, ...]

    @property
    def notes(self) -> tuple[Message, ...]:
        """What a person should know about this draw: a short pool, a score that could not serve."""
        return tuple(map(from_text, str(self.settings.get("notes") or "").splitlines()))
