"""Throttle of lines for a log that a person reads."""

from __future__ import annotations

import time
from collections.abc import Callable

from boxwright.training.protocol import LogLine

# A program that floods its output must not keep the window busy with it.
LINES_PER_SECOND = 50


class LineThrottle:
    """Throttle of log lines: tells at most `LINES_PER_SECOND` in each second, and first in the next how many were left
    out. One that follows another lets everything through."""

    def __init__(self, tell: Callable[[LogLine], None]) -> None:
        self._tell = tell
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def __call__(self, line: LogLine) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
            self.end()
        if self._lines < LINES_PER_SECOND:
            self._say(line)
        else:
            self._left_out += 1

    def end(self) -> None:
        """After the last line: tell what was left out since."""
        if self._left_out:
            self._say(LogLine(f"({self._left_out:,} lines left out)"))
            self._left_out = 0

    def _say(self, line: LogLine) -> None:
        self._lines += 1
        self._tell(line)
