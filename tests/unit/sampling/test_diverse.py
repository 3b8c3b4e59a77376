"""Samplers by features: no two of a kind, and what happens where there is nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.domain.batch import Slot
from boxwright.domain.features import ImageFeatures
from boxwright.sampling.features import PoolFeatures
from boxwright.sampling.interleave import with_random_part
from boxwright.sampling.kmeanspp import CELL, NEAR, spread_picks
from boxwright.sampling.protocol import Selection
from boxwright.sampling.samplers import by_name
from boxwright.sampling.view import PoolView, SamplerParams

KINDS = 40


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def near_copies(kinds: int, copies: int, width: int = 32) -> np.ndarray:
    """(kinds * copies, width): image i is of the kind `i % kinds`; copies differ by a thousandth."""
    rng = np.random.default_rng(2)
    rows = np.tile(rng.normal(0, 1, (kinds, width)), (copies, 1))
    return np.asarray(rows + rng.normal(0, 0.001, rows.shape), dtype=np.float32)


def drawn(
    name: str, rows: np.ndarray, size: int, labeled: int = 0, scores: np.ndarray | None = None, share: float = 0.0
) -> Selection:
    """A batch of the images whose rows come first; the last `labeled` rows are of labelled images."""
    count = len(rows) - labeled
    ids = np.arange(len(rows))
    features = PoolFeatures(ImageFeatures(ids, rows), ids[:count], ids[count:])
    scores = np.random.default_rng(1).random(count) if scores is None else scores
    pool = PoolView(ids[:count], scores, np.ones(count, np.int64), features)
    return with_random_part(by_name(name), pool, SamplerParams(size, random_share=share), generator())


def test_a_batch_holds_no_two_near_copies_while_there_is_anything_else() -> None:
    chosen = drawn("uncertainty-diversity", near_copies(KINDS, 10), 20)
    assert len(set((chosen.indices % KINDS).tolist())) == 20
    plain = drawn("uncertainty", near_copies(KINDS, 10), 20)
    assert len(set((plain.indices % KINDS).tolist())) < 20


def test_what_looks_like_a_labelled_image_is_left_out() -> None:
    rows = near_copies(KINDS, 3)
    # The last turn of kinds is labelled but for half of them, so only the other half is new.
    rows = np.concatenate((rows[: 2 * KINDS], rows[2 * KINDS : 2 * KINDS + KINDS // 2]))
    chosen = drawn("uncertainty-diversity", rows, 12, labeled=KINDS // 2)
    assert (chosen.indices % KINDS >= KINDS // 2).all()
    assert chosen.notes == ()


def test_when_only_copies_are_left_they_fill_the_batch_and_it_is_said() -> None:
    chosen = drawn("uncertainty-diversity", near_copies(4, 30), 10)
    assert len(chosen.indices) == 10
    assert chosen.slots == (Slot.UNCERTAIN,) * 10
    assert len(set((chosen.indices % 4).tolist())) == 4
    assert "Only 4 of the 40 most uncertain images are unlike each other" in chosen.notes[0]


def test_what_is_missing_comes_from_beyond_the_shortlist_before_copies_do() -> None:
    """Twelve copies lead, of which one is picked; four others follow, and of the copies none is taken twice."""
    rows = np.concatenate((near_copies(1, 12), near_copies(5, 1)[1:]))
    scores = np.concatenate((np.linspace(0.9, 0.8, 12), [0.4, 0.3, 0.2, 0.1]))
    chosen = drawn("uncertainty-diversity", rows, 3, scores=scores)
    assert chosen.slots == (Slot.UNCERTAIN,) * 3
    assert chosen.indices[1:].tolist() == [12, 13]
    all_of_them = drawn("uncertainty-diversity", rows, 16, scores=scores)
    assert sorted(all_of_them.indices.tolist()) == list(range(16))


def test_one_that_is_missing_is_filled_up_too() -> None:
    chosen = drawn("uncertainty-diversity", near_copies(4, 30), 5)
    assert chosen.slots == (Slot.UNCERTAIN,) * 5
    assert "1 more were taken by their score alone" in str(chosen.notes[0])


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("uncertainty-diversity", "Only 4 unlabelled images have a score and features: 3 more were drawn at random. "
         "Pre-label the rest of the pool to rank it."),
        ("uncertainty", "Only 4 unlabelled images have a score: 3 more were drawn at random. "
         "Pre-label the rest of the pool to rank it."),
    ],
)  # fmt: skip
def test_what_was_drawn_at_random_for_want_of_scores_is_counted(name: str, note: str) -> None:
    scores = np.full(10, np.nan)
    scores[:4] = 0.5
    chosen = drawn(name, np.random.default_rng(0).normal(0, 1, (10, 32)).astype(np.float32), 7, scores=scores)
    assert note in [str(told) for told in chosen.notes]
    assert chosen.slots.count(Slot.RANDOM) == 3


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("uncertainty-diversity", "so the most uncertain of a random 20% of it were taken."),
        ("typiclust", "so the batch was drawn at random."),
    ],
)
def test_what_was_done_without_features_is_said(name: str, note: str) -> None:
    pool = PoolView(np.arange(30), np.linspace(0, 1, 30), np.ones(30, np.int64))
    chosen = by_name(name).select(pool, SamplerParams(4), generator())
    assert str(chosen.notes[0]).endswith(note)


def test_all_come_from_the_shortlist_of_the_most_uncertain() -> None:
    rows = np.random.default_rng(0).normal(0, 1, (600, 32)).astype(np.float32)
    scores = np.random.default_rng(4).random(600)
    chosen = drawn("uncertainty-diversity", rows, 30, scores=scores)
    assert set(chosen.indices.tolist()) <= set(np.argsort(-scores)[:120].tolist())


@pytest.mark.parametrize("name", ["uncertainty-diversity", "hybrid"])
def test_the_random_part_lies_beside_those_that_are_unlike_each_other(name: str) -> None:
    chosen = drawn(name, near_copies(KINDS, 10), 20, share=0.3)
    assert chosen.slots.count(Slot.RANDOM) == 6
    unsure = [i % KINDS for i, slot in zip(chosen.indices.tolist(), chosen.slots) if slot is Slot.UNCERTAIN]
    assert len(set(unsure)) == 14


def test_images_without_features_take_part_only_at_random() -> None:
    rows = np.random.default_rng(0).normal(0, 1, (10, 8)).astype(np.float32)
    features = PoolFeatures(ImageFeatures(np.arange(10), rows), np.arange(30), np.zeros(0, np.int64))
    pool = PoolView(np.arange(30), np.linspace(0, 1, 30), np.ones(30, np.int64), features)
    for name, slot in (("uncertainty-diversity", Slot.UNCERTAIN), ("typiclust", Slot.TYPICAL)):
        chosen = by_name(name).select(pool, SamplerParams(15), generator())
        assert {s for i, s in zip(chosen.indices.tolist(), chosen.slots) if i >= 10} == {Slot.RANDOM}
        assert chosen.slots.count(slot) == 10
        assert "Only 10 unlabelled images" in chosen.notes[0]


def test_the_first_batch_has_one_of_each_kind_before_a_second() -> None:
    rows = np.asarray(near_copies(8, 12) + np.random.default_rng(5).normal(0, 0.05, (96, 32)), dtype=np.float32)
    chosen = drawn("typiclust", rows, 8)
    assert chosen.slots == (Slot.TYPICAL,) * 8
    kinds = len(set((chosen.indices % 8).tolist()))
    random = np.mean([len(set((generator(s).permutation(96)[:8] % 8).tolist())) for s in range(50)])
    assert kinds > random + 1


def test_a_typical_image_lies_in_the_middle_of_its_kind() -> None:
    rng = np.random.default_rng(0)
    spots = rng.normal(0, 1, (2, 16)) * 5
    offsets = rng.normal(0, 1, (80, 16))
    rows = np.asarray(spots[np.arange(80) % 2] + offsets, dtype=np.float32)
    chosen = drawn("typiclust", rows, 2)
    far = np.linalg.norm(offsets, axis=1)
    assert (far[chosen.indices] < np.median(far)).all()


@pytest.mark.parametrize("count", [CELL // 2, 3 * CELL])
def test_cells_or_not_the_wanted_number_is_picked_and_none_is_near_another_of_its_cell(count: int) -> None:
    rows = np.round(np.random.default_rng(0).normal(0, 1, (count, 8)) * 700).astype(np.float32)
    picks = spread_picks(rows, np.ones(count), rows[:0], count // 8, generator())
    assert len(set(picks.tolist())) == count // 8
    if count < CELL:
        apart = ((rows[picks][:, None] - rows[picks]) ** 2).sum(axis=2)
        assert apart[~np.eye(len(picks), dtype=bool)].min() >= NEAR


def test_identical_images_are_picked_once() -> None:
    rows = np.full((50, 8), 700, dtype=np.float32)
    assert len(spread_picks(rows, np.ones(50), rows[:0], 5, generator())) == 1
    assert len(spread_picks(rows, np.ones(50), rows[:1], 5, generator())) == 0
