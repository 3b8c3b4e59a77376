"""Search of the pool for the gallery, by what is known of images, the detector's scores and findings among it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.pool_query import Kind, Order, PoolQuery
from boxwright.sampling.aggregate import image_scores
from boxwright.sampling.scores import meaningful_scores
from boxwright.services.project.project import Project


@dataclass(frozen=True)
class FoundImages:
    """Images that were found.

    `ids` (N,) int64 in the order asked for; `figures` (N,) float64 beside them, what the order went by, NaN where
    an image has none, or None where the order is no figure. `score`: the name of that figure.
    """

    ids: NDArray[np.int64]
    figures: NDArray[np.float64] | None = None
    score: str = ""


def find(project: Project, query: PoolQuery, shown: float = 0.25) -> FoundImages:
    """Reads no image and no prediction but those of a class asked for. `shown`: the lowest score, 0..1, of a pre-label
    that counts for a class."""
    ids = project.gallery.ids(query, shown)
    if query.kind is Kind.DISPUTED:
        ids = ids[np.isin(ids, project.reviews.waiting()[0])]
    if query.by_score:
        # As precise as they are stored, so that a score equals a bound that reads the same.
        best = _best_scores(project).of(ids).astype(np.float32)
        ids = ids[(best >= query.lowest) & (best <= query.highest)]
    ranked = {Order.UNCERTAINTY: _uncertainty, Order.SCORE: _best_scores, Order.DISAGREEMENT: _disagreement}
    if query.order not in ranked:
        return FoundImages(ids)
    known = ranked[query.order](project)
    figures = known.of(ids)
    order = np.argsort(figures if query.backwards else -figures, kind="stable")
    # NaN sorts last both ways.
    return FoundImages(ids[order], figures[order], known.name)


@dataclass(frozen=True)
class _Figures:
    """`values` (N,) of the images `ids` (N,), which ascend."""

    name: str
    ids: NDArray[np.int64]
    values: NDArray[np.float64]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        """NaN for images that have none."""
        result = np.full(len(ids), np.nan)
        if len(self.ids):
            places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
            known = self.ids[places] == ids
            result[known] = self.values[places[known]]
        return result


_NOTHING = np.empty(0, np.int64), np.empty(0)


def _uncertainty(project: Project) -> _Figures:
    model = project.models.active()
    if model is None:
        return _Figures("uncertainty", *_NOTHING)
    name = meaningful_scores(model.card.kind, len(model.card.classes))[0]
    pool = project.scores.read(model.id, [name])
    return _Figures(name.replace("_", " "), pool.image_ids, image_scores(pool, name, "max"))


def _best_scores(project: Project) -> _Figures:
    model = project.models.active()
    if model is None:
        return _Figures("best score", *_NOTHING)
    pool = project.scores.read(model.id, [])
    return _Figures("best score", pool.image_ids, pool.best_raw.astype(np.float64))


def _disagreement(project: Project) -> _Figures:
    ids, weights, _ = project.reviews.waiting()
    order = np.argsort(ids)
    return _Figures("largest disagreement", ids[order], weights[order])
