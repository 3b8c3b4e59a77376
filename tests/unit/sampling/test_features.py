"""Rows of features: exact on every machine."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.features import ImageFeatures
from boxwright.sampling.features import LENGTH, PoolFeatures


def features(count: int, width: int, seed: int) -> PoolFeatures:
    rows = np.random.default_rng(seed).normal(3, 1, (count, width)).astype(np.float16)
    return PoolFeatures(ImageFeatures(np.arange(count), rows), np.arange(count), np.zeros(0, np.int64))


@given(st.integers(2, 40), st.integers(2, 300), st.integers(0, 1000))
def test_products_are_the_same_in_whatever_order_they_are_added_up(count: int, width: int, seed: int) -> None:
    rows = features(count, width, seed).of(np.arange(count))
    turned = np.random.default_rng(seed).permutation(width)
    whole = rows.astype(np.int64)
    exact = (whole * whole[0]).sum(axis=1)
    assert (rows @ rows[0]).tolist() == exact.tolist()
    assert (rows[:, turned] @ rows[0, turned]).tolist() == exact.tolist()
    assert ((whole - whole[0]) ** 2).sum(axis=1).max() <= 4.1 * LENGTH**2


def test_an_image_in_the_centre_is_no_nan() -> None:
    rows = np.array([[1, 1], [0, 2], [2, 0]], dtype=np.float32)
    pool = PoolFeatures(ImageFeatures(np.arange(3), rows), np.arange(3), np.zeros(0, np.int64))
    assert pool.of(np.arange(3)).tolist()[0] == [0, 0]
