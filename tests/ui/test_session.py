"""The commands behind the keys: what each does to the labels, what of it is undone, and what is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from tests.labelling import FOUND, HEIGHT, WIDTH, Desk, desk_on, judged, make_project

from boxwright.domain import edits
from boxwright.domain.annotation import Annotation, Origin, drawn
from boxwright.domain.box import Box
from boxwright.domain.changes import Changes
from boxwright.domain.edits import Edit, EditKind
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.services.project.label_edit import LabelEdit
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.session import SessionModel

EXAMPLES = 60


@pytest.fixture
def desk(tmp_path: Path, qapp: object) -> Iterator[Desk]:
    with desk_on(tmp_path / "p") as desk:
        yield desk


@pytest.fixture
def model(desk: Desk) -> SessionModel:
    return new_model(desk)


def new_model(desk: Desk, image_id: int = 1) -> SessionModel:
    model = SessionModel(desk.writer, desk.project.classes.all())
    active = desk.project.models.active()
    assert active is not None
    model.class_map = active.class_map
    model.show(desk.stored(image_id))
    return model


def labels_of(model: SessionModel) -> ImageLabels:
    assert model.labels is not None
    return model.labels


def annotations_of(model: SessionModel) -> list[Annotation]:
    return list(labels_of(model).annotations.values())


def prediction_at(place: int) -> Key:
    """The pre-label `FOUND[place]` of image 1: ids ascend in the order they were found."""
    return ("prediction", place + 1)


def draw(model: SessionModel, *boxes: Box) -> None:
    for box in boxes:
        commands.draw(model, box)


def test_accept_all_takes_what_is_on_screen_and_no_more(model: SessionModel, desk: Desk) -> None:
    commands.accept_all(model)
    labels = desk.stored()
    assert labels.state is ImageState.LABELED
    assert sorted(a.class_id for a in labels.annotations.values()) == [1, 1, 2]
    assert {a.origin for a in labels.annotations.values()} == {Origin.ACCEPTED}
    assert labels.standings == {1: Standing.TAKEN, 2: Standing.TAKEN, 3: Standing.TAKEN}
    assert judged(labels) == judged(model.labels)


def test_accept_all_is_one_step_back(model: SessionModel, desk: Desk) -> None:
    before = judged(model.labels)
    commands.accept_all(model)
    assert model.undo_stack.count() == 1
    model.undo()
    assert judged(desk.stored()) == before == judged(model.labels)


def test_accepting_where_no_box_is_shown_says_nothing_of_the_image(model: SessionModel, desk: Desk) -> None:
    model.threshold = 1.0
    assert not commands.accept_all(model)
    assert desk.stored().state is ImageState.UNLABELED
    assert commands.confirm_empty(model)
    assert desk.stored().confirmed_empty
    assert commands.accept_all(model), "somebody has said so"


def test_the_threshold_hides_doubtful_boxes_and_drops_them_from_the_selection(model: SessionModel) -> None:
    assert [p.id for p in model.visible_predictions()] == [1, 2, 3]
    commands.select_all(model)
    model.threshold = 0.5
    assert model.selection == (prediction_at(0), prediction_at(1))
    model.threshold = 0.0
    assert len(model.visible_predictions()) == len(FOUND)


def test_a_box_that_scores_the_threshold_is_on_screen_and_no_ghost(model: SessionModel) -> None:
    model.ghosts_shown = True
    second = model.visible_predictions()[1]
    model.threshold = second.score
    assert [p.id for p in model.visible_predictions()] == [1, 2]
    assert second.id not in {p.id for p in model.ghost_predictions()}


def test_naming_the_class_a_box_has_already_confirms_it(model: SessionModel, desk: Desk) -> None:
    model.select([prediction_at(1)])
    commands.set_class(model, 2)
    (annotation,) = desk.stored().annotations.values()
    assert (annotation.origin, annotation.class_id) == (Origin.ACCEPTED, 2)
    assert model.selection == (("annotation", annotation.uid),)


def test_another_class_makes_a_relabelled_annotation_and_the_class_of_the_next_box(
    model: SessionModel, desk: Desk
) -> None:
    model.select([prediction_at(1)])
    commands.set_class(model, 3)
    draw(model, Box(0, 0, 10, 10))
    first, second = desk.stored().annotations.values()
    assert (first.origin, first.class_id, first.source_class_id) == (Origin.RELABELED, 3, 2)
    assert (second.origin, second.class_id) == (Origin.DRAWN, 3)


def test_a_class_that_does_not_exist_changes_nothing(model: SessionModel, qtbot: QtBot) -> None:
    model.select([prediction_at(0)])
    with qtbot.waitSignal(model.message):
        commands.set_class(model, 99)
    assert not annotations_of(model)


def test_the_runner_up_is_the_next_likely_class(model: SessionModel, desk: Desk) -> None:
    model.select([prediction_at(1)])
    commands.runner_up(model)
    (annotation,) = desk.stored().annotations.values()
    assert annotation.class_id == 3
    commands.runner_up(model, rank=2)
    assert annotations_of(model)[0].class_id == 1


def test_a_row_of_nudges_is_one_step_and_stops_at_the_edge(model: SessionModel, desk: Desk) -> None:
    draw(model, Box(WIDTH - 12, 5, WIDTH - 2, 15))
    for _ in range(5):
        commands.nudge(model, 1, 0)
    assert annotations_of(model)[0].box == Box(WIDTH - 10, 5, WIDTH, 15)
    assert model.undo_stack.count() == 2
    model.undo()
    assert [a.box for a in desk.stored().annotations.values()] == [Box(WIDTH - 12, 5, WIDTH - 2, 15)]


def test_nudging_there_and_back_leaves_no_step(model: SessionModel, desk: Desk) -> None:
    fractions = Box(0.1, 50.7, 80.2, 90.9)
    draw(model, fractions)
    assert fractions.moved(1, 0).moved(-1, 0) != fractions
    for dx in (1, 1, -1, -1):
        commands.nudge(model, dx, 0)
    assert model.undo_stack.count() == 1
    assert [a.box for a in desk.stored().annotations.values()] == [fractions]


def test_nudges_of_different_selections_are_different_steps(model: SessionModel) -> None:
    draw(model, Box(10, 10, 20, 20), Box(30, 30, 40, 40))
    first, second = model.visible_keys()[:2]
    for key in (first, second, first):
        model.select([key])
        commands.nudge(model, 0, 1)
    assert model.undo_stack.count() == 2 + 3


def test_a_row_of_nudges_ends_where_the_selection_changes(model: SessionModel) -> None:
    draw(model, Box(10, 10, 20, 20))
    key = model.selection
    commands.nudge(model, 1, 0)
    model.select([])
    model.select(key)
    commands.nudge(model, 1, 0)
    assert model.undo_stack.count() == 1 + 2


def test_a_row_of_nudges_that_starts_on_a_prelabel_is_one_step(model: SessionModel) -> None:
    model.select([prediction_at(0)])
    for _ in range(3):
        commands.nudge(model, 1, 0)
    assert model.undo_stack.count() == 1


def test_a_selection_moves_together_and_keeps_its_shape_at_the_edge(model: SessionModel) -> None:
    draw(model, Box(5, 5, 20, 20), Box(50, 50, 60, 60))
    model.select(model.visible_keys()[:2])
    commands.nudge(model, -10, 0)
    assert [a.box for a in annotations_of(model)] == [Box(0, 5, 15, 20), Box(45, 50, 55, 60)]


def test_resizing_never_takes_the_area_away(model: SessionModel) -> None:
    draw(model, Box(10, 10, 14, 14))
    for _ in range(10):
        commands.resize(model, -1, -10)
    assert annotations_of(model)[0].box == Box(10, 10, 11, 11)


def test_a_nudged_prelabel_is_an_adjusted_annotation_in_one_step(model: SessionModel, desk: Desk) -> None:
    model.select([prediction_at(0)])
    commands.nudge(model, 3, 0)
    (annotation,) = desk.stored().annotations.values()
    assert (annotation.origin, annotation.box, annotation.source_box) == (
        Origin.ADJUSTED,
        Box(43, 40, 123, 100),
        Box(40, 40, 120, 100),
    )
    assert desk.stored().standings == {1: Standing.TAKEN}
    model.undo()
    assert (desk.stored().annotations, desk.stored().standings) == ({}, {})
    assert model.selection == (prediction_at(0),)


def test_rejected_prelabels_and_deleted_annotations_come_back(model: SessionModel, desk: Desk) -> None:
    draw(model, Box(1, 1, 9, 9))
    before = judged(model.labels)
    commands.select_all(model)
    commands.reject_or_delete_selected(model)
    assert desk.stored().standings == dict.fromkeys((1, 2, 3), Standing.REJECTED)
    assert not desk.stored().annotations
    model.undo()
    assert judged(desk.stored()) == before


def test_deleting_an_accepted_box_counts_its_prelabel_as_rejected(model: SessionModel, desk: Desk) -> None:
    model.select([prediction_at(0)])
    commands.accept_selected(model)
    commands.reject_or_delete_selected(model)
    assert desk.stored().standings == {1: Standing.REJECTED}


def test_confirm_empty_removes_everything_and_can_be_undone(model: SessionModel, desk: Desk, qtbot: QtBot) -> None:
    draw(model, Box(1, 1, 9, 9))
    before = judged(model.labels)
    with qtbot.waitSignal(model.message) as said:
        commands.confirm_empty(model)
    assert "1 box was removed" in said.args[0]
    assert desk.stored().confirmed_empty
    model.undo()
    assert judged(desk.stored()) == before


def test_skip_keeps_the_reason(model: SessionModel, desk: Desk) -> None:
    commands.skip(model, "blurred")
    assert (desk.stored().state, desk.stored().skip_reason) == (ImageState.SKIPPED, "blurred")


def test_mark_labelled_rejects_what_was_not_taken(model: SessionModel, desk: Desk) -> None:
    model.select([prediction_at(1)])
    commands.accept_selected(model)
    commands.mark_labeled(model)
    labels = desk.stored()
    assert labels.state is ImageState.LABELED
    assert labels.standings == {1: Standing.REJECTED, 2: Standing.TAKEN, 3: Standing.REJECTED}


def test_copies_go_aside_on_the_same_image_and_stay_in_place_on_another(model: SessionModel, desk: Desk) -> None:
    draw(model, Box(100, 100, 150, 150))
    commands.copy(model)
    commands.paste(model)
    assert annotations_of(model)[1].box == Box(110, 110, 160, 160)
    model.show(desk.stored(2))
    commands.paste(model)
    assert [a.box for a in desk.stored(2).annotations.values()] == [Box(100, 100, 150, 150)]


def test_boxes_of_the_previous_image_are_drawn_here(model: SessionModel, desk: Desk) -> None:
    draw(model, Box(1, 2, 30, 40), Box(5, 6, 70, 80))
    model.show(desk.stored(2))
    commands.paste_previous(model)
    assert [a.box for a in desk.stored(2).annotations.values()] == [Box(1, 2, 30, 40), Box(5, 6, 70, 80)]


def test_a_duplicate_in_the_corner_stays_inside(model: SessionModel) -> None:
    draw(model, Box(WIDTH - 20, HEIGHT - 20, WIDTH, HEIGHT))
    commands.duplicate(model)
    assert annotations_of(model)[1].box == Box(WIDTH - 30, HEIGHT - 30, WIDTH - 10, HEIGHT - 10)


def test_the_most_uncertain_comes_first_and_judging_goes_on_from_there(model: SessionModel) -> None:
    order = []
    for _ in range(3):
        commands.next_doubtful(model)
        order.append(model.selection[0])
    assert order == [prediction_at(2), prediction_at(1), prediction_at(0)]
    commands.next_doubtful(model)
    assert model.selection == (prediction_at(2),)
    commands.reject_or_delete_selected(model)
    commands.next_doubtful(model)
    assert model.selection == (prediction_at(1),)
    commands.previous_doubtful(model)
    assert model.selection == (prediction_at(0),)


def test_going_back_to_an_image_goes_back_to_its_history(model: SessionModel, desk: Desk, qtbot: QtBot) -> None:
    commands.accept_all(model)
    model.show(desk.stored(2))
    assert not model.undo_stack.canUndo()
    with qtbot.waitSignal(model.revisit_requested) as asked:
        model.undo()
    assert asked.args == [1]
    assert desk.stored(1).state is ImageState.LABELED
    model.show(desk.stored(1))
    model.undo()
    assert desk.stored(1).state is ImageState.UNLABELED
    model.redo()
    assert desk.stored(1).state is ImageState.LABELED


def test_a_history_is_dropped_when_another_hand_changed_the_image(model: SessionModel, desk: Desk) -> None:
    commands.accept_all(model)
    model.show(desk.stored(2))
    other = new_model(desk)
    commands.skip(other, "by another")
    model.show(desk.stored(1))
    assert not model.undo_stack.canUndo()


def test_a_read_only_project_is_looked_at_but_not_changed(desk: Desk, qtbot: QtBot) -> None:
    with Project.open(desk.project.folder) as second:
        model = SessionModel(None, second.classes.all(), second.read_only_reason)
        model.show(second.labels.load(1))
        commands.select_all(model)
        with qtbot.waitSignal(model.message) as said:
            commands.accept_all(model)
        assert model.read_only
        assert "only be read" in said.args[0] and "another window" in said.args[0]
        assert not model.undo_stack.count()
        assert judged(desk.stored()) == judged(model.labels) == ({}, {}, ImageState.UNLABELED, None)


def test_listeners_hear_what_changed(model: SessionModel, desk: Desk) -> None:
    heard: list[Changes] = []
    model.changed.connect(heard.append)
    prediction = next(iter(labels_of(model).predictions.values()))
    model.push(edits.add(drawn(Box(0, 0, 10, 10), 1)))
    model.push(edits.take(prediction))
    model.push(edits.set_state(labels_of(model), ImageState.SKIPPED, EditKind.OTHER, "blurred"))
    model.show(desk.stored(2))
    assert heard == [Changes.BOXES, Changes.BOXES | Changes.PREDICTIONS, Changes.STATE, Changes.IMAGE]


def test_an_edit_that_changes_nothing_is_neither_written_nor_told(model: SessionModel, desk: Desk) -> None:
    heard: list[object] = []
    model.changed.connect(heard.append)
    model.edited.connect(lambda *told: heard.append(told))
    assert not model.push(Edit(EditKind.OTHER))
    assert not model.push(edits.set_state(labels_of(model), labels_of(model).state, EditKind.OTHER))
    assert heard == []
    assert desk.stored().state is ImageState.UNLABELED


def test_without_an_image_there_is_nothing_to_edit(model: SessionModel) -> None:
    model.show(None)
    assert not model.push(edits.add(drawn(Box(0, 0, 1, 1), 1)))
    assert not model.undo_stack.count()


def test_each_edit_is_one_transaction_and_told_before_what_it_changed(desk: Desk) -> None:
    """Also undone and redone; it is on disk when the transaction that was told of it has ended."""
    handed: list[LabelEdit] = []
    told: list[tuple[ImageLabels | None, Future[None] | None]] = []

    class Counted:
        def submit(self, edit: LabelEdit) -> Future[None]:
            handed.append(edit)
            return desk.writer.submit(edit)

    model = SessionModel(Counted(), desk.project.classes.all())
    model.show(desk.stored())
    model.edited.connect(lambda labels, written: told.append((labels, written)))
    model.changed.connect(lambda _: told.append((model.labels, None)))
    steps: list[Step] = [lambda model: draw(model, Box(1, 2, 30, 40)), SessionModel.undo, SessionModel.redo]
    for count, step in enumerate(steps, start=1):
        told.clear()
        step(model)
        assert len(handed) == count
        (labels, written), *later = told
        assert labels is model.labels and later and all(seen is labels for seen, _ in later)
        assert judged(desk.stored()) == judged(labels)
        assert written is not None and written.done() and written.exception() is None


def test_listeners_never_meet_a_selected_box_that_is_gone(model: SessionModel) -> None:
    seen: list[Changes] = []

    def look(changes: Changes) -> None:
        seen.append(changes)
        for key in model.selection:
            model.box_of(key), model.class_of(key)

    model.changed.connect(look)
    commands.select_all(model)
    commands.accept_all(model)
    commands.reject_or_delete_selected(model)
    model.undo()
    model.undo()
    assert len(seen) >= 5


# Any sequence of commands

Step = Callable[[SessionModel], None]


def _select(place: int) -> Step:
    def step(model: SessionModel) -> None:
        keys = model.visible_keys()
        model.select(keys[place % len(keys) : place % len(keys) + 2] if keys else [])

    return step


def _draw(x: int, y: int, w: int, h: int) -> Step:
    return lambda model: commands.draw(model, Box(x, y, min(x + w, WIDTH), min(y + h, HEIGHT)))


SMALL = st.integers(-15, 15)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(_select, st.integers(0, 20)),
    st.builds(_draw, st.integers(0, WIDTH - 5), st.integers(0, HEIGHT - 5), st.integers(1, 99), st.integers(1, 99)),
    st.builds(lambda dx, dy: lambda m: commands.nudge(m, dx, dy), SMALL, SMALL),
    st.builds(lambda dw, dh: lambda m: commands.resize(m, dw, dh), SMALL, SMALL),
    st.builds(lambda c: lambda m: commands.set_class(m, c), st.integers(1, 3)),
    st.builds(lambda r: lambda m: commands.runner_up(m, r), st.integers(1, 3)),
    st.builds(lambda r: lambda m: commands.skip(m, r), st.sampled_from(["", "blurred"])),
    st.sampled_from(
        [
            commands.select_all, commands.accept_all, commands.accept_selected, commands.reject_or_delete_selected,
            commands.duplicate, commands.copy, commands.paste, commands.confirm_empty, commands.mark_labeled,
            commands.next_doubtful, SessionModel.undo, SessionModel.redo,
        ]
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def many_images(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Iterator[tuple[Desk, list[int]]]:
    project = make_project(tmp_path_factory.mktemp("many") / "p", images=5 * EXAMPLES)
    desk = Desk(project, WriteQueue(project))
    yield desk, list(range(5 * EXAMPLES, 0, -1))
    desk.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=1, max_size=25))
def test_undoing_and_redoing_everything_agrees_with_the_disk(
    many_images: tuple[Desk, list[int]], steps: list[Step]
) -> None:
    desk, unused = many_images
    image_id = unused.pop()
    model = new_model(desk, image_id)
    first = judged(model.labels)
    for step in steps:
        step(model)
        if labels_of(model).image_id == image_id:
            assert judged(desk.stored(image_id)) == judged(model.labels)
    last = judged(model.labels)
    assert all(a.box.has_area and a.box == a.box.clipped(WIDTH, HEIGHT) for a in annotations_of(model))
    redone = model.undo_stack.index()
    while model.undo_stack.canUndo():
        model.undo()
    assert judged(desk.stored(image_id)) == first == judged(model.labels)
    for _ in range(redone):
        model.redo()
    assert judged(desk.stored(image_id)) == last == judged(model.labels)


def test_a_box_carries_who_made_it_and_undo_brings_back_whoever_made_it_before(desk: Desk) -> None:
    first = new_model(desk)
    first.annotator = "anna"
    draw(first, Box(1, 1, 20, 20))
    second = new_model(desk)
    second.annotator = "ben"
    (uid,) = (a.uid for a in annotations_of(second))
    second.select([("annotation", uid)])
    commands.nudge(second, 1, 0)
    assert [a.annotator for a in annotations_of(second)] == ["ben"]
    second.undo()
    assert [a.annotator for a in desk.stored().annotations.values()] == ["anna"]
