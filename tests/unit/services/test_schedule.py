"""The loop as a setting: what is advised at each point of it, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.colours import make_pool, shades
from tests.retraining import label

from boxwright.domain.batch import Batch, Slot
from boxwright.domain.edits import EditKind, accept_all, confirm_empty, set_state
from boxwright.domain.errors import SettingError
from boxwright.domain.image import ImageState, Split
from boxwright.sampling import default
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.batches.random_slot_metrics import audits
from boxwright.services.batches.rounds import curve, rounds
from boxwright.services.batches.schedule import (
    ScheduleStep,
    advice,
    draw_scheduled,
    offered_request,
    ruled,
    schedule_of,
    scheduled_request,
    set_schedule,
)
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule, Stream, WayOfWorking
from boxwright.services.project.status import status
from boxwright.simulate.arms import USUAL_ARMS, arm_of, parse_arms
from boxwright.simulate.from_project import RULES
from boxwright.store.rounds import NewRound
from boxwright.store.settings import SettingRepository

TOTAL = 50


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_pool(tmp_path, shades(TOTAL)) as made:
        yield made


def note_round(project: Project, ap: float | None = 0.5) -> None:
    images = len(project.images.ids(state=ImageState.LABELED, split=Split.TRAIN))
    project.rounds.add(NewRound(1, images, images, ap, ap, 1.0, 1.0, 9.0, True))


def label_batch(project: Project, batch: Batch) -> None:
    assert batch.items
    for item in batch.items:
        label(project, item.image_id)


def step(project: Project) -> tuple[ScheduleStep, int]:
    found = advice(project)
    assert found.text.endswith((".", "?"))
    return found.step, found.size


def test_the_defaults_are_the_published_loop(project: Project) -> None:
    assert schedule_of(project) == Schedule(WayOfWorking.SAMPLED, 0.02, 0.10, 0.42, 0.5, 0.2)


def test_one_place_holds_the_default() -> None:
    rule = ("uncertainty-diversity", "detection_entropy", "mean", True)
    assert rule == (default.SAMPLER, default.SCORE, default.AGGREGATE, default.RARE_CLASSES)
    assert default.RANDOM_SHARE == 0.5
    planned = ruled(Schedule(), 10)
    for one in (Schedule(), NextRequest(10), planned):
        assert (one.sampler, one.score, one.aggregate, one.rare_classes) == rule
        assert (one.random_share, one.subset) == (default.RANDOM_SHARE, default.SUBSET)
    stream = Stream()
    assert (stream.score, stream.aggregate, stream.random_share) == (*rule[1:3], default.RANDOM_SHARE)
    assert parse_arms(USUAL_ARMS)[-1] == arm_of(Schedule()) == parse_arms(RULES[0])[-1]


def test_the_first_batch_is_drawn_at_random_and_the_next_has_both_parts(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    set_schedule(project, Schedule(initial=0.2, step=0.2))
    first = draw_scheduled(project)
    assert {item.slot for item in first.items} == {Slot.INITIAL}
    assert "first batch" in " ".join(first.notes)
    label_batch(project, first)
    second = draw_scheduled(project)
    assert [item.slot for item in second.items] == [Slot.UNCERTAIN, Slot.RANDOM] * 5
    assert second.notes == () or "first" not in second.notes[0]


def test_a_few_images_labelled_by_hand_are_no_first_batch(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    set_schedule(project, Schedule(initial=0.2))
    label(project, 1)
    assert step(project) == (ScheduleStep.DRAW_INITIAL, 10)
    assert {item.slot for item in draw_scheduled(project).items} == {Slot.INITIAL}


def test_labels_of_the_validation_split_are_no_first_batch(project: Project) -> None:
    project.images.set_split([1, 2], Split.VALIDATION)
    label(project, 1)
    label(project, 2)
    assert step(project)[0] is ScheduleStep.DRAW_INITIAL


def test_the_random_images_measure_the_detector_that_saw_them(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    set_schedule(project, Schedule(initial=0.2, step=0.2))
    label_batch(project, draw_scheduled(project))
    assert [audit.images for audit in audits(project)] == [10]
    label_batch(project, draw_scheduled(project))
    assert [audit.images for audit in audits(project)] == [15], "the random half besides"


def test_what_was_said_last_is_offered(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    assert (offered_request(project).sampler, offered_request(project).initial) == ("random", True)
    label_batch(project, draw_scheduled(project))
    offered = offered_request(project)
    assert (offered.sampler, offered.random_share) == (default.SAMPLER, default.RANDOM_SHARE)
    asked = replace(offered, sampler="uncertainty", score="margin", random_share=0.0, size=2)
    label_batch(project, next_batch(project, asked))
    offered = offered_request(project)
    assert (offered.sampler, offered.score, offered.random_share) == ("uncertainty", "margin", 0.0)
    set_schedule(project, Schedule(random_share=0.3))
    assert (offered_request(project).sampler, offered_request(project).random_share) == (default.SAMPLER, 0.3)


def test_a_project_keeps_the_rule_that_it_has_stored(project: Project) -> None:
    set_schedule(project, Schedule(sampler="uncertainty", score="margin", random_share=0.2))
    kept = schedule_of(project)
    assert (kept.sampler, kept.score, kept.random_share) == ("uncertainty", "margin", 0.2)
    # Before rules could be chosen there was none in what is stored.
    SettingRepository(project.store)["schedule"] = {"way": "sampled", "step": 0.2, "random_share": 0.3}
    kept = schedule_of(project)
    assert (kept.sampler, kept.score, kept.aggregate, kept.rare_classes, kept.random_share) == (
        "uncertainty-random", "entropy", "max", False, 0.3,
    )  # fmt: skip


def test_the_published_sampler_brings_the_published_rule_and_others_the_schedules_scores() -> None:
    planned = ruled(Schedule(random_share=0.2), 10)
    published = planned.by("uncertainty-random")
    told = (published.score, published.aggregate, published.rare_classes, published.random_share, published.subset)
    assert told == ("entropy", "max", False, 0.5, 0.2)
    other = planned.by("uncertainty")
    assert (other.score, other.aggregate, other.rare_classes, other.random_share) == (
        "detection_entropy", "mean", True, 0.2,
    )  # fmt: skip
    assert planned.by(planned.sampler) is planned


def test_the_whole_loop_is_advised_from_the_first_batch_to_the_stop(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    seen = []
    while (now := advice(project)).step is not ScheduleStep.FINISHED:
        seen.append(now.step)
        if now.step in (ScheduleStep.DRAW_INITIAL, ScheduleStep.DRAW_NEXT):
            batch = draw_scheduled(project)
            assert len(batch.items) == now.size
            assert step(project) == (ScheduleStep.LABEL, 0)
            label_batch(project, batch)
        else:
            assert now.step is ScheduleStep.RETRAIN
            note_round(project)
    assert seen == [
        ScheduleStep.DRAW_INITIAL,
        ScheduleStep.RETRAIN,
        *[ScheduleStep.DRAW_NEXT, ScheduleStep.RETRAIN] * 4,
    ]
    assert [row.images for row in rounds(project)] == [1, 6, 11, 16, 21], "42 % of 50 images"
    assert [len(batch.items) for batch in project.batches.all()] == [1, 5, 5, 5, 5]
    assert "42%" in advice(project).text


def test_the_three_ways_differ_in_what_is_drawn_and_how_often_is_trained(project: Project) -> None:
    prelabel(project, project.models.get(1), "cpu")
    label(project, 1)
    note_round(project)
    slots = {}
    for way in WayOfWorking:
        set_schedule(project, Schedule(way, step=0.2, random_share=0.25, sampler="uncertainty-random"))
        request = scheduled_request(project)
        assert (request.size, request.random_share) == (10, 0.25)
        batch = draw_scheduled(project)
        slots[way] = [str(item.slot) for item in batch.items]
    assert set(slots[WayOfWorking.ONCE]) == set(slots[WayOfWorking.RANDOM]) == {"random"}
    assert slots[WayOfWorking.SAMPLED].count("random") == 2
    label_batch(project, project.batches.all()[-1])
    assert step(project)[0] is ScheduleStep.RETRAIN
    set_schedule(project, Schedule(WayOfWorking.ONCE, step=0.2))
    assert step(project)[0] is ScheduleStep.DRAW_NEXT, "it was retrained once"


def test_a_project_with_a_seed_draws_each_batch_from_another_one(project: Project) -> None:
    project.settings.schedule_seed = 42
    first = draw_scheduled(project)
    assert first.settings["seed"] == 42
    label_batch(project, first)
    assert scheduled_request(project).seed == scheduled_request(project).seed == 42 + first.id
    del project.settings.schedule_seed
    assert scheduled_request(project).seed is None


def test_images_set_aside_for_measuring_are_labelled_before_a_retraining(project: Project) -> None:
    project.images.set_split([2, 3], Split.VALIDATION)
    label(project, 1)
    assert step(project) == (ScheduleStep.LABEL, 0)
    assert "2 images set aside for measuring" in advice(project).text
    label(project, 2)
    project.labels.apply(3, set_state(project.labels.load(3), ImageState.SKIPPED, EditKind.OTHER))
    assert step(project)[0] is ScheduleStep.DRAW_NEXT, "one labelled image without a batch is no reason to retrain"
    for image_id in range(4, 9):
        label(project, image_id)
    found = advice(project)
    assert found.step is ScheduleStep.RETRAIN
    assert found.text == "6 images were labelled: retrain now? There are 6 images with 6 boxes."
    assert status(project)["advice"] == {"step": "retrain", "text": found.text, "size": 0}
    assert "boxwright retrain" in status(project)["next_step"]


def test_a_round_that_was_not_activated_is_not_asked_for_again(project: Project) -> None:
    label_batch(project, draw_scheduled(project))
    assert step(project)[0] is ScheduleStep.RETRAIN
    note_round(project, ap=None)
    assert step(project) == (ScheduleStep.DRAW_NEXT, 5)


def test_nothing_is_drawn_where_nothing_is_left(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(3)) as project:
        set_schedule(project, Schedule(initial=1.0, stop=1.0))
        label(project, 1)
        note_round(project)
        for image_id in (2, 3):
            labels = project.labels.load(image_id)
            project.labels.apply(image_id, set_state(labels, ImageState.SKIPPED, EditKind.OTHER))
        assert step(project) == (ScheduleStep.FINISHED, 0)
        assert "export" in advice(project).text
    with Project.create(tmp_path / "empty") as project:
        assert step(project) == (ScheduleStep.DRAW_INITIAL, 0)
        assert draw_scheduled(project).items == ()


@pytest.mark.parametrize(
    "wrong", [{"initial": 0.0}, {"step": 1.5}, {"stop": -0.1}, {"subset": 0.0}, {"random_share": 1.1}]
)
def test_a_share_out_of_its_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="schedule"):
        Schedule(**wrong)  # type: ignore[arg-type]


def test_the_ledger_has_a_curve_from_two_measured_rounds_on(project: Project) -> None:
    assert curve(project) is None
    for image_id, ap in ((1, 0.2), (2, None), (3, 0.4), (4, 0.45)):
        label(project, image_id)
        note_round(project, ap)
        found = curve(project)
        assert (found is not None) == (image_id >= 3)
    assert found is not None and found.plateau is not None
    assert found.grid[-1] == TOTAL


def test_edits_are_counted_of_what_a_person_labelled_since_the_round_before(project: Project) -> None:
    label(project, 1)
    assert project.rounds.edits_per_image("", 0.25) == 1.0
    assert project.rounds.edits_per_image("9999", 0.25) is None
    project.labels.import_labels([(2, [])])
    assert project.rounds.edits_per_image("", 0.25) == 1.0, "what was imported cost nobody an edit"
    prelabel(project, project.models.get(1), "cpu")
    labels = project.labels.load(3)
    project.labels.apply(3, accept_all(labels, 0.25))
    assert project.rounds.edits_per_image("", 0.25) == 0.5, "what was accepted as it was is no edit"
    labels = project.labels.load(4)
    assert len(labels.predictions) == 1
    project.labels.apply(4, confirm_empty(labels))
    assert project.rounds.edits_per_image("", 0.25) == pytest.approx(2 / 3)
    (rejected,) = labels.predictions.values()
    assert project.rounds.edits_per_image("", rejected.score) == pytest.approx(2 / 3)
    assert project.rounds.edits_per_image("", 1.0) == pytest.approx(1 / 3), "nobody saw what was rejected"
