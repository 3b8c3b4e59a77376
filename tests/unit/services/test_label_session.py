"""An edit is in memory at once and on disk in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.labelling import Desk, desk_on, judged

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.changes import Changes
from boxwright.domain.edits import Edit, EditKind
from boxwright.domain.errors import ReadOnlyProject
from boxwright.domain.image import ImageState
from boxwright.services.project.label_session import LabelSession
from boxwright.services.project.project import Project


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_on(tmp_path / "p") as desk:
        yield desk


@pytest.fixture
def session(desk: Desk) -> LabelSession:
    session = LabelSession(desk.writer)
    session.show(desk.project.labels.load(1))
    return session


def test_an_edit_is_seen_at_once_and_then_found_on_disk(desk: Desk, session: LabelSession) -> None:
    annotation = drawn(Box(1, 2, 30, 40), 2)
    session.apply(edits.add(annotation))
    assert session.labels is not None
    assert session.labels.annotations == {annotation.uid: annotation}
    assert judged(desk.stored()) == judged(session.labels)


def test_edits_reach_the_disk_in_the_order_they_were_made(desk: Desk, session: LabelSession) -> None:
    annotation = drawn(Box(0, 0, 10, 10), 1)
    session.apply(edits.add(annotation))
    for step in range(1, 60):
        moved = annotation.with_box(Box(step, 0, step + 10, 10))
        session.apply(edits.change(annotation, moved, EditKind.MOVE_BOX))
        annotation = moved
    assert desk.stored().annotations[annotation.uid].box == Box(59, 0, 69, 10)


def test_an_edit_belongs_to_the_image_it_was_made_on(desk: Desk, session: LabelSession) -> None:
    session.apply(edits.add(drawn(Box(0, 0, 10, 10), 1)))
    session.show(desk.stored(2))
    session.apply(edits.add(drawn(Box(5, 5, 20, 20), 2)))
    assert [a.class_id for a in desk.stored(1).annotations.values()] == [1]
    assert [a.class_id for a in desk.stored(2).annotations.values()] == [2]


def test_subscribers_hear_what_changed(session: LabelSession, desk: Desk) -> None:
    heard: list[Changes] = []
    session.subscribe(heard.append)
    assert session.labels is not None
    prediction = next(iter(session.labels.predictions.values()))
    session.apply(edits.add(drawn(Box(0, 0, 10, 10), 1)))
    session.apply(edits.take(prediction))
    session.apply(edits.set_state(session.labels, ImageState.SKIPPED, EditKind.OTHER, "blurred"))
    session.show(desk.stored(2))
    assert heard == [Changes.BOXES, Changes.BOXES | Changes.PREDICTIONS, Changes.STATE, Changes.IMAGE]


def test_an_edit_that_changes_nothing_is_neither_written_nor_told(session: LabelSession, desk: Desk) -> None:
    heard: list[Changes] = []
    session.subscribe(heard.append)
    session.apply(Edit(EditKind.OTHER))
    assert session.labels is not None
    session.apply(edits.set_state(session.labels, session.labels.state, EditKind.OTHER))
    assert heard == []
    assert desk.stored().state is ImageState.UNLABELED


def test_a_read_only_project_refuses_and_says_why(desk: Desk) -> None:
    with Project.open(desk.project.folder) as second:
        assert second.read_only
        session = LabelSession(None, second.read_only_reason)
        session.show(second.labels.load(1))
        assert session.read_only
        with pytest.raises(ReadOnlyProject, match="another window"):
            session.apply(edits.add(drawn(Box(0, 0, 10, 10), 1)))
        assert session.labels is not None
        assert not session.labels.annotations


def test_without_an_image_there_is_nothing_to_edit(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no image"):
        LabelSession(desk.writer).apply(edits.add(drawn(Box(0, 0, 1, 1), 1)))
