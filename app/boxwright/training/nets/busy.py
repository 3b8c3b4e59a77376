"""Share of the processor that a training gets beside the other programs of a machine."""

from __future__ import annotations

import time

# Looked at over so many seconds; below this share of what was asked for, a person is told.
_SPAN, _STARVED = 10.0, 0.5


class ProcessorShare:
    """Processor time of this process over that of the cores it may use, in the last stretch of time that is over.

    A training runs at the lowest priority, so other programs go first and it seems to stand still.
    """

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._began, self._worked = time.monotonic(), time.process_time()
        self._share = 1.0

    def starved(self) -> float | None:
        """The share, 0..1, where other programs leave less than half; None where there is nothing to tell."""
        passed = time.monotonic() - self._began
        if passed >= _SPAN:
            worked = time.process_time()
            self._share = (worked - self._worked) / (passed * self._cores)
            self._began, self._worked = time.monotonic(), worked
        return self._share if self._share < _STARVED else None
