"""Selection of tiles, as a file manager does it: one, a run, or here and there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class TileSelection:
    """Selection among `count` places. `current` is the one with the keyboard, -1 for none."""

    def __init__(self, count: int = 0) -> None:
        self.current = -1
        self._anchor = -1
        self._chosen = np.zeros(count, bool)

    def __len__(self) -> int:
        return int(self._chosen.sum())

    def __contains__(self, place: int) -> bool:
        return bool(self._chosen[place])

    @property
    def places(self) -> NDArray[np.intp]:
        """(N,) ascending."""
        return np.flatnonzero(self._chosen)

    def only(self, place: int) -> None:
        self._chosen[:] = False
        self._chosen[place] = True
        self.current = self._anchor = place

    def toggle(self, place: int) -> None:
        self._chosen[place] ^= True
        self.current = self._anchor = place

    def run_to(self, place: int) -> None:
        """Everything from where the last choice began to `place`."""
        start = max(self._anchor, 0)
        self._chosen[:] = False
        self._chosen[min(start, place) : max(start, place) + 1] = True
        self.current, self._anchor = place, start

    def all(self) -> None:
        self._chosen[:] = True

    def none(self) -> None:
        self._chosen[:] = False

    def take(self, places: NDArray[np.intp]) -> None:
        """Choose exactly these."""
        self._chosen[:] = False
        self._chosen[places] = True
