"""Classes, models, batches, settings, backup."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.classes import LabelClass
from boxwright.domain.errors import ModelError, ProjectError
from boxwright.domain.model import Model
from boxwright.domain.prediction import ProbKind
from boxwright.store.backup import back_up
from boxwright.store.batches import BatchRepository
from boxwright.store.classes import ClassRepository
from boxwright.store.connection import Store
from boxwright.store.errors import StorageError
from boxwright.store.models import ModelRepository
from boxwright.store.settings import SettingRepository


def test_adding_a_class_that_is_there_returns_it(store: Store) -> None:
    classes = ClassRepository(store)
    cat = classes.add("cat")
    assert classes.add("  cat ") == cat == LabelClass(1, "cat", "#e69f00", 0)
    assert classes.all() == [cat]


def test_classes_keep_their_ids_when_renamed_recoloured_and_reordered(store: Store) -> None:
    classes = ClassRepository(store)
    cat, dog, owl = (classes.add(name) for name in ("cat", "dog", "owl"))
    classes.rename(cat.id, "Katze")
    classes.recolor(dog.id, "#ABCDEF")
    classes.reorder([owl.id, cat.id, dog.id])
    assert [(c.id, c.name, c.position) for c in classes.all()] == [(3, "owl", 0), (1, "Katze", 1), (2, "dog", 2)]
    assert classes.all()[2].color == "#abcdef"


def test_class_changes_that_make_no_sense_are_told_in_a_sentence(store: Store) -> None:
    classes = ClassRepository(store)
    cat, dog = classes.add("cat"), classes.add("dog")
    for wrong, sentence in (
        (lambda: classes.rename(cat.id, "dog"), "already called 'dog'"),
        (lambda: classes.rename(99, "cow"), "no class with the number 99"),
        (lambda: classes.recolor(cat.id, "red"), "no colour"),
        (lambda: classes.reorder([dog.id]), "every class"),
        (lambda: classes.add(" "), "not empty"),
    ):
        with pytest.raises(ProjectError, match=sentence):
            wrong()
    assert classes.all() == [cat, dog]


def test_one_model_is_active(pool: Store, model: Model) -> None:
    models = ModelRepository(pool)
    card = DetectorCard(
        "ssd", ProbKind.SOFTMAX, ("a",), InputSpec(300, 200, mean=(1, 2, 3)), {"anchors": [1, 2]}, {"n": "x"}
    )
    second = models.add("second", "models/2.onnx", "ff", card, {0: 1}, {"AP": np.float64(0.5)})
    assert models.active() == model
    models.activate(second.id)
    assert models.active() == models.get(second.id)
    assert [m.active for m in models.all()] == [False, True]
    assert models.get(second.id).card == card
    assert models.get(second.id).metrics == {"AP": 0.5}


def test_class_map_metrics_and_card_are_replaced(pool: Store, model: Model) -> None:
    models = ModelRepository(pool)
    models.set_class_map(model.id, {np.int64(1): 2})  # type: ignore[dict-item]
    models.set_metrics(model.id, {"AP50": 0.7})
    assert (models.get(model.id).class_map, models.get(model.id).metrics) == ({1: 2}, {"AP50": 0.7})


def test_an_unknown_model_is_told_in_a_sentence(pool: Store, model: Model) -> None:
    models = ModelRepository(pool)
    for ask in (models.get, models.activate, lambda id_: models.set_metrics(id_, {})):
        with pytest.raises(ModelError, match="no detector with the number 99"):
            ask(99)
    assert models.active() == model, "a failed activation leaves the active one"


def test_batches_come_back_as_they_were_stored(pool: Store, model: Model) -> None:
    batches = BatchRepository(pool)
    assert (batches.latest(), batches.all(), batches.count()) == (None, [], 0)
    first = batches.add(
        None, {"sampler": "random", "seed": 1}, [BatchItem(3, 0, Slot.INITIAL), BatchItem(1, 1, Slot.RANDOM)]
    )
    items = [BatchItem(int(i), n, Slot.UNCERTAIN, 0.5) for n, i in enumerate((9, 2))]
    second = batches.add(model.id, {"subset": 0.2, "none": None}, items)
    assert batches.all() == [first, second]
    assert batches.latest() == second
    assert second.items == tuple(items)
    assert (second.model_id, second.settings) == (model.id, {"subset": 0.2, "none": None})


def test_numpy_numbers_are_stored_as_numbers(pool: Store) -> None:
    item = BatchItem(np.int64(4), 0, Slot.UNCERTAIN, np.float32(0.25))  # type: ignore[arg-type]
    stored = BatchRepository(pool).add(None, {}, [item])
    assert stored.items == (BatchItem(4, 0, Slot.UNCERTAIN, 0.25),)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(wanted=st.dictionaries(st.text(min_size=1), JSON, max_size=5))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_settings_are_a_mapping_to_json(store: Store, wanted: dict[str, object]) -> None:
    stored = SettingRepository(store)
    stored.clear()
    stored.update(wanted)
    assert dict(stored) == wanted
    assert len(stored) == len(wanted)


def test_a_setting_that_is_not_there(store: Store) -> None:
    stored = SettingRepository(store)
    assert stored.get("a", 5) == 5
    with pytest.raises(KeyError):
        del stored["a"]


def test_a_backup_is_a_whole_pool_taken_while_it_is_in_use(pool: Store, tmp_path: Path) -> None:
    with pool.transaction():
        pool.write("UPDATE image SET state = 'labeled' WHERE id = 1")
    path = back_up(pool.path, "by-hand")
    assert sorted(p.name for p in (tmp_path / "backups").iterdir()) == [path.name]
    assert path.name.endswith("-by-hand.db")
    copy = Store(path, read_only=True)
    assert copy.value("SELECT count(*) FROM image WHERE state = 'labeled'") == 1


def test_a_backup_that_cannot_be_written_is_told_in_a_sentence(pool: Store, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises((ProjectError, StorageError), match="backup"):
        back_up(pool.path, "by-hand")
