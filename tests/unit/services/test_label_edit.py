"""An edit is in memory at once and on disk in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.labelling import Desk, desk_on, judged

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind
from boxwright.services.project.label_edit import apply_edit


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_on(tmp_path / "p") as desk:
        yield desk


def test_an_edit_is_seen_at_once_and_then_found_on_disk(desk: Desk) -> None:
    before = desk.project.labels.load(1)
    annotation = drawn(Box(1, 2, 30, 40), 2)
    labels, written = apply_edit(before, edits.add(annotation), desk.writer)
    assert (before.annotations, labels.annotations) == ({}, {annotation.uid: annotation})
    assert judged(desk.stored()) == judged(labels)
    assert written.done() and written.exception() is None


def test_edits_reach_the_disk_in_the_order_they_were_made(desk: Desk) -> None:
    annotation = drawn(Box(0, 0, 10, 10), 1)
    labels, _ = apply_edit(desk.project.labels.load(1), edits.add(annotation), desk.writer)
    for step in range(1, 60):
        moved = annotation.with_box(Box(step, 0, step + 10, 10))
        labels, _ = apply_edit(labels, edits.change(annotation, moved, EditKind.MOVE_BOX), desk.writer)
        annotation = moved
    assert labels.annotations == desk.stored().annotations == {annotation.uid: annotation}
    assert annotation.box == Box(59, 0, 69, 10)


def test_an_edit_belongs_to_the_image_it_was_made_on(desk: Desk) -> None:
    apply_edit(desk.project.labels.load(1), edits.add(drawn(Box(0, 0, 10, 10), 1)), desk.writer)
    apply_edit(desk.stored(2), edits.add(drawn(Box(5, 5, 20, 20), 2)), desk.writer)
    assert [a.class_id for a in desk.stored(1).annotations.values()] == [1]
    assert [a.class_id for a in desk.stored(2).annotations.values()] == [2]
