"""Drawing of the next batch from what is known of a pool: pure, for a project's pool and for one in memory alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import SettingError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.scores import EVERY_SCORE, PoolScores
from boxwright.sampling.aggregate import AGGREGATES, image_scores
from boxwright.sampling.class_weights import class_weights
from boxwright.sampling.features import PoolFeatures
from boxwright.sampling.interleave import with_random_part
from boxwright.sampling.protocol import Sampler, Selection
from boxwright.sampling.samplers import by_name
from boxwright.sampling.view import PoolView, SamplerParams


@dataclass(frozen=True)
class Scoring:
    """Rule that scores images: the score of a box, and how those of an image become one; as the published rule does
    it unless told. `rare_classes`: boxes of classes that few were labelled of count for more. Raises `SettingError` on
    an unknown name."""

    score: str = "entropy"
    aggregate: str = "max"
    rare_classes: bool = False

    def __post_init__(self) -> None:
        if self.score not in EVERY_SCORE:
            raise SettingError("There is no score '{0}'; choose one of {1}.", self.score, ", ".join(EVERY_SCORE))
        if self.aggregate not in AGGREGATES:
            raise SettingError("There is no aggregate '{0}'; choose one of {1}.", self.aggregate, ", ".join(AGGREGATES))


def _no_ids() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class PoolState:
    """State of a pool from which a batch is drawn.

    candidates: (N,) int64 ids of the images to choose from, ascending. scores: of these and any other images, with the
    box scores that the scoring names; None before a detector has run. labeled: (M,) int64 ids of the images labelled so
    far, which a sampler by features keeps away from. class_boxes: (C,) int64, boxes labelled so far of each of the
    detector's classes, by which rare ones are told. features: called once, and only for a sampler that needs them.
    """

    candidates: NDArray[np.int64]
    scores: PoolScores | None = None
    labeled: NDArray[np.int64] = field(default_factory=_no_ids)
    class_boxes: NDArray[np.int64] = field(default_factory=_no_ids)
    features: Callable[[], ImageFeatures | None] = lambda: None


@dataclass(frozen=True)
class Draw:
    """Images that were drawn, and the scores they were ranked by.

    selection: of the candidates, by index. scores: (N,) float64 of the candidates, NaN where there is none.
    scored: whether any candidate has a score; without one a sampler by scores was replaced by `random`.
    """

    selection: Selection
    scores: NDArray[np.float64]
    scored: bool


def draw_batch(
    sampler: Sampler, known: PoolState, scoring: Scoring, knobs: SamplerParams, rng: np.random.Generator
) -> Draw:  # fmt: skip
    """Draw a batch: part of it by the sampler, the random share from the rest. The same arguments give the same one on
    any machine.

    Raises `SettingError` when a plug-in does not choose as a sampler has to.
    """
    pool = _view(known, scoring)
    scored = bool(np.isfinite(pool.scores).any())
    if sampler.needs_scores and not scored:
        sampler = by_name("random")
    if sampler.needs_features and (stored := known.features()) is not None and len(stored):
        features = PoolFeatures(stored, known.candidates, known.labeled)
        pool = PoolView(pool.candidates, pool.scores, pool.boxes, features)
    selection = with_random_part(sampler, pool, knobs, rng)
    return Draw(selection, pool.scores, scored)


def scores_of(candidates: NDArray[np.int64], scores: PoolScores | None, scoring: Scoring) -> NDArray[np.float64]:
    """Image scores (N,) float64 for the ascending ids `candidates`, NaN where none is stored."""
    return _view(PoolState(candidates, scores), scoring).scores


def _view(known: PoolState, scoring: Scoring) -> PoolView:
    candidates, scores = known.candidates, known.scores
    if scores is None or not len(scores):
        return PoolView(candidates, np.full(len(candidates), np.nan), np.zeros(len(candidates), dtype=np.int64))
    weights = class_weights(known.class_boxes) if scoring.rare_classes else None
    values = image_scores(scores, scoring.score, scoring.aggregate, weights)
    places = np.searchsorted(scores.image_ids, candidates)
    places[places == len(scores)] = 0
    has = scores.image_ids[places] == candidates
    boxes = np.where(has, np.diff(scores.offsets)[places], 0)
    return PoolView(candidates, np.where(has, values[places], np.nan), boxes)
