"""How often images are shown, and which are held back."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.training_sets import shapes_set

from boxwright.training.sampling_order import endless_order, held_back, repeat_factors

labels = st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=40)


@given(labels)
def test_an_image_is_shown_as_often_as_its_rarest_class_asks(found: list[list[int]]) -> None:
    factors = repeat_factors([np.array(one, np.int64) for one in found], 5)
    assert ((factors >= 1) & (factors <= 4)).all()
    share = [sum(c in one for one in found) / len(found) for c in range(5)]
    for factor, one in zip(factors, found):
        rarest = min((share[c] for c in one), default=1.0)
        assert factor == max(1.0, min(4.0, np.sqrt(0.3 / rarest)))


def test_a_rare_class_is_shown_more_often_in_the_long_run() -> None:
    factors = repeat_factors([np.array([1 if i == 0 else 0]) for i in range(100)], 2)
    rng = np.random.Generator(np.random.PCG64(1))
    shown = np.bincount(list(islice(endless_order(factors, rng), 10_300)), minlength=100)
    assert 300 < shown[0] < 500
    assert (shown[1:] > 80).all()


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_every_image_is_shown_before_any_is_shown_again(count: int, seed: int) -> None:
    order = endless_order(np.ones(count), np.random.Generator(np.random.PCG64(seed)))
    assert sorted(islice(order, count)) == sorted(islice(order, count)) == list(range(count))


def test_a_tenth_of_a_large_set_is_held_back_and_nothing_of_a_small_one() -> None:
    dataset = replace(shapes_set(100), measure=lambda images, raw: 0.0)
    learnt, held = held_back(dataset, seed=3)
    assert held is not None
    assert (len(learnt.images), len(held.images)) == (90, 10)
    assert not {i.path for i in learnt.images} & {i.path for i in held.images}
    again = held_back(dataset, seed=3)[1]
    assert again is not None and [i.path for i in again.images] == [i.path for i in held.images]
    assert held_back(replace(dataset, images=dataset.images[:40]), seed=3)[1] is None
    assert held_back(replace(dataset, measure=None), seed=3)[1] is None
