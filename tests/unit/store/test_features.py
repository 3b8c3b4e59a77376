from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.features import ImageFeatures
from boxwright.domain.model import Model
from boxwright.store import features as module
from boxwright.store.connection import Store
from boxwright.store.features import FeatureRepository

Known = dict[int, int]


def features(known: Known) -> ImageFeatures:
    """`known`: image id -> what its row of three begins with."""
    ids = sorted(known)
    return ImageFeatures(np.array(ids, np.int64), np.array([[known[i], 1, i] for i in ids], np.float16).reshape(-1, 3))


def check_equal(found: ImageFeatures, known: Known) -> None:
    assert found.image_ids.tolist() == sorted(known)
    assert found.rows.tolist() == (features(known).rows.tolist() if known else [])
    assert found.rows.dtype == np.float16


blocks = st.lists(st.dictionaries(st.integers(1, 30), st.integers(0, 100), max_size=10), max_size=6)


@given(appended=blocks, forgotten=st.lists(st.integers(1, 30), max_size=5))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_later_appends_win_and_compacting_changes_nothing(
    pool: Store, model: Model, monkeypatch: pytest.MonkeyPatch, appended: list[Known], forgotten: list[int]
) -> None:
    monkeypatch.setattr(module, "BLOCK_IMAGES", 4)
    repository = FeatureRepository(pool)
    with pool.transaction():
        pool.write("DELETE FROM feature_block")
    known: Known = {}
    for block in appended:
        repository.append(model.id, features(block))
        known |= block
        check_equal(repository.read(model.id), known)
        assert repository.ids(model.id).tolist() == sorted(known)
    repository.compact(model.id)
    check_equal(repository.read(model.id), known)
    assert pool.value("SELECT count(*) FROM feature_block") == -(-len(known) // 4)
    repository.forget(forgotten)
    check_equal(repository.read(model.id), {i: v for i, v in known.items() if i not in forgotten})


def test_models_do_not_share_features_and_only_one_is_kept(pool: Store, model: Model) -> None:
    repository = FeatureRepository(pool)
    repository.append(model.id, features({3: 1}))
    assert len(repository.read(model.id + 1)) == 0
    repository.keep_only(model.id)
    assert len(repository.read(model.id)) == 1
    repository.keep_only(model.id + 1)
    assert len(repository.read(model.id)) == 0
