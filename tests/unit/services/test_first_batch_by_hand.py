"""The first batch of a project without a detector: how many, how unlike each other, and what is said beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.colours import Colour, write_pictures
from tests.presence import present
from tests.retraining import label

from boxwright.domain.batch import Batch, Slot
from boxwright.domain.errors import Cancelled
from boxwright.domain.image import Split
from boxwright.services.batches.appearances import appearances_for
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.batches.schedule import (
    ScheduleStep,
    advice,
    draw_scheduled,
    offered_request,
    scheduled_request,
    set_schedule,
)
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule, WayOfWorking
from boxwright.services.project.status import status

RED, GREEN, BLUE, GREY, WHITE = (200, 20, 20), (20, 160, 40), (30, 40, 190), (90, 90, 90), (240, 240, 240)


def pool(folder: Path, colours: Sequence[Colour]) -> Project:
    """Without a detector."""
    project = Project.create(folder / "project", ["red", "green", "blue"])
    add_folders(project, [write_pictures(folder / "pictures", colours)])
    return project


def crowded(folder: Path) -> Project:
    """Eighty pictures that look much alike, and five of each of four other kinds."""
    return pool(folder, [*((200 + i // 4, 20, 20) for i in range(80)), *(5 * [GREEN, BLUE, GREY, WHITE])])


def kinds(batch: Batch) -> Counter[bool]:
    """By whether they are of the crowd."""
    return Counter(item.image_id <= 80 for item in batch.items)


def test_two_dozen_are_told_beforehand_and_drawn(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        advised = advice(project)
        assert (advised.step, advised.size) == (ScheduleStep.DRAW_INITIAL, 24)
        assert "24 images, unlike each other" in advised.text
        assert "24 images" in status(project)["next_step"] and "boxwright next" in status(project)["next_step"]
        batch = draw_scheduled(project)
        assert {item.slot for item in batch.items} == {Slot.TYPICAL}
        assert len(batch.items) == 24
        assert "by hand" in batch.notes[0]
        # At random four of 24 would be of the other kinds.
        assert kinds(batch)[False] >= 10
        assert {(item.image_id - 81) % 4 for item in batch.items if item.image_id > 80} == {0, 1, 2, 3}


def test_the_same_seed_draws_the_same_images(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        request = NextRequest(12, "typiclust", random_share=0.0, seed=4)
        drawn = [next_batch(project, request, appearances_for(project, request)) for _ in range(2)]
        assert [i.image_id for i in drawn[0].items] == [i.image_id for i in drawn[1].items]


@pytest.mark.parametrize("images", [1, 7])
def test_of_a_small_pool_it_is_the_whole(tmp_path: Path, images: int) -> None:
    with pool(tmp_path, [(20 * i, 30, 200) for i in range(images)]) as project:
        assert advice(project).size == images
        assert len(draw_scheduled(project).items) == images


def test_a_share_that_a_person_sets_holds(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        set_schedule(project, Schedule(initial=0.1))
        assert advice(project).size == 10


def test_who_wants_random_batches_has_a_random_one(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        set_schedule(project, Schedule(WayOfWorking.RANDOM))
        assert {item.slot for item in draw_scheduled(project).items} == {Slot.INITIAL}


def test_a_picture_that_cannot_be_read_any_more_is_not_typical(tmp_path: Path) -> None:
    with pool(tmp_path, [RED, GREEN, BLUE]) as project:
        project.images.file(2).write_bytes(b"gone")
        found = present(appearances_for(project, scheduled_request(project)))
        assert found.image_ids.tolist() == [1, 3]
        assert {i.image_id: i.slot for i in draw_scheduled(project).items}[2] is Slot.INITIAL


def test_looking_can_be_stopped(tmp_path: Path) -> None:
    with pool(tmp_path, [RED, GREEN]) as project, pytest.raises(Cancelled):
        appearances_for(project, scheduled_request(project), should_stop=lambda: True)


def test_what_follows_is_the_first_detector_and_only_then_the_images_for_measuring(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        project.images.set_split([1, 2, 3], Split.VALIDATION)
        for item in draw_scheduled(project).items:
            label(project, item.image_id)
        advised = advice(project)
        assert advised.step is ScheduleStep.RETRAIN
        assert f"{advised.text} boxwright retrain" in status(project)["next_step"]


def test_a_second_batch_by_hand_is_unlike_the_first(tmp_path: Path) -> None:
    """Images of three of five kinds are labelled, so the next two are of the others."""
    with pool(tmp_path, [kind for kind in (RED, GREEN, BLUE, GREY, WHITE) for _ in range(6)]) as project:
        for image_id in (1, 7, 13):
            label(project, image_id)
        request = NextRequest(2, "typiclust", random_share=0.0, seed=1)
        batch = next_batch(project, request, appearances_for(project, request))
        assert {(item.image_id - 1) // 6 for item in batch.items} == {3, 4}


def test_a_rule_named_without_a_detector_is_not_kept_for_later(tmp_path: Path) -> None:
    with crowded(tmp_path) as project:
        for item in next_batch(project, NextRequest(3, "random", seed=1)).items:
            label(project, item.image_id)
        assert offered_request(project).sampler == "typiclust"
