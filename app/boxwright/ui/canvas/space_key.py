"""Space has two meanings: tapped it accepts, held it turns the mouse into a hand."""

from __future__ import annotations

_LONGEST_TAP_MS = 500


class SpaceKey:
    """Fed with presses and releases, `time` in milliseconds; auto-repeat left out."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._used = False

    @property
    def held(self) -> bool:
        return self._since is not None

    def press(self, time: int) -> None:
        if self._since is None:
            self._since, self._used = time, False

    def use(self) -> None:
        """The mouse was used meanwhile, so this is no tap."""
        self._used = True

    def release(self, time: int) -> bool:
        """True when it was a tap: short, and nothing done meanwhile."""
        since, self._since = self._since, None
        return since is not None and not self._used and time - since <= _LONGEST_TAP_MS

    def forget(self) -> None:
        """The window lost the keyboard: the release will not come."""
        self._since = None
