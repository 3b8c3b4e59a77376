"""Space key with two meanings: tapped it accepts, held it turns the mouse into a hand."""

from __future__ import annotations

from boxwright.ui.look.key_presses import goes_on

_LONGEST_TAP_MS = 500


class SpaceKey:
    """Recogniser of taps and holds.

    Tells a tap from a hold.

    Fed with presses and releases, `time` in milliseconds, 0 where nobody knows; auto-repeat left out as far as Qt
    tells it. A release may still be none: `release` tells a tap that holds unless `press` comes at the same time.
    """

    def __init__(self) -> None:
        self._since: int | None = None
        self._used = False
        self._left: tuple[int, int] | None = None

    @property
    def held(self) -> bool:
        return self._since is not None

    def goes_on(self, time: int) -> bool:
        """Whether a press now is the one before, which was never let go."""
        return self._left is not None and goes_on(self._left[1], time)

    def press(self, time: int) -> None:
        if self._since is not None:
            return
        if self._left is not None and self.goes_on(time):
            self._since = self._left[0]
        else:
            self._since, self._used = time, False

    def use(self) -> None:
        """The mouse was used meanwhile, or the image was not on screen yet, so this is no tap."""
        self._used = True

    def release(self, time: int) -> bool:
        """True when it was a tap: short, and nothing done meanwhile."""
        since, self._since = self._since, None
        self._left = None if since is None else (since, time)
        return since is not None and not self._used and time - since <= _LONGEST_TAP_MS

    def forget(self) -> None:
        """The window lost the keyboard: the release will not come."""
        self._since = self._left = None
