from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.annotation import Annotation, Origin, drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import (
    BoxChange,
    Edit,
    EditKind,
    StandingChange,
    StateChange,
    add,
    change,
    combined,
    delete,
    set_marks,
)
from boxwright.domain.errors import ProjectError
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.marks import FLAGS, ImageMarks
from boxwright.domain.model import Model
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.store.connection import Store
from boxwright.store.images import ImageRepository
from boxwright.store.labels import ImportedLabels, LabelRepository
from boxwright.store.predictions import PredictionRepository


@pytest.fixture
def labels(pool: Store, model: Model) -> LabelRepository:
    """Image 1 has three pre-labels."""
    found = Detections(
        np.array([[0, 0, 10, 10], [20, 20, 40, 40], [50, 50, 60, 70]], np.float32),
        np.array([0.9, 0.6, 0.3], np.float32),
        np.array([0, 2, 0], np.int64),
        np.full((3, 3), 0.25, np.float32),
        ProbKind.SIGMOID,
        0.9,
    )
    PredictionRepository(pool).replace(model.id, [ImagePredictions(1, found)])
    return LabelRepository(pool)


def same(stored: ImageLabels, memory: ImageLabels) -> bool:
    """All that a person did; the order of annotations too."""
    return (
        list(stored.annotations.values()) == list(memory.annotations.values())
        and stored.standings == memory.standings
        and (stored.state, stored.skip_reason) == (memory.state, memory.skip_reason)
        and stored.marks == memory.marks
    )


boxes = st.tuples(*[st.floats(0, 100, allow_nan=False, width=64)] * 4).map(
    lambda c: Box.from_corners(c[0], c[1], c[2] + 0.5, c[3] + 0.5)
)


values = st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=5)
image_marks = st.builds(ImageMarks, st.frozensets(st.text(max_size=5), max_size=3), st.text(max_size=5))


@st.composite
def gestures(draw: st.DrawFn, labels: ImageLabels) -> Edit:
    """One of the things a person can do to `labels`."""
    open_ids = [p.id for p in labels.open_predictions()]
    existing = list(labels.annotations.values())
    kinds = (
        ["draw", "state", "marks"]
        + ["take", "reject"] * bool(open_ids)
        + ["move", "class", "delete", "flag", "attribute"] * bool(existing)
    )
    match draw(st.sampled_from(kinds)):
        case "draw":
            return add(drawn(draw(boxes), draw(st.sampled_from([1, 2]))))
        case "state":
            state = draw(st.sampled_from(list(ImageState)))
            reason = draw(st.none() | st.text(max_size=5)) if state is ImageState.SKIPPED else None
            return Edit(EditKind.OTHER, state=StateChange(labels.state, state, labels.skip_reason, reason))
        case "take" | "reject" as kind:
            prediction = labels.predictions[draw(st.sampled_from(open_ids))]
            standing = Standing.TAKEN if kind == "take" else Standing.REJECTED
            taken = Annotation(
                uuid4().hex, prediction.class_id, draw(boxes), Origin.ADJUSTED, prediction.id, prediction.box,
                prediction.class_id,
            )  # fmt: skip
            box = (BoxChange(None, taken),) if kind == "take" else ()
            done = EditKind.ACCEPT_BOX if kind == "take" else EditKind.REJECT_BOX
            return Edit(done, box, (StandingChange(prediction.id, Standing.OPEN, standing),))
        case "marks":
            return set_marks(labels, draw(image_marks))
        case "flag":
            before = draw(st.sampled_from(existing))
            after = before.with_flag(draw(st.sampled_from(FLAGS)), draw(st.booleans()))
            return change(before, after, EditKind.OTHER).signed("anna")
        case "attribute":
            before = draw(st.sampled_from(existing))
            after = before.with_attribute(draw(st.text(max_size=5)), draw(st.none() | values))
            return change(before, after, EditKind.OTHER).signed("ben")
        case "move":
            before = draw(st.sampled_from(existing))
            return change(before, before.with_box(draw(boxes)), EditKind.OTHER)
        case "class":
            before = draw(st.sampled_from(existing))
            return change(before, before.with_class(draw(st.sampled_from([1, 2]))), EditKind.OTHER)
        case _:
            return delete(draw(st.lists(st.sampled_from(existing), min_size=1, unique_by=lambda a: a.uid)))


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_rows_follow_the_memory_through_any_edits_and_back(
    pool: Store, labels: LabelRepository, data: st.DataObject
) -> None:
    with pool.transaction():
        for statement in (
            "DELETE FROM image_tag",
            "UPDATE image SET note = ''",
            "DELETE FROM annotation",
            "DELETE FROM standing",
            "UPDATE image SET state = 'unlabeled'",
        ):
            pool.write(statement)
    start = memory = labels.load(1)
    done: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 8))):
        edit = data.draw(gestures(memory))
        memory = edit.apply(memory)
        labels.apply(1, edit)
        done.append(edit)
        assert same(labels.load(1), memory)
    merged = combined(EditKind.OTHER, done)
    for edit in reversed(done):
        memory = edit.invert().apply(memory)
        labels.apply(1, edit.invert())
    assert same(labels.load(1), memory)
    assert set(memory.annotations.values()) == set(start.annotations.values())
    labels.apply(1, merged)
    labels.apply(1, merged.invert())
    assert set(labels.load(1).annotations.values()) == set(start.annotations.values())


def test_every_edit_is_logged_whole_and_in_order(labels: LabelRepository, pool: Store) -> None:
    box = drawn(Box(1, 2, 3, 4), 1)
    labels.apply(1, add(box))
    labels.apply(1, change(box, box.with_box(Box(1, 2, 3, 9)), EditKind.MOVE_BOX))
    assert [name for _, name in labels.log(1)] == ["Draw box", "Move box"]
    entry = json.loads(pool.value("SELECT edit FROM edit_log ORDER BY id DESC"))
    assert entry["name"] == "Move box", "as every version of the program reads it"
    assert entry["boxes"][0]["before"]["box"] == {"x1": 1, "y1": 2, "x2": 3, "y2": 4}
    assert entry["boxes"][0]["after"]["box"]["y2"] == 9
    assert entry["boxes"][0]["after"]["origin"] == "drawn"


def test_who_made_an_edit_is_written_with_the_box_the_image_and_the_log(labels: LabelRepository, pool: Store) -> None:
    box = drawn(Box(1, 2, 3, 4), 1)
    labels.apply(1, add(box).signed("anna"))
    marked = box.with_flag("crowd").with_attribute("colour", "red")
    labels.apply(1, change(replace(box, annotator="anna"), marked, EditKind.OTHER).signed("ben"))
    (stored,) = labels.load(1).annotations.values()
    assert (stored.annotator, stored.flags, stored.attributes) == ("ben", {"crowd"}, {"colour": "red"})
    assert pool.rows("SELECT annotator FROM edit_log ORDER BY id") == [("anna",), ("ben",)]
    assert ImageRepository(pool).get(1).annotator == "ben"
    entry = json.loads(pool.value("SELECT edit FROM edit_log ORDER BY id DESC"))
    assert entry["boxes"][0]["after"]["flags"] == ["crowd"]
    assert entry["boxes"][0]["after"]["attributes"] == {"colour": "red"}


def test_a_tag_leaves_the_image_open_to_better_prelabels_and_to_imported_labels(
    labels: LabelRepository, pool: Store, model: Model
) -> None:
    labels.apply(1, set_marks(labels.load(1), ImageMarks(frozenset({"night", "rain"}), "blurred?")).signed("anna"))
    assert labels.load(1).marks == ImageMarks(frozenset({"night", "rain"}), "blurred?")
    assert [name for _, name in labels.log(1)] == ["Change tags"]
    none = np.empty((0, 4), np.float32)
    empty = Detections(none, none[:, 0], none[:, 0].astype(np.int64), none, ProbKind.SIGMOID, 0.0)
    assert PredictionRepository(pool).replace(model.id, [ImagePredictions(1, empty)]).kept == ()
    assert labels.import_labels([(1, [])]).kept == ()
    assert labels.load(1).marks.tags == {"night", "rain"}


def test_imported_tags_join_those_that_are_there_and_a_note_stays(labels: LabelRepository) -> None:
    labels.apply(1, set_marks(labels.load(1), ImageMarks(frozenset({"night"}), "mine")))
    theirs = ImageMarks(frozenset({"rain"}), "theirs")
    assert labels.import_marks([(1, theirs), (2, theirs), (3, ImageMarks())]) == 2
    assert labels.image_marks([1, 2, 3]) == {1: ImageMarks(frozenset({"night", "rain"}), "mine"), 2: theirs}
    assert labels.import_marks([(1, theirs), (2, theirs)]) == 0
    assert labels.tags() == {"night": 1, "rain": 2}


def test_an_edit_that_changes_nothing_leaves_no_trace(labels: LabelRepository, pool: Store) -> None:
    box = drawn(Box(1, 2, 3, 4), 1)
    labels.apply(1, change(box, box, EditKind.MOVE_BOX))
    assert labels.log(1) == []
    assert pool.value("SELECT touched FROM image WHERE id = 1") == 0


def test_a_failing_edit_changes_nothing(labels: LabelRepository, pool: Store) -> None:
    import sqlite3

    good, bad = drawn(Box(0, 0, 1, 1), 1), drawn(Box(0, 0, 1, 1), class_id=99)
    with pytest.raises(sqlite3.IntegrityError):
        labels.apply(1, combined(EditKind.OTHER, [add(good), add(bad)]))
    assert labels.load(1).annotations == {}
    assert labels.log(1) == []


def test_prelabels_come_best_first_and_only_judged_ones_have_a_standing(labels: LabelRepository) -> None:
    loaded = labels.load(1)
    assert [p.score for p in loaded.predictions.values()] == pytest.approx([0.9, 0.6, 0.3])
    assert (loaded.width, loaded.height, loaded.standings) == (100, 80, {})


def test_an_unknown_image_is_told_in_a_sentence(labels: LabelRepository) -> None:
    with pytest.raises(ProjectError, match="no image with the number 99"):
        labels.load(99)


def test_annotations_of_many_images(labels: LabelRepository) -> None:
    first, second = drawn(Box(0, 0, 1, 1), 1), drawn(Box(0, 0, 2, 2), 2)
    labels.apply(2, add(first))
    labels.apply(2, add(second))
    assert labels.annotations(np.array([2, 3])) == {2: [first, second], 3: []}
    assert labels.counts() == {1: 1, 2: 1}
    assert labels.classes_by_image() == [(2, 1), (2, 2)]


def test_imported_labels_are_stored_once_and_never_over_a_persons(labels: LabelRepository) -> None:
    own = drawn(Box(0, 0, 1, 1), 1)
    labels.apply(2, add(own))

    def imported(n: int) -> Annotation:
        return Annotation(f"uid{n}", 2, Box(0, 0, n, n), Origin.IMPORTED)

    items = [(1, [imported(1), imported(2)]), (2, [imported(3)]), (3, [])]
    assert labels.import_labels(items) == ImportedLabels(images=2, boxes=2, kept=(2,))
    assert [a.box for a in labels.load(1).annotations.values()] == [Box(0, 0, 1, 1), Box(0, 0, 2, 2)]
    assert labels.load(1).state is ImageState.LABELED
    assert list(labels.load(2).annotations.values()) == [own]
    assert labels.load(3).confirmed_empty
    assert labels.import_labels(items) == ImportedLabels(images=0, boxes=0, kept=(1, 2, 3))
    assert labels.log(1)[0][1] == "Import labels"


def test_import_goes_on_over_the_parts_it_is_stored_in(
    labels: LabelRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxwright.store.labels._IMPORTED_AT_ONCE", 3)
    items = [(n, [Annotation(f"u{n}", 1, Box(0, 0, n, n), Origin.IMPORTED)]) for n in range(1, 9)]
    items += [(8, [])]
    assert labels.import_labels(items) == ImportedLabels(images=8, boxes=8, kept=(8,))
    assert [name for n in range(1, 9) for _, name in labels.log(n)] == ["Import labels"] * 8
    found = labels.annotations(range(1, 9))
    assert [[a.box for a in found[n]] for n in range(1, 9)] == [[Box(0, 0, n, n)] for n in range(1, 9)]
    assert len({a.uid for annotations in found.values() for a in annotations}) == 8
    assert all(labels.load(n).state is ImageState.LABELED for n in range(1, 9))
