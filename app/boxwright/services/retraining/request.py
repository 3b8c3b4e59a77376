"""Request for a retraining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from boxwright.domain.errors import SettingError
from boxwright.training.protocol import Effort

SHORTEST = 30.0


@dataclass(frozen=True)
class RetrainRequest:
    """Request for a retraining.

    `trainer`: None takes `default_trainer`. `base_model_id`: None takes the active detector; a trainer that needs no
    base does not look at it. `seconds`: the training plans for this time on this machine, in place of what `effort` and
    `epochs` say; None for what these say. `threads`: 0 takes all cores. `time_limit`: seconds after which the training
    is given up, None for none. `begun`: begun images are learnt from and measured on as if they were labelled. The
    others are `TrainSettings`' own; `options` are JSON values. Raises SettingError for a number out of its range.
    """

    trainer: str | None = None
    base_model_id: int | None = None
    effort: Effort = Effort.QUICK
    epochs: int | None = None
    size: int | None = None
    seed: int = 0
    device: str = "auto"
    threads: int = 0
    seconds: float | None = None
    time_limit: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    begun: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**31:
            raise SettingError("The seed must be a whole number from 0 to 2147483647.")
        if self.threads < 0:
            raise SettingError("The number of threads must be 0, for all cores, or more.")
        if self.seconds is not None and not self.seconds >= SHORTEST:
            raise SettingError("A training needs half a minute at least.")
        if self.time_limit is not None and not self.time_limit > 0:
            raise SettingError("The time limit must be longer than nothing.")

    def to_json(self) -> dict[str, Any]:
        """JSON types; `from_json` reads it back."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> RetrainRequest:
        return RetrainRequest(**{**data, "effort": Effort(data["effort"])})
