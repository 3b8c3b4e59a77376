from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.model import Model
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.store import scores as module
from boxwright.store.connection import Store
from boxwright.store.scores import ScoreRepository

Known = dict[int, tuple[float, list[float]]]


def pool_scores(known: Known) -> PoolScores:
    """`known`: image id -> (best raw score, scores of its boxes); each kind of score differs by a power of two."""
    ids = sorted(known)
    boxes = np.array([v for i in ids for v in known[i][1]], np.float32)
    counts = [len(known[i][1]) for i in ids]
    return PoolScores(
        np.array(ids, np.int64),
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        {name: boxes / 2**n for n, name in enumerate(SCORE_NAMES)},
        np.array([known[i][0] for i in ids], np.float32),
        np.round(boxes * 7).astype(np.int32),
    )


def check_equal(found: PoolScores, known: Known) -> None:
    wanted = pool_scores(known)
    np.testing.assert_array_equal(found.image_ids, wanted.image_ids)
    np.testing.assert_array_equal(found.offsets, wanted.offsets)
    np.testing.assert_array_equal(found.best_raw, wanted.best_raw)
    assert tuple(found.box_scores) == SCORE_NAMES
    np.testing.assert_array_equal(found.labels, wanted.labels)
    for name in SCORE_NAMES:
        np.testing.assert_array_equal(found.box_scores[name], wanted.box_scores[name])
    assert (found.image_ids.dtype, found.offsets.dtype) == (np.int64, np.int64)


shares = st.floats(0, 1, width=32)
blocks = st.lists(
    st.dictionaries(st.integers(1, 30), st.tuples(shares, st.lists(shares, max_size=4)), max_size=10), max_size=6
)


@given(appended=blocks, forgotten=st.lists(st.integers(1, 30), max_size=5))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_later_appends_win_and_compacting_changes_nothing(
    pool: Store, model: Model, monkeypatch: pytest.MonkeyPatch, appended: list[Known], forgotten: list[int]
) -> None:
    monkeypatch.setattr(module, "BLOCK_IMAGES", 4)
    scores = ScoreRepository(pool)
    with pool.transaction():
        pool.write("DELETE FROM score_block")
    known: Known = {}
    for block in appended:
        scores.append(model.id, pool_scores(block))
        known |= block
        check_equal(scores.read(model.id, labels=True), known)
    scores.compact(model.id)
    check_equal(scores.read(model.id, labels=True), known)
    assert pool.value("SELECT count(*) FROM score_block") == -(-len(known) // 4)
    scores.forget(forgotten)
    check_equal(scores.read(model.id, labels=True), {i: v for i, v in known.items() if i not in forgotten})


def test_only_the_scores_asked_for_are_read(pool: Store, model: Model) -> None:
    scores = ScoreRepository(pool)
    scores.append(model.id, pool_scores({3: (0.9, [0.25, 0.5])}))
    found = scores.read(model.id, ["margin"])
    assert list(found.box_scores) == ["margin"]
    assert found.box_scores["margin"].tolist() == [0.0625, 0.125]


def test_models_do_not_share_scores(pool: Store, model: Model) -> None:
    scores = ScoreRepository(pool)
    scores.append(model.id, pool_scores({3: (0.9, [0.25])}))
    assert len(scores.read(model.id + 1)) == 0
    assert scores.read(model.id + 1).offsets.tolist() == [0]


def test_classes_that_an_older_version_did_not_store_are_not_known(pool: Store, model: Model) -> None:
    scores = ScoreRepository(pool)
    scores.append(model.id, replace(pool_scores({3: (0.9, [0.25, 0.5])}), labels=None))
    scores.append(model.id, pool_scores({4: (0.9, [1.0])}))
    found = scores.read(model.id, labels=True)
    assert found.labels is not None
    assert found.labels.tolist() == [-1, -1, 7]
    assert scores.read(model.id).labels is None
