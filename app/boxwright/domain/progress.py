"""Progress and cancelling of long work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boxwright.domain.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is.

    `done` of `total` units; `total` 0 while it is not known. `per_second` 0 while it cannot be told.
    """

    done: int
    total: int
    what: str = ""
    per_second: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        if self.per_second <= 0 or self.total <= 0:
            return None
        return max(0, self.total - self.done) / self.per_second


Report = Callable[[Progress], None]
"""Is told how far long work is."""

ShouldStop = Callable[[], bool]
"""True from the moment when the person asks to stop; long work asks it often."""


def ignore(_: object) -> None:
    """A `Report`, of progress or of anything else, for callers that show nothing."""


def never() -> bool:
    """A `ShouldStop` for callers that cannot cancel."""
    return False


def check(should_stop: ShouldStop) -> None:
    """Raise `Cancelled` when the person asked to stop."""
    if should_stop():
        raise Cancelled("Stopped; what was finished before is kept.")
