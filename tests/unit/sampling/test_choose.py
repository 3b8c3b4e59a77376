"""From what is known of a pool to a batch, with nothing but arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boxwright.domain.batch import Slot
from boxwright.domain.errors import SettingError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.sampling.draw_batch import Draw, PoolState, Scoring, draw_batch
from boxwright.sampling.protocol import Selection
from boxwright.sampling.samplers import by_name
from boxwright.sampling.view import PoolView, SamplerParams


def scores_of_one_box_each(values: np.ndarray) -> PoolScores:
    """Images 1, 2, … with a box each."""
    count = len(values)
    boxes = values.astype(np.float32)
    return PoolScores(
        np.arange(1, count + 1), np.arange(count + 1), dict.fromkeys(SCORE_NAMES, boxes), np.ones(count, np.float32)
    )


def drawn(sampler: str, known: PoolState, size: int = 5, scoring: Scoring | None = None) -> Draw:
    rng = np.random.Generator(np.random.PCG64(0))
    return draw_batch(by_name(sampler), known, scoring or Scoring(), SamplerParams(size, random_share=0), rng)


class Looks:
    """A sampler that keeps the view it was given."""

    name, summary, needs_scores, needs_features = "looks", "", False, True
    knobs: tuple[str, ...] = ()
    seen: PoolView

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        self.seen = pool
        count = min(knobs.size, len(pool))
        return Selection(np.arange(count), (Slot.RANDOM,) * count)


def test_scores_find_their_images_and_others_have_none() -> None:
    values = np.linspace(0, 1, 10)
    candidates = np.array([2, 5, 10, 77])
    chosen = drawn("uncertainty", PoolState(candidates, scores_of_one_box_each(values)), size=3)
    assert chosen.scores[:3] == pytest.approx(values[[1, 4, 9]])
    assert np.isnan(chosen.scores[3])
    assert candidates[chosen.selection.indices].tolist() == [10, 5, 2]


def test_boxes_of_rare_classes_count_for_more_only_when_it_is_asked_for() -> None:
    """Two boxes of equal doubt, of a class with 0 labelled boxes and of one with 3."""
    scores = replace(scores_of_one_box_each(np.array([0.5, 0.5])), labels=np.array([1, 0], np.int32))
    known = PoolState(np.array([1, 2]), scores, class_boxes=np.array([0, 3]))
    for rare, wanted in ((False, (0.5, 0.5)), (True, (1 / 3, 2 / 3))):
        found = drawn("uncertainty", known, size=1, scoring=Scoring(rare_classes=rare))
        assert found.scores == pytest.approx(wanted, abs=1e-6)
        assert found.scored


def test_a_pool_of_one_scored_image_leaves_the_others_without() -> None:
    sampler = Looks()
    known = PoolState(np.array([1, 2, 3]), scores_of_one_box_each(np.array([0.25])))
    draw_batch(sampler, known, Scoring(), SamplerParams(2), np.random.Generator(np.random.PCG64(0)))
    assert sampler.seen.scores[0] == 0.25 and np.isnan(sampler.seen.scores[1:]).all()
    assert sampler.seen.boxes.tolist() == [1, 0, 0]
    draw_batch(sampler, PoolState(np.arange(3)), Scoring(), SamplerParams(2), np.random.Generator(np.random.PCG64(0)))
    assert sampler.seen.boxes.tolist() == [0, 0, 0]


def test_without_any_score_a_sampler_by_scores_draws_at_random() -> None:
    chosen = drawn("uncertainty", PoolState(np.arange(20)))
    assert not chosen.scored
    assert set(chosen.selection.slots) == {Slot.RANDOM}


def test_features_are_read_only_for_a_sampler_that_looks_at_them() -> None:
    def never() -> ImageFeatures:
        raise AssertionError

    drawn("uncertainty-random", PoolState(np.arange(1, 21), scores_of_one_box_each(np.ones(20)), features=never))


def test_a_view_has_counts_and_features_of_the_images_that_have_them() -> None:
    rows = np.random.default_rng(0).random((4, 8), dtype=np.float32)
    stored = ImageFeatures(np.array([1, 2, 5, 9]), rows)
    known = PoolState(
        np.array([2, 3, 9]), scores_of_one_box_each(np.ones(5)), np.array([1, 4, 5]), features=lambda: stored
    )
    sampler = Looks()
    draw_batch(sampler, known, Scoring(), SamplerParams(2), np.random.Generator(np.random.PCG64(0)))
    assert sampler.seen.boxes.tolist() == [1, 1, 0]
    features = sampler.seen.features
    assert features is not None
    assert features.known.tolist() == [True, False, True]
    assert len(features.labeled()) == 2
    centred = rows[[1, 3]].astype(np.float64) - rows.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    assert features.of(np.array([0, 2])) / 2048 == pytest.approx(unit, abs=1 / 2048)


def test_a_pool_without_features_says_none() -> None:
    sampler = Looks()
    empty = ImageFeatures(np.zeros(0, np.int64), np.zeros((0, 8), np.float16))
    for features in (None, empty):
        known = PoolState(np.arange(3), features=lambda found=features: found)  # type: ignore[misc]
        draw_batch(sampler, known, Scoring(), SamplerParams(2), np.random.Generator(np.random.PCG64(0)))
        assert sampler.seen.features is None


@pytest.mark.parametrize("change", [{"score": "luck"}, {"aggregate": "median"}])
def test_an_unknown_score_or_aggregate_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="choose one of"):
        replace(Scoring(), **change)  # type: ignore[arg-type]
