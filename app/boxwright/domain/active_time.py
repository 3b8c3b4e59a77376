"""Active time: the seconds somebody really worked, with pauses left out."""

from __future__ import annotations

PAUSE_SECONDS = 30.0
"""Whoever touches neither mouse nor keyboard for longer than this is elsewhere, and none of that time is work."""


class ActiveTime:
    """Sum of the time between signs of life, each given as seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._last: float | None = None

    def touch(self, now: float) -> None:
        if self._last is not None and now - self._last <= PAUSE_SECONDS:
            self._seconds += now - self._last
        self._last = now

    def begin(self, now: float) -> None:
        """Work on another thing begins; what was counted is forgotten."""
        self._seconds, self._last = 0.0, now

    def end(self, now: float) -> float:
        """The seconds since `begin`; 0 when nothing has begun. Nothing is counted until the next `begin`."""
        if self._last is None:
            return 0.0
        self.touch(now)
        seconds, self._seconds, self._last = self._seconds, 0.0, None
        return seconds
