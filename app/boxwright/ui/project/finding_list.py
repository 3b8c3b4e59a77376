"""Findings of a whole pool as one list: what is open, what is on screen, and which one comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from boxwright.domain.finding import Disagreement, Finding, OpenFindings

KINDS = (
    Disagreement.MISSING, Disagreement.NAMED, Disagreement.MISPLACED, Disagreement.EXTRA, Disagreement.IMPORTED,
)  # fmt: skip
_AT_ONCE = 4096


class FindingList:
    """List of findings, the largest disagreement first, as it was when this was read. Nothing here walks through the
    whole list but `filter`: a decision costs the same in a pool of any size.

    ids: (N,) int64 of findings; images: (N,) int64 of their images; kinds: (N,) int8, places in `KINDS`; weights: (N,)
    float64, 0..1; open: (N,) bool, not decided yet. `rows`: those on screen, ascending; what is decided stays in sight
    until `filter` is called again.
    """

    def __init__(self, found: OpenFindings) -> None:
        self.ids, self.images, self.weights = found.ids, found.images, found.weights
        codes = {str(kind): place for place, kind in enumerate(KINDS)}
        self.kinds = np.array([codes[kind] for kind in found.kinds], np.int8)
        self.open = np.ones(len(found.ids), bool)
        self.kind: Disagreement | None = None
        self.rows = np.arange(len(self))
        self._by_image = np.argsort(self.images, kind="stable")
        self._sorted = self.images[self._by_image]
        self._counts = np.bincount(self.kinds, minlength=len(KINDS))

    def __len__(self) -> int:
        return len(self.ids)

    def filter(self, kind: Disagreement | None) -> None:
        """Let only open findings of `kind` through, None: of every kind."""
        self.kind = kind
        shown = self.open if kind is None else self.open & (self.kinds == KINDS.index(kind))
        self.rows = np.flatnonzero(shown)

    def count(self, kind: Disagreement | None = None) -> int:
        """How many are open, of one kind or of all."""
        return int(self._counts.sum() if kind is None else self._counts[KINDS.index(kind)])

    def rows_of(self, image_id: int) -> list[int]:
        """Of one image, ascending, on screen or not."""
        first, last = np.searchsorted(self._sorted, [image_id, image_id + 1])
        return sorted(self._by_image[first:last].tolist())

    def row_of(self, image_id: int, finding_id: int) -> int | None:
        return next((row for row in self.rows_of(image_id) if self.ids[row] == finding_id), None)

    def place_of(self, row: int) -> int | None:
        """Where a row stands among those on screen."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self.rows) and self.rows[place] == row else None

    def revise(self, image_id: int, now: Iterable[Finding]) -> list[int]:
        """The open findings of an image are `now`; the rows that changed. Those the list does not have are left out."""
        present = {f.id: f for f in now}
        changed = []
        for row in self.rows_of(image_id):
            finding = present.get(int(self.ids[row]))
            is_open, kind = finding is not None, int(self.kinds[row])
            after = KINDS.index(finding.kind) if finding is not None else kind
            if is_open == self.open[row] and after == kind:
                continue
            self._counts[kind] -= self.open[row]
            self.open[row], self.kinds[row] = is_open, after
            self._counts[after] += is_open
            changed.append(row)
        return changed

    def next_open(self, after: int, by: int) -> int | None:
        """The next open row on screen below (`by` 1) or above (-1) the row `after`, which need not be on screen; None
        beyond either end."""
        place = int(np.searchsorted(self.rows, after))
        there = place < len(self.rows) and self.rows[place] == after
        place += by if there or by < 0 else 0
        while 0 <= place < len(self.rows):
            chosen = (
                self.rows[place : place + _AT_ONCE] if by > 0 else self.rows[max(0, place + 1 - _AT_ONCE) : place + 1]
            )
            found = np.flatnonzero(self.open[chosen])
            if len(found):
                return int(chosen[found[0] if by > 0 else found[-1]])
            place += by * _AT_ONCE
        return None

    def coming(self, after: int, many: int) -> Sequence[int]:
        """The images of the next open rows, each once, at most `many`."""
        images: dict[int, None] = {}
        row: int | None = after
        for _ in range(8 * many):
            row = self.next_open(row, 1) if row is not None else None
            if row is None or len(images) == many:
                break
            images[int(self.images[row])] = None
        return list(images)
