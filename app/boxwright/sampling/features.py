"""Pool embeddings as samplers compare them: directions from the pool's centre.

In whole numbers, so that every machine finds the same distances.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.features import ImageFeatures

Rows = NDArray[np.float32]

# Length of a row. The products of two such rows, and any sum of part of them, stay below 2**24, up to which float32
# holds every whole number: a matrix product is exact in whatever order a library adds it up.
LENGTH = 2048
_CHUNK = 4096


class PoolFeatures:
    """Embeddings of N candidates and of M labelled images among the stored ones; read only where they are asked for."""

    def __init__(self, stored: ImageFeatures, candidates: NDArray[np.int64], labeled: NDArray[np.int64]) -> None:
        """`candidates`, `labeled`: ids of images, any of which may have no row."""
        self._stored = stored
        self._places, self.known = _places(stored.image_ids, candidates)
        """known: (N,) bool, which candidates have a row."""
        places, has = _places(stored.image_ids, labeled)
        self._labeled = places[has]

    def of(self, indices: NDArray[np.int64]) -> Rows:
        """(K,D) float32 rows of candidates that are `known`, by index: whole numbers, of length `LENGTH` but for their
        rounding. A row that lies in the centre is 0."""
        return self._directions(self._places[indices])

    def labeled(self) -> Rows:
        """(L,D) float32 rows, as those of `of`, of the labelled images that have one."""
        return self._directions(self._labeled)

    @cached_property
    def _centre(self) -> NDArray[np.float64]:
        total = np.zeros(self._stored.rows.shape[1])
        for start in range(0, len(self._stored), _CHUNK):
            total += self._stored.rows[start : start + _CHUNK].sum(axis=0, dtype=np.float64)
        return total / max(1, len(self._stored))

    def _directions(self, places: NDArray[np.intp]) -> Rows:
        result = np.empty((len(places), self._stored.rows.shape[1]), dtype=np.float32)
        for start in range(0, len(places), _CHUNK):
            rows = self._stored.rows[places[start : start + _CHUNK]] - self._centre
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
            scaled = np.divide(rows * LENGTH, lengths, out=np.zeros_like(rows), where=lengths > 1e-9)
            result[start : start + _CHUNK] = np.round(scaled)
        return result


def _places(stored: NDArray[np.int64], ids: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each id stands in ascending `stored`, and whether it does."""
    places = np.searchsorted(stored, ids)
    places[places == len(stored)] = 0
    known = stored[places] == ids if len(stored) else np.zeros(len(ids), dtype=bool)
    return places, known
