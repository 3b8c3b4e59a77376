from __future__ import annotations

import numpy as np
import pytest

from boxwright.domain.annotation import accepted
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.edits import Edit, EditKind, accept_all, reject, set_state, take
from boxwright.domain.image import ImageState
from boxwright.domain.model import Model
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.store.batches import BatchRepository
from boxwright.store.connection import Store
from boxwright.store.labels import LabelRepository
from boxwright.store.models import ModelRepository
from boxwright.store.predictions import PredictionRepository, Replaced

DOG, BIRD, CAT = 0, 1, 2


def seen(*labels: int, shift: float = 0.0, kind: ProbKind = ProbKind.SIGMOID) -> Detections:
    n = len(labels)
    boxes = np.array([[i, 1, i + 10.5 + shift, 20] for i in range(n)], np.float32).reshape(n, 4)
    scores = np.linspace(0.9, 0.5, n).astype(np.float32)
    probs = np.random.default_rng(n).random((n, 3)).astype(np.float32)
    return Detections(boxes, scores, np.array(labels, np.int64), probs, kind, 0.95)


@pytest.fixture
def predictions(pool: Store) -> PredictionRepository:
    return PredictionRepository(pool)


def test_the_whole_class_vector_comes_back(predictions: PredictionRepository, model: Model) -> None:
    found = seen(CAT, DOG, kind=ProbKind.SOFTMAX)
    assert predictions.replace(model.id, [ImagePredictions(4, found)]) == Replaced(2, ())
    best, second = predictions.of_image(4, model.id)
    assert (best.class_id, best.label, best.box, best.kind) == (1, CAT, Box(0, 1, 10.5, 20), ProbKind.SOFTMAX)
    assert (second.class_id, second.label) == (2, DOG)
    assert best.score == pytest.approx(0.9)
    np.testing.assert_array_equal(np.stack([best.probs, second.probs]), found.probs)
    assert best.probs.dtype == np.float32


def test_boxes_of_unmapped_classes_take_no_part(predictions: PredictionRepository, model: Model) -> None:
    found = seen(BIRD, CAT, BIRD)
    mapped = found.mapped(model.class_map)
    assert (mapped.labels.tolist(), mapped.best_raw) == ([CAT], found.best_raw)
    np.testing.assert_array_equal(mapped.probs, found.probs[[1]])
    nothing = seen(BIRD).mapped(model.class_map)
    stored = predictions.replace(model.id, [ImagePredictions(1, mapped), ImagePredictions(2, nothing)])
    assert stored == Replaced(1, ())
    assert [p.label for p in predictions.of_image(1, model.id)] == [CAT]
    assert predictions.of_image(2, model.id) == []


def test_boxes_of_unmapped_classes_are_never_stored(predictions: PredictionRepository, model: Model) -> None:
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT))])
    with pytest.raises(KeyError):
        predictions.replace(model.id, [ImagePredictions(1, seen(DOG, BIRD))])
    assert [p.label for p in predictions.of_image(1, model.id)] == [CAT]


def test_an_image_without_boxes_counts_as_predicted(predictions: PredictionRepository, model: Model) -> None:
    predictions.replace(model.id, [ImagePredictions(i, seen()) for i in (5, 2)])
    assert predictions.predicted_ids(model.id).tolist() == [2, 5]
    assert predictions.predicted_ids(99).tolist() == []


def test_a_second_run_replaces_the_first(predictions: PredictionRepository, model: Model) -> None:
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT, DOG)), ImagePredictions(2, seen(CAT))])
    predictions.replace(model.id, [ImagePredictions(1, seen(DOG, shift=5))])
    assert [p.box.x2 for p in predictions.of_image(1, model.id)] == [15.5]
    assert len(predictions.of_image(2, model.id)) == 1


TOUCHES = {
    "labelled": lambda labels: set_state(labels, ImageState.LABELED, EditKind.OTHER),
    "skipped": lambda labels: set_state(labels, ImageState.SKIPPED, EditKind.OTHER, "blurred"),
    "one box taken": lambda labels: take(next(iter(labels.predictions.values()))),
    "all accepted": lambda labels: accept_all(labels, 0),
}


@pytest.mark.parametrize("redone", [False, True])
@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_what_a_person_touched_is_left_alone(
    pool: Store, predictions: PredictionRepository, model: Model, touch: object, redone: bool
) -> None:
    labels = LabelRepository(pool)
    predictions.replace(model.id, [ImagePredictions(i, seen(CAT, DOG)) for i in (1, 2)])
    edit: Edit = touch(labels.load(1))  # type: ignore[operator]
    labels.apply(1, edit)
    if redone:
        labels.apply(1, edit.invert())
        labels.apply(1, edit)
    before = labels.load(1)
    stored = predictions.replace(model.id, [ImagePredictions(i, seen(DOG)) for i in (1, 2)])
    assert stored == Replaced(1, (1,))
    after = labels.load(1)
    assert (after.annotations, after.standings, after.state) == (before.annotations, before.standings, before.state)
    assert list(after.predictions) == list(before.predictions)


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_what_a_person_undid_altogether_is_open_again(
    pool: Store, predictions: PredictionRepository, model: Model, touch: object
) -> None:
    labels = LabelRepository(pool)
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT, DOG))])
    first = reject(list(labels.load(1).predictions.values())[1:])
    labels.apply(1, first)
    second: Edit = touch(labels.load(1))  # type: ignore[operator]
    labels.apply(1, second)
    labels.apply(1, second.invert())
    assert predictions.replace(model.id, [ImagePredictions(1, seen(DOG))]).kept == (1,), "a box is still rejected"
    labels.apply(1, first.invert())
    assert predictions.replace(model.id, [ImagePredictions(1, seen(DOG))]) == Replaced(1, ())
    assert labels.open_ids([1]) == {1}


def test_an_image_begun_with_one_detector_keeps_its_prelabels_under_the_next(
    pool: Store, predictions: PredictionRepository, model: Model
) -> None:
    labels, models = LabelRepository(pool), ModelRepository(pool)
    predictions.replace(model.id, [ImagePredictions(i, seen(CAT, DOG)) for i in (1, 2)])
    labels.apply(1, take(next(iter(labels.load(1).predictions.values()))))
    newer = models.add("newer", "models/n.onnx", "11", model.card, model.class_map)
    models.activate(newer.id)
    predictions.replace(newer.id, [ImagePredictions(i, seen(DOG)) for i in (1, 2)])
    begun, other = labels.load(1), labels.load(2)
    assert [p.model_id for p in begun.predictions.values()] == [model.id, model.id]
    assert len(begun.open_predictions()) == 1
    assert [p.model_id for p in other.predictions.values()] == [newer.id]


def test_a_detector_that_has_not_been_run_shows_nothing_on_an_untouched_image(
    pool: Store, predictions: PredictionRepository, model: Model
) -> None:
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT))])
    newer = ModelRepository(pool).add("newer", "models/n.onnx", "11", model.card, model.class_map)
    ModelRepository(pool).activate(newer.id)
    assert LabelRepository(pool).load(1).predictions == {}


def test_references_to_a_renewed_prelabel_become_empty(
    pool: Store, predictions: PredictionRepository, model: Model
) -> None:
    """The window may still show boxes that were renewed a moment ago: the edit must count all the same."""
    labels = LabelRepository(pool)
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT))])
    (shown,) = labels.load(1).predictions.values()
    batch = BatchRepository(pool).add(model.id, {}, [BatchItem(1, 0, Slot.UNCERTAIN, 0.5, shown.id)])
    predictions.replace(model.id, [ImagePredictions(1, seen(CAT, shift=1))])
    assert BatchRepository(pool).get(batch.id).items == (BatchItem(1, 0, Slot.UNCERTAIN, 0.5, None),)

    taken = accepted(shown)
    labels.apply(1, take(shown, taken))
    (stored,) = labels.load(1).annotations.values()
    assert (stored.uid, stored.prediction_id) == (taken.uid, None)
    assert (stored.source_box, stored.source_class_id) == (shown.box, shown.class_id)


def test_the_box_at_a_place_of_the_scores(predictions: PredictionRepository, model: Model) -> None:
    predictions.replace(model.id, [ImagePredictions(i, seen(CAT, DOG, CAT)) for i in (1, 2)])
    ids = sorted(p.id for p in predictions.of_image(2, model.id))
    assert predictions.ids_at(model.id, {np.int64(2): np.int64(1), 3: 0, 1: 7}) == {2: ids[1]}  # type: ignore[dict-item]


def test_nothing_is_stored_when_one_image_is_unknown(predictions: PredictionRepository, model: Model) -> None:
    import sqlite3

    with pytest.raises(sqlite3.IntegrityError):
        predictions.replace(model.id, [ImagePredictions(1, seen(CAT)), ImagePredictions(99, seen(CAT))])
    assert predictions.of_image(1, model.id) == []
