"""The laws that undo, merging within a gesture and the edit log rely on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation, Origin, accepted, drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import Edit, EditKind
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.marks import FLAGS, ImageMarks
from boxwright.domain.prediction import Prediction, ProbKind


def prediction(number: int, score: float = 0.5) -> Prediction:
    box = Box(number, number, number + 10, number + 20)
    probs = np.array([score, 0.1], dtype=np.float32)
    return Prediction(number, 1, box, class_id=1, label=0, score=score, probs=probs, kind=ProbKind.SIGMOID)


def fresh(predictions: int = 4) -> ImageLabels:
    offered = {n: prediction(n, 1 - n / 10) for n in range(1, predictions + 1)}
    return ImageLabels(image_id=1, width=200, height=100, predictions=offered)


def content(labels: ImageLabels) -> tuple[Any, ...]:
    return dict(labels.annotations), dict(labels.standings), labels.state, labels.skip_reason, labels.marks


def possible(labels: ImageLabels) -> st.SearchStrategy[Edit]:
    """Any edit a person could make on `labels` now."""
    choices: list[st.SearchStrategy[Edit]] = [
        st.integers(1, 50).map(lambda x: edits.add(drawn(Box(x, x, x + 5, x + 5), 1))),
        st.tuples(st.sampled_from(ImageState), st.sampled_from([None, "blurred", "private"])).map(
            lambda pair: edits.set_state(labels, pair[0], EditKind.OTHER, pair[1])
        ),
        st.floats(0, 1).map(lambda score: edits.accept_all(labels, score)),
        st.just(edits.confirm_empty(labels)),
        st.sampled_from([ImageMarks(), ImageMarks(frozenset({"night"})), ImageMarks(note="odd")]).map(
            lambda marks: edits.set_marks(labels, marks)
        ),
    ]
    if labels.annotations:
        one = st.sampled_from(list(labels.annotations.values()))
        choices += [
            one.map(lambda a: edits.delete([a])),
            st.tuples(one, st.integers(-3, 3)).map(
                lambda pair: edits.change(pair[0], pair[0].with_box(pair[0].box.moved(pair[1], 0)), EditKind.MOVE_BOX)
            ),
            st.tuples(one, st.sampled_from(FLAGS), st.booleans()).map(
                lambda t: edits.change(t[0], t[0].with_flag(t[1], t[2]), EditKind.OTHER).signed("anna")
            ),
            st.tuples(one, st.sampled_from([None, 1, "x"])).map(
                lambda pair: edits.change(pair[0], pair[0].with_attribute("a", pair[1]), EditKind.OTHER)
            ),
            st.tuples(one, st.integers(1, 3)).map(
                lambda pair: edits.change(pair[0], pair[0].with_class(pair[1]), EditKind.CHANGE_CLASS)
            ),
        ]
    if labels.open_predictions():
        offered = st.sampled_from(labels.open_predictions())
        choices += [offered.map(edits.take), offered.map(lambda p: edits.reject([p]))]
    return st.one_of(choices)


def walk(data: st.DataObject, steps: int) -> list[tuple[ImageLabels, Edit, ImageLabels]]:
    labels = fresh()
    made = []
    for _ in range(steps):
        edit = data.draw(possible(labels))
        made.append((labels, edit, edit.apply(labels)))
        labels = made[-1][2]
    return made


@given(st.data(), st.integers(1, 8))
def test_undoing_everything_gives_the_first_state_and_redoing_the_last(data: st.DataObject, steps: int) -> None:
    made = walk(data, steps)
    labels = made[-1][2]
    for before, edit, _ in reversed(made):
        labels = edit.invert().apply(labels)
        assert content(labels) == content(before)
    for _, edit, after in made:
        labels = edit.apply(labels)
        assert content(labels) == content(after)


@given(st.data(), st.integers(1, 8))
def test_one_merged_edit_does_and_undoes_what_its_parts_did(data: st.DataObject, steps: int) -> None:
    made = walk(data, steps)
    merged = edits.combined(EditKind.OTHER, [edit for _, edit, _ in made])
    assert content(merged.apply(fresh())) == content(made[-1][2])
    assert content(merged.invert().apply(made[-1][2])) == content(fresh())


@given(st.data())
def test_inverting_twice_is_the_edit_itself(data: st.DataObject) -> None:
    ((_, edit, _),) = walk(data, 1)
    assert edit.invert().invert() == edit


@given(st.data(), st.integers(1, 8))
def test_an_edit_followed_by_its_undoing_is_void(data: st.DataObject, steps: int) -> None:
    edit = edits.combined(EditKind.OTHER, [edit for _, edit, _ in walk(data, steps)])
    assert edit.then(edit.invert()).is_void


@given(st.data(), st.integers(1, 4))
def test_an_edit_is_void_exactly_when_it_changes_nothing(data: st.DataObject, steps: int) -> None:
    made = walk(data, steps)
    merged = edits.combined(EditKind.OTHER, [edit for _, edit, _ in made])
    assert merged.is_void == (content(made[-1][2]) == content(fresh()))


def test_merging_keeps_the_first_kind() -> None:
    drawn_one = edits.add(drawn(Box(0, 0, 1, 1), 1))
    assert drawn_one.then(Edit(EditKind.MOVE_BOX)).kind is EditKind.DRAW_BOX


def test_accept_all_takes_what_is_open_and_above_the_threshold() -> None:
    labels = edits.reject([fresh().predictions[1]]).apply(fresh())
    after = edits.accept_all(labels, min_score=0.7).apply(labels)
    assert {a.prediction_id for a in after.annotations.values()} == {2, 3}
    assert after.standings == {1: Standing.REJECTED, 2: Standing.TAKEN, 3: Standing.TAKEN}
    assert [p.id for p in after.open_predictions()] == [4]
    assert after.state is ImageState.LABELED
    assert not after.confirmed_empty


def test_confirming_empty_leaves_no_box_and_no_open_pre_label() -> None:
    labels = edits.take(fresh().predictions[2]).apply(fresh())
    after = edits.confirm_empty(labels).apply(labels)
    assert after.confirmed_empty
    assert not after.open_predictions()


def test_a_corrected_pre_label_is_taken_in_one_step() -> None:
    labels = fresh()
    offered = labels.predictions[1]
    corrected: Annotation = accepted(offered).with_class(2)
    after = edits.take(offered, corrected, EditKind.CHANGE_CLASS).apply(labels)
    assert after.annotations[corrected.uid].origin is Origin.RELABELED
    assert after.standing(1) is Standing.TAKEN


def test_a_void_state_change_needs_the_same_reason_too() -> None:
    labels = edits.set_state(fresh(), ImageState.SKIPPED, EditKind.OTHER, "blurred").apply(fresh())
    assert edits.set_state(labels, ImageState.SKIPPED, EditKind.OTHER, "blurred").is_void
    assert not edits.set_state(labels, ImageState.SKIPPED, EditKind.OTHER, "private").is_void


def test_labels_are_never_changed_in_place() -> None:
    labels = fresh()
    edits.accept_all(labels, 0.0).apply(labels)
    assert content(labels) == content(fresh())
    with pytest.raises(AttributeError):
        labels.state = ImageState.LABELED  # type: ignore[misc]


def test_a_signed_edit_names_who_made_it_and_a_drag_that_ended_where_it_began_is_nobodys() -> None:
    box = drawn(Box(0, 0, 5, 5), 1)
    added = edits.add(box).signed("anna")
    labels = added.apply(fresh())
    (mine,) = labels.annotations.values()
    assert (mine.annotator, added.annotator, added.invert().annotator) == ("anna", "anna", "anna")
    assert edits.change(mine, mine, EditKind.MOVE_BOX).signed("ben").is_void
    moved = edits.change(mine, mine.with_box(Box(1, 1, 6, 6)), EditKind.MOVE_BOX).signed("ben")
    back = edits.change(moved.boxes[0].after or mine, mine, EditKind.MOVE_BOX).signed("ben")
    assert moved.then(back).is_void
    assert moved.invert().apply(moved.apply(labels)).annotations == labels.annotations
    assert edits.combined(EditKind.OTHER, [added, moved]).annotator == "ben"


def test_a_kind_of_another_version_is_some_change():
    assert EditKind("Draw box") is EditKind.DRAW_BOX
    assert EditKind("Fold box") is EditKind.OTHER
