"""Finds images of the pool by what is known of them, the detector's scores among it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.pool_query import Order, PoolQuery
from boxwright.domain.scores import PoolScores
from boxwright.sampling.aggregate import image_scores
from boxwright.sampling.scores import meaningful_scores
from boxwright.services.project import Project


@dataclass(frozen=True)
class Found:
    """`ids` (N,) int64 in the order asked for; `figures` (N,) float64 beside them, what the order went by, NaN where
    an image has none, or None where the order is no figure. `score`: the name of that figure."""

    ids: NDArray[np.int64]
    figures: NDArray[np.float64] | None = None
    score: str = ""


def find(project: Project, query: PoolQuery, shown: float = 0.25) -> Found:
    """Reads no image and no prediction but those of a class asked for. `shown`: the lowest score, 0..1, of a pre-label
    that counts for a class."""
    ids = project.gallery.ids(query, shown)
    ranked = query.order in (Order.UNCERTAINTY, Order.SCORE)
    if not (ranked or query.by_score):
        return Found(ids)
    model = project.models.active()
    name = "entropy"
    if model is not None:
        name = meaningful_scores(model.card.kind, len(model.card.classes))[0]
    pool = project.scores.read(model.id, [name]) if model else None
    if query.by_score:
        best = _figures(ids, pool, pool.best_raw.astype(np.float64) if pool else None)
        ids = ids[(best >= query.lowest) & (best <= query.highest)]
    if not ranked:
        return Found(ids)
    if query.order is Order.SCORE:
        figures, score = _figures(ids, pool, pool.best_raw.astype(np.float64) if pool else None), "best score"
    else:
        figures, score = _figures(ids, pool, image_scores(pool, name, "max") if pool else None), name.replace("_", " ")
    order = np.argsort(figures if query.backwards else -figures, kind="stable")
    # NaN sorts last both ways.
    return Found(ids[order], figures[order], score)


def _figures(
    ids: NDArray[np.int64], pool: PoolScores | None, values: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """`values` of the pool's images, for `ids`; NaN for those that were not scored."""
    result = np.full(len(ids), np.nan)
    if pool is None or values is None or not len(pool):
        return result
    places = np.minimum(np.searchsorted(pool.image_ids, ids), len(pool) - 1)
    known = pool.image_ids[places] == ids
    result[known] = values[places[known]]
    return result
