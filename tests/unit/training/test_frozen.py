"""A head on what a frozen base saw once: it learns, comes out the same again, and its maps are computed once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.training_sets import SIDE, shapes_set

from boxwright.config import paths
from boxwright.domain.errors import Cancelled, TrainingError
from boxwright.domain.progress import Progress, ignore, never
from boxwright.inference.inspect import inspect_model
from boxwright.inference.preprocess import prepare
from boxwright.services.retraining.measure import held_back_ap50
from boxwright.training.frozen_base import FrozenBase, Weights
from boxwright.training.pace import Pace
from boxwright.training.protocol import BaseModel, TrainingSet

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")

COUNT, LEARNT = 40, range(28)
QUICK = Pace(steps=60, batch=16)


def starter() -> BaseModel:
    file = paths.models() / "starter.onnx"
    return BaseModel(file, inspect_model(file).usable_card(), lambda picture, spec: prepare(picture, spec).tensor)


def frozen(folder: Path, dataset: TrainingSet) -> FrozenBase:
    base = FrozenBase(starter(), dataset, folder, SIDE)
    base.look(1, ignore, never)
    return base


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bank")


@pytest.fixture(scope="module")
def base(folder: Path) -> FrozenBase:
    return frozen(folder, shapes_set(COUNT))


@pytest.fixture(scope="module")
def learnt(base: FrozenBase) -> Weights:
    return base.train(LEARNT, QUICK, 1)


def test_it_finds_shapes_on_images_that_it_has_not_learnt(base: FrozenBase, learnt: Weights) -> None:
    rest = range(LEARNT.stop, COUNT)
    figures = [
        held_back_ap50(base.images[rest.start :], list(base.detect(weights, rest, 0.01)))
        for weights in (base.train(LEARNT, Pace(steps=1, batch=16), 1), learnt)
    ]
    assert figures[0] < 0.2
    assert figures[1] > 0.6


def test_the_same_arguments_give_the_same_weights_and_another_seed_others(base: FrozenBase) -> None:
    pace = Pace(steps=5, batch=8)
    first, again, other = (base.train(LEARNT, pace, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert any(not np.array_equal(first[name], other[name]) for name in first)


def test_learning_goes_on_from_weights(base: FrozenBase, learnt: Weights) -> None:
    after = base.train(LEARNT, Pace(steps=1, batch=8, rate=1e-6), 2, learnt)
    assert all(np.allclose(learnt[name], after[name], atol=1e-4) for name in learnt)


def test_boxes_lie_in_the_image_best_first_and_above_the_floor(base: FrozenBase, learnt: Weights) -> None:
    for boxes, scores in base.detect(learnt, range(6), 0.1, most=50):
        best = scores.max(1, initial=0.0) if len(scores) else np.zeros(0)
        assert len(boxes) == len(scores) <= 50
        assert np.all(best >= 0.1)
        assert np.all(np.diff(best) <= 0)
        assert np.all((boxes >= 0) & (boxes <= SIDE))


def test_a_box_that_scores_the_floor_is_found(base: FrozenBase, learnt: Weights) -> None:
    (_, scores), *_ = base.detect(learnt, range(1), 0.0, most=10)
    ((_, again),) = base.detect(learnt, range(1), float(scores[-1].max()))
    assert len(again) == 10


def test_a_look_that_was_stopped_goes_on_and_one_that_is_done_is_not_repeated(tmp_path: Path) -> None:
    dataset = shapes_set(8)
    seen: list[Progress] = []

    def look(stop_after: int) -> int:
        seen.clear()
        base = FrozenBase(starter(), dataset, tmp_path, SIDE)
        base.look(1, lambda told: seen.append(told), lambda: len(seen) >= stop_after)  # type: ignore[arg-type]
        return len(seen)

    with pytest.raises(Cancelled):
        look(5)
    done = len(seen)
    # A few more may have been under way.
    assert 16 - done - 4 <= look(99) <= 16 - done + 1
    assert look(99) == 0
    whole = frozen(tmp_path / "at once", dataset)
    parts = FrozenBase(starter(), dataset, tmp_path, SIDE)
    assert np.array_equal(whole.pooled(range(8)), parts.pooled(range(8)))


def test_other_images_have_a_bank_of_their_own(tmp_path: Path) -> None:
    one, two = frozen(tmp_path, shapes_set(6)), frozen(tmp_path, shapes_set(7))
    assert np.array_equal(one.pooled([3]), two.pooled([3]))
    assert len({path.name for path in tmp_path.iterdir()}) == 2


def test_a_stop_ends_a_training_within_a_step(base: FrozenBase) -> None:
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        base.train(LEARNT, Pace(steps=10_000), 1, None, should_stop)
    assert len(asked) == 4


def test_a_set_without_a_box_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="None of the labelled images has a box"):
        FrozenBase(starter(), TrainingSet(("a",), shapes_set(8).images[3:4], shapes_set(8).read), tmp_path)
