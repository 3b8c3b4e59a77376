"""What every sampler promises. A plug-in's author adds theirs to `SAMPLERS` and runs this file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.batch import Slot
from boxwright.domain.errors import SettingError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.sampling import default
from boxwright.sampling.aggregate import AGGREGATES, image_scores
from boxwright.sampling.draw_batch import PoolState, Scoring, draw_batch
from boxwright.sampling.drawing import most_uncertain, random_draw, without
from boxwright.sampling.features import PoolFeatures
from boxwright.sampling.interleave import with_random_part
from boxwright.sampling.protocol import Sampler, Selection
from boxwright.sampling.samplers import by_name, samplers
from boxwright.sampling.view import PoolView, SamplerParams


class WithFeatures:
    """The same sampler on a pool whose images have features."""

    def __init__(self, sampler: Sampler) -> None:
        self.sampler = sampler
        self.name, self.summary, self.knobs = f"{sampler.name} by features", sampler.summary, sampler.knobs
        self.needs_scores, self.needs_features = sampler.needs_scores, True

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        count = len(pool)
        rows = np.random.default_rng(3).normal(0, 1, (count + 5, 16)).astype(np.float16)
        ids = np.append(pool.candidates, np.arange(5) + 10_000)
        seen = PoolFeatures(ImageFeatures(ids, rows), pool.candidates, ids[count:])
        return self.sampler.select(PoolView(pool.candidates, pool.scores, pool.boxes, seen), knobs, rng)


SAMPLERS: tuple[Sampler, ...] = (
    *samplers().values(),
    *(WithFeatures(s) for s in samplers().values() if s.needs_features),
)
SCORED = tuple(s for s in SAMPLERS if s.needs_scores)

every = pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: s.name)
every_scored = pytest.mark.parametrize("sampler", SCORED, ids=lambda s: s.name)


def draw(
    sampler: Sampler,
    scores: np.ndarray,
    size: int,
    seed: int = 0,
    subset: float = 0.2,
    random_share: float = 0.5,
) -> Selection:
    candidates = np.arange(len(scores), dtype=np.int64) * 3 + 11
    rng = np.random.Generator(np.random.PCG64(seed))
    boxes = np.isfinite(scores).astype(np.int64)
    return sampler.select(PoolView(candidates, scores, boxes), SamplerParams(size, subset, random_share), rng)


def batch_of(sampler: Sampler, scores: np.ndarray, size: int, seed: int, random_share: float) -> Selection:
    """A whole batch, the random part included."""
    boxes = np.isfinite(scores).astype(np.int64)
    pool = PoolView(np.arange(len(scores), dtype=np.int64) * 3 + 11, scores, boxes)
    return with_random_part(sampler, pool, SamplerParams(size, random_share=random_share), generator(seed))


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def uncertain(chosen: Selection) -> list[int]:
    return [i for i, slot in zip(chosen.indices.tolist(), chosen.slots) if slot is Slot.UNCERTAIN]


def boxes_of(count: int) -> PoolScores:
    """Images with none to six boxes; each score has an order of its own."""
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 7, count)
    boxes = int(counts.sum())
    scores = {name: rng.random(boxes).astype(np.float32) for name in SCORE_NAMES}
    raw = np.full(count, 0.01, np.float32)
    return PoolScores(np.arange(count), np.concatenate(([0], np.cumsum(counts))), scores, raw)


def features_of(count: int, seed: int = 3) -> ImageFeatures:
    return ImageFeatures(np.arange(count), np.random.default_rng(seed).normal(0, 1, (count, 16)).astype(np.float16))


def spread(count: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).random(count)


def test_those_that_the_program_comes_with() -> None:
    assert {"random", "uncertainty", "subset-uncertainty", "uncertainty-random"} <= set(samplers())
    assert {"uncertainty-diversity", "hybrid", "typiclust"} <= set(samplers())
    assert default.SAMPLER == "uncertainty-diversity"
    Scoring(default.SCORE, default.AGGREGATE, default.RARE_CLASSES)
    assert all(s.summary for s in SAMPLERS)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match="uncertainty-random"):
        by_name("coin")


pools = st.tuples(
    st.integers(0, 80),
    st.integers(1, 90),
    st.integers(0, 2**40),
    st.floats(0.01, 1),
    st.floats(0, 1),
    st.integers(0, 100),
)


@every
@given(pool=pools)
def test_size_no_repeats_only_candidates(sampler: Sampler, pool: tuple[int, int, int, float, float, int]) -> None:
    count, size, seed, subset, random_share, unscored = pool
    scores = spread(count, seed % 1000)
    scores[np.random.default_rng(seed).random(count) * 100 < unscored] = np.nan
    chosen = draw(sampler, scores, size, seed, subset, random_share)
    assert len(chosen.indices) == len(chosen.slots) == min(size, count)
    assert len(set(chosen.indices.tolist())) == len(chosen.indices)
    assert all(0 <= i < count for i in chosen.indices.tolist())
    assert set(chosen.slots) <= {Slot.UNCERTAIN, Slot.RANDOM, Slot.TYPICAL}
    assert np.isfinite(scores[uncertain(chosen)]).all()


@every
def test_the_same_seed_gives_the_same_batch_and_another_seed_another(sampler: Sampler) -> None:
    # Ties throughout, so that even plain uncertainty has to choose.
    scores = np.round(spread(400) * 4) / 4
    first = draw(sampler, scores, 40, seed=3)
    again = draw(sampler, scores, 40, seed=3)
    other = draw(sampler, scores, 40, seed=4)
    assert first.indices.tolist() == again.indices.tolist()
    assert first.slots == again.slots
    assert first.indices.tolist() != other.indices.tolist()


@every_scored
def test_uncertain_ones_really_are(sampler: Sampler) -> None:
    """Fails for a sampler that ignores the scores: at random the mean would be one half."""
    scores = spread(1000)
    chosen = draw(sampler, scores, 40)
    assert len(uncertain(chosen)) >= 20
    assert scores[uncertain(chosen)].mean() > 0.8


@every_scored
@pytest.mark.parametrize("score", SCORE_NAMES)
@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_every_score_and_aggregate_serves(sampler: Sampler, score: str, aggregate: str) -> None:
    """The uncertain ones stand high in the order that this score and aggregate make, and no other order."""
    known = PoolState(np.arange(500), boxes_of(500), features=lambda: features_of(500))
    chosen = draw_batch(sampler, known, Scoring(score, aggregate), SamplerParams(30, random_share=0), generator(2))
    assert known.scores is not None
    below = image_scores(known.scores, score, aggregate)
    rank = np.array([(below < value).mean() for value in below[uncertain(chosen.selection)]])
    assert rank.mean() > 0.75


@every_scored
def test_turning_the_scores_round_changes_the_batch(sampler: Sampler) -> None:
    scores = spread(300)
    there = draw(sampler, scores, 30, seed=1)
    back = draw(sampler, 1 - scores, 30, seed=1)
    assert there.indices.tolist() != back.indices.tolist()


@every_scored
def test_uncertain_ones_come_most_uncertain_first(sampler: Sampler) -> None:
    scores = spread(300)
    chosen = draw(sampler, scores, 30)
    values = scores[uncertain(chosen)].tolist()
    assert values == sorted(values, reverse=True)


@every_scored
def test_images_without_any_box_are_ranked_by_the_best_score_that_was_too_low_to_show(sampler: Sampler) -> None:
    best = np.random.default_rng(4).uniform(0, 0.05, 400).astype(np.float32)
    nothing = {name: np.zeros(0, np.float32) for name in SCORE_NAMES}
    pool = PoolScores(np.arange(400), np.zeros(401, np.int64), nothing, best, np.zeros(0, np.int32))
    known = PoolState(np.arange(400), pool, features=lambda: features_of(400))
    chosen = draw_batch(
        sampler, known, Scoring(default.SCORE, default.AGGREGATE), SamplerParams(30, random_share=0), generator(1)
    )
    assert (best[uncertain(chosen.selection)]).mean() > 1.4 * best.mean()


@every_scored
def test_where_all_images_are_equally_doubtful_chance_decides(sampler: Sampler) -> None:
    picked = np.concatenate([uncertain(draw(sampler, np.ones(200), 20, seed)) for seed in range(40)])
    assert len(np.unique(picked)) > 120


@every
def test_a_short_pool_gives_what_is_left(sampler: Sampler) -> None:
    chosen = draw(sampler, spread(7), 20)
    assert sorted(chosen.indices.tolist()) == list(range(7))


@every
def test_an_empty_pool_gives_nothing(sampler: Sampler) -> None:
    assert len(draw(sampler, np.zeros(0), 20).indices) == 0


@every
def test_nothing_scored_gives_no_image_a_slot_of_uncertainty(sampler: Sampler) -> None:
    chosen = draw(sampler, np.full(30, np.nan), 10)
    assert len(chosen.slots) == 10
    assert set(chosen.slots) <= {Slot.RANDOM, Slot.TYPICAL}


@every
@given(count=st.integers(0, 90), size=st.integers(1, 120), percent=st.integers(0, 100), seed=st.integers(0, 2**32))
def test_every_rule_leaves_a_random_part_of_any_share(
    sampler: Sampler, count: int, size: int, percent: int, seed: int
) -> None:
    """The random part is rounded down, but one at least of two or more; `random` has no other part."""
    chosen = batch_of(sampler, spread(count), size, seed, percent / 100)
    drawn = min(size, count)
    part = drawn * percent // 100
    part = max(part, 1) if percent and drawn > 1 else part
    wanted = drawn if sampler.name in ("random", "typiclust") else part
    assert len(set(chosen.indices.tolist())) == len(chosen.slots) == drawn
    if sampler.name == "typiclust":
        # Without features all of it is random.
        assert chosen.slots.count(Slot.RANDOM) >= part
    else:
        assert chosen.slots.count(Slot.RANDOM) == wanted


@every
def test_the_random_part_of_every_rule_is_random_and_comes_from_the_rest(sampler: Sampler) -> None:
    scores = spread(300)
    counts = np.zeros(300, dtype=int)
    for seed in range(60):
        chosen = batch_of(sampler, scores, 20, seed, 0.5)
        picks = [i for i, slot in zip(chosen.indices.tolist(), chosen.slots) if slot is Slot.RANDOM]
        counts[picks] += 1
        assert not set(picks) & set(uncertain(chosen))
    # Of 600 images drawn: any rule but chance would come back to the same ones, or to one end of the scores.
    assert counts.max() < 12
    low = counts[scores < np.median(scores)].sum()
    assert low > 0.4 * counts.sum()


@every
def test_both_parts_of_every_rule_are_spread_evenly(sampler: Sampler) -> None:
    chosen = batch_of(sampler, spread(400), 40, 0, 0.5)
    if set(chosen.slots) == {Slot.RANDOM}:
        return
    for start in range(0, 40, 10):
        assert chosen.slots[start : start + 10].count(Slot.RANDOM) == 5


def test_the_published_rule_is_half_the_most_uncertain_of_a_random_fifth_and_half_at_random() -> None:
    scores = spread(500)
    rng = generator(11)
    fifth = random_draw(np.arange(500), 100, rng)
    top = most_uncertain(fifth, scores, 20, rng)
    rest = random_draw(without(np.arange(500), top, 500), 20, rng)
    chosen = batch_of(by_name("uncertainty-random"), scores, 40, 11, default.RANDOM_SHARE)
    assert chosen.indices.tolist() == [i for pair in zip(top.tolist(), rest.tolist()) for i in pair]
    assert chosen.slots == (Slot.UNCERTAIN, Slot.RANDOM) * 20


class MixesItself:
    """As samplers of others did that were written when each drew its own random part."""

    name, summary, needs_scores, needs_features = "own", "", False, False
    knobs: tuple[str, ...] = ("random_share",)

    def select(self, pool: PoolView, knobs: SamplerParams, rng: np.random.Generator) -> Selection:
        return Selection(np.arange(knobs.size), (Slot.CHOSEN,) * knobs.size)


def test_a_sampler_that_draws_its_own_random_part_is_asked_for_the_whole_batch() -> None:
    assert batch_of(MixesItself(), spread(30), 10, 0, 0.5).slots == (Slot.CHOSEN,) * 10


def test_plain_uncertainty_is_the_top_of_the_whole_pool() -> None:
    scores = spread(500)
    chosen = draw(by_name("uncertainty"), scores, 25)
    assert set(chosen.indices.tolist()) == set(np.argsort(-scores)[:25].tolist())


def test_a_subset_holds_back_most_of_the_top() -> None:
    """Inside a random fifth only about a fifth of the pool's top can be found."""
    scores = spread(1000)
    top = set(np.argsort(-scores)[:50].tolist())
    chosen = draw(by_name("subset-uncertainty"), scores, 50)
    assert set(chosen.slots) == {Slot.UNCERTAIN}
    assert 0 < len(top & set(chosen.indices.tolist())) < 25
    assert set(draw(by_name("subset-uncertainty"), scores, 50, subset=1.0).indices.tolist()) == top


def test_a_subset_that_is_too_small_is_said_and_filled_with_the_next_most_uncertain() -> None:
    scores = spread(50)
    chosen = draw(by_name("subset-uncertainty"), scores, 20, subset=0.2)
    assert chosen.slots == (Slot.UNCERTAIN,) * 20
    (note,) = chosen.notes
    assert "20%" in note
    assert "10 more" in note
    ten_outside = set(np.argsort(-scores)[:10].tolist())
    assert len(ten_outside & set(chosen.indices.tolist())) == 10


def test_unscored_images_take_part_only_at_random_and_it_is_said() -> None:
    scores = spread(100)
    scores[10:] = np.nan
    chosen = draw(by_name("uncertainty"), scores, 30)
    assert chosen.slots.count(Slot.UNCERTAIN) == 10
    assert chosen.slots.count(Slot.RANDOM) == 20
    assert "Only 10 unlabelled images have a score" in " ".join(chosen.notes)


@pytest.mark.parametrize("name", ["uncertainty-diversity", "hybrid", "typiclust"])
def test_a_pool_without_features_is_said(name: str) -> None:
    assert "no features" in draw(by_name(name), spread(100), 10).notes[0]
