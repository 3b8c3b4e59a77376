"""The turn: from labels to a detector that is active if it is no worse. Real child processes, real measuring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.colours import CLASSES, write_detector
from tests.puppet_trainer import EPOCHS
from tests.retraining import Ending, asked, bad, good, label, labelled_pool, state_of, use_puppets

from boxwright.domain.batch import Slot
from boxwright.domain.edits import EditKind, reject, set_state
from boxwright.domain.errors import BoxwrightError, ReadOnlyProject, SettingError
from boxwright.domain.image import ImageState, Split
from boxwright.domain.progress import ignore
from boxwright.services.batches.schedule import draw_scheduled
from boxwright.services.detectors.admission import add_model
from boxwright.services.prelabelling.job import start_prelabel
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.services.retraining.cache import cache_folder, trim_cache
from boxwright.services.retraining.evaluate import evaluate_project
from boxwright.services.retraining.facts import training_facts, training_set
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import Figures, RetrainVerdict, Stage
from boxwright.services.retraining.run import activate, retrain, start_estimate
from boxwright.services.retraining.wire import EventThrottle, from_event, to_event
from boxwright.store.backup_files import backups
from boxwright.training.line_throttle import LINES_PER_SECOND
from boxwright.training.protocol import Epoch, LogLine

pytestmark = pytest.mark.slow


def raise_it(error: BoxwrightError) -> None:
    raise error


@pytest.fixture(autouse=True)
def puppets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_puppets(tmp_path / "plug-ins", monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with labelled_pool(tmp_path) as made:
        yield made


def test_an_equally_good_detector_is_activated_and_everything_is_told(project: Project, tmp_path: Path) -> None:
    ending = Ending()
    queue = WriteQueue(project)
    # Another file than the active detector's, which would be recognised.
    better = str(write_detector(tmp_path / "better.onnx", middle=(16.01, 16)))
    assert ending.start(project, queue, asked(better)).wait()
    assert queue.close()
    result = ending.result
    assert result.verdict is RetrainVerdict.ACTIVATED
    assert result.before is not None and result.after is not None
    assert (result.before.ap, result.after.ap) == pytest.approx((1.0, 1.0))
    assert result.after.fixes_per_image == 0.0
    assert {name: boxes for name, (_, _, boxes) in result.after.per_class.items()} == dict.fromkeys(CLASSES, 1)
    assert (result.images, result.boxes, result.history) == (6, 6, EPOCHS)
    assert list(result.stages) == ["training", "checking", "measuring"]
    stages = [event.text for event in ending.events if isinstance(event, Stage)]
    assert stages == [
        "training", "checking the new detector", "measuring the new detector", "measuring the present detector",
    ]  # fmt: skip
    assert tuple(event for event in ending.events if isinstance(event, Epoch)) == EPOCHS
    assert LogLine("threads 1, 6 images") in ending.events
    active = project.models.active()
    assert active is not None and active.id == result.model_id
    assert (project.folder / active.file).is_file()
    assert Figures.from_json(active.metrics) == result.after
    assert Figures.from_json(project.models.get(1).metrics) == result.before
    (row,) = project.rounds.all()
    assert (row.model_id, row.images, row.boxes, row.ap, row.activated) == (active.id, 6, 6, result.after.ap, True)
    assert [kept.why for kept in backups(project.folder)] == ["before-retraining"]
    assert row.edits_per_image == 1.0, "one box was drawn on each image"
    assert not list((project.folder / "models").rglob(".adding*"))


def test_a_worse_detector_is_kept_and_a_person_may_activate_it(project: Project, tmp_path: Path) -> None:
    result = retrain(project, asked(bad(tmp_path)))
    assert result.verdict is RetrainVerdict.WORSE
    assert result.before is not None and result.after is not None
    assert result.after.ap < result.before.ap
    assert result.after.fixes_per_image == 2.0, "what lies beside the thing is rejected, and the thing drawn"
    assert project.models.active() == replace(project.models.get(1), active=True)
    assert [row.activated for row in project.rounds.all()] == [False]
    activate(project, result.model_id)
    active = project.models.active()
    assert active is not None and active.id == result.model_id
    assert [row.activated for row in project.rounds.all()] == [True]


def test_the_command_and_the_window_measure_alike(project: Project, tmp_path: Path) -> None:
    result = retrain(project, asked(bad(tmp_path)))
    evaluation = evaluate_project(project, project.models.get(result.model_id), "cpu")
    assert result.after is not None
    assert evaluation.to_json()["AP"] == result.after.ap
    assert Figures.from_json(project.models.get(result.model_id).metrics) == result.after


def test_the_first_detector_of_a_project_is_activated(project: Project, tmp_path: Path) -> None:
    with project.transaction():
        project.store.write("UPDATE model SET active = 0")
    first = str(write_detector(tmp_path / "first.onnx", middle=(16.01, 16)))
    result = retrain(project, asked(first))
    assert (result.verdict, result.before, result.useless) == (RetrainVerdict.ACTIVATED, None, "")
    assert result.after is not None


def test_the_first_detector_of_a_project_is_not_activated_where_it_saves_nothing(
    project: Project, tmp_path: Path
) -> None:
    with project.transaction():
        project.store.write("UPDATE model SET active = 0")
    result = retrain(project, asked(bad(tmp_path)))
    assert (result.verdict, result.before) == (RetrainVerdict.USELESS, None)
    assert "2.0 boxes to fix per image, and 1.0 to draw" in result.useless
    assert project.models.active() is None


def test_without_a_labelled_validation_image_a_person_is_asked(project: Project, tmp_path: Path) -> None:
    for image_id in project.images.ids(split=Split.VALIDATION).tolist():
        labels = project.labels.load(image_id)
        project.labels.apply(image_id, set_state(labels, ImageState.UNLABELED, EditKind.OTHER))
    result = retrain(project, asked(bad(tmp_path)))
    assert (result.verdict, result.before, result.after) == (RetrainVerdict.UNMEASURED, None, None)
    assert "No image of the validation split is labelled" in result.note
    active = project.models.active()
    assert active is not None and active.id == 1


def test_a_detector_activated_meanwhile_is_not_pushed_aside(project: Project, tmp_path: Path) -> None:
    other = add_model(project, write_detector(tmp_path / "other.onnx", middle=(15.9, 16)))
    queue = WriteQueue(project)

    def switch(event: object) -> None:
        if isinstance(event, Stage) and "present" in event.text:
            queue.submit(lambda p: p.models.activate(other.id)).result()

    ending = Ending(switch)
    assert ending.start(project, queue, asked(bad(tmp_path))).wait()
    assert queue.close()
    assert ending.result.verdict is RetrainVerdict.UNMEASURED
    assert "made active meanwhile" in ending.result.note
    active = project.models.active()
    assert active is not None and active.id == other.id


def test_the_same_detector_is_not_kept_twice(project: Project, tmp_path: Path) -> None:
    first, second = (retrain(project, asked(bad(tmp_path))) for _ in range(2))
    assert first.model_id == second.model_id
    assert len(project.rounds.all()) == 2
    assert len(list((project.folder / "models").iterdir())) == 2


def test_the_base_is_the_active_detector_or_the_one_asked_for(project: Project, tmp_path: Path) -> None:
    retrain(project, asked(bad(tmp_path), "puppet-on-base"))
    assert (project.folder / project.models.get(1).file).is_file()
    with pytest.raises(Exception, match="no detector with the number 9"):
        retrain(project, replace(asked(bad(tmp_path), "puppet-on-base"), base_model_id=9))


def test_after_the_turn_the_next_batch_is_drawn_before_all_is_seen_again(project: Project, tmp_path: Path) -> None:
    prelabel(project, project.models.get(1), "cpu")
    before = project.predictions.of_image(10, 1)
    project.labels.apply(10, reject(before))
    result = retrain(project, asked(str(write_detector(tmp_path / "new.onnx", middle=(16.01, 16)))))
    assert result.verdict is RetrainVerdict.ACTIVATED
    assert [p.id for p in project.labels.load(10).predictions.values()] == [p.id for p in before], "still on screen"
    queue = WriteQueue(project)
    assert start_prelabel(project, queue, result.model_id, "cpu", ignore, lambda _: None, raise_it).wait()
    assert queue.close()
    batch = draw_scheduled(project)
    assert batch.model_id == result.model_id
    assert batch.items[0].slot is Slot.UNCERTAIN
    assert project.predictions.of_image(10, result.model_id) == [], "a person has touched it"
    assert len(project.predictions.of_image(11, result.model_id)) == 1


def test_what_is_set_aside_is_never_learnt(project: Project) -> None:
    project.images.set_split([1], Split.TEST)
    learnt = {image.path.name for image in training_set(project).images}
    assert learnt == {"001.png", "002.png", "003.png", "004.png", "005.png"}
    assert training_facts(project).images == 5
    assert training_facts(project).validation_images == 3


def test_the_facts_are_counted_and_warned_of(project: Project) -> None:
    label(project, 10, class_id=2)
    project.labels.apply(11, set_state(project.labels.load(11), ImageState.LABELED, EditKind.OTHER))
    facts = training_facts(project)
    assert (facts.images, facts.empty, facts.boxes) == (8, 1, {"red": 2, "green": 3, "blue": 2})
    assert facts.obstacle is None
    assert len(facts.warnings) == 3
    assert "'green' has only 3 boxes" in facts.warnings[1]


def test_with_nothing_to_learn_nothing_is_trained(tmp_path: Path) -> None:
    with labelled_pool(tmp_path, train=0, validation=0) as project:
        before = state_of(project)
        obstacle = training_facts(project).obstacle
        assert obstacle is not None
        with pytest.raises(Exception, match="No image of the train split is labelled"):
            retrain(project, asked(good(tmp_path)))
        assert state_of(project) == before


def test_the_time_is_told_beforehand(project: Project, tmp_path: Path) -> None:
    told: list[float | None] = []
    for request in (asked("some.onnx"), replace(asked(""), options={})):
        assert start_estimate(project, request, told.append, lambda error: pytest.fail(str(error))).wait()
    assert told == [6.0, None]


def test_an_unknown_trainer_and_a_read_only_project_are_sentences(project: Project, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no trainer named 'magic'"):
        retrain(project, RetrainRequest("magic"))
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyProject):
        retrain(second, asked(good(tmp_path)))
    wrong: dict[str, Any]
    for wrong in ({"seed": -1}, {"threads": -1}, {"time_limit": 0.0}):
        with pytest.raises(SettingError):
            RetrainRequest(**wrong)


def test_events_travel_unchanged() -> None:
    for event in (Epoch(3, 1.5, 1.0, 0.5, 9.0, 0.25), LogLine("x"), Stage("training")):
        assert from_event(to_event(event)) == event
    assert from_event({"event": "started"}) is None


def test_a_flood_of_lines_is_held_back_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    teller = EventThrottle(told.append)
    now = 0.0
    monkeypatch.setattr("boxwright.training.line_throttle.time.monotonic", lambda: now)
    for number in range(1_000):
        teller(LogLine(str(number)))
    assert len(told) == LINES_PER_SECOND
    now = 1.0
    teller(LogLine("calm"))
    assert told[-2:] == [LogLine(f"({1_000 - LINES_PER_SECOND} lines left out)"), LogLine("calm")]


def test_the_cache_forgets_what_is_gone_and_stays_small(project: Project) -> None:
    folder = cache_folder(project)
    outdated = folder.with_name("features")
    (outdated / "old").mkdir(parents=True)
    known, gone = project.models.get(1).sha256[:16], "0123456789abcdef"
    for number, name in enumerate((known, gone, "oldest", "older", "new")):
        (folder / name).mkdir(parents=True)
        (folder / name / "features.npy").write_bytes(bytes(100))
        stamp = {"oldest": 1, "older": 2}.get(name, 100 + number)
        os.utime(folder / name, (stamp, stamp))
    trim_cache(project, limit=350)
    assert {path.name for path in folder.iterdir()} == {known, "older", "new"}
    assert not outdated.exists(), "features of pixels that are made otherwise now"
    trim_cache(project, base=project.folder / project.models.get(1).file, limit=50)
    assert {path.name for path in folder.iterdir()} == {known}
    trim_cache(project, limit=50)
    assert not list(folder.iterdir())
