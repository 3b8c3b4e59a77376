"""Retraining from the menu: the real window, a real child process, a project that learns in seconds."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from tests.onnx_graphs import HEIGHT, WIDTH
from tests.presence import present
from tests.retraining import asked, use_puppets
from tests.ui.conftest import stored
from tests.ui.trainable import make_trainable, write_detector

from boxwright.domain.batch import Slot
from boxwright.domain.image import ImageState
from boxwright.services.batches.schedule import schedule_of, set_schedule
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule, WayOfWorking
from boxwright.training.protocol import Effort

LEFT = Qt.MouseButton.LeftButton


def _open(driver, action: str):
    driver.window.live_actions[action].trigger()
    return driver.dialog()


def _filled(driver):
    """The dialog, set to what a tiny project needs."""
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("scratch"))
    dialog.epochs.setValue(2)
    dialog.side.setValue(64)
    return dialog


def _begin(driver) -> None:
    dialog = _filled(driver)
    assert dialog.go.isEnabled(), dialog.problem.text()
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.window.opened.retraining.running)


def _turned(driver) -> None:
    """Trained, decided or not, and every pre-label renewed."""
    driver.until(lambda: not driver.window.opened.retraining.adviser.paused)


def _comparison(driver):
    driver.until(
        lambda: (
            driver.window.opened.retraining.comparison is not None
            and driver.window.opened.retraining.comparison.isVisible()
        )
    )
    return driver.window.opened.retraining.comparison


def _cells(dialog, row: int) -> list[str]:
    item = dialog.table.topLevelItem(row)
    return [item.text(column) for column in range(dialog.table.columnCount())]


def test_a_better_detector_goes_on_by_itself_while_the_person_labels(driver, tmp_path):
    folder = make_trainable(tmp_path, "poor")
    driver.open(folder)
    first, before = driver.labels.image_id, set(driver.labels.predictions)
    assert before
    _begin(driver)
    window = driver.window
    assert window.status.retraining.isVisible()
    assert not window.live_actions["retrain.start"].isEnabled()
    window.live_actions["project.import"].trigger()
    assert "waits until the retraining has ended" in window.banner.words

    QTest.mouseClick(window.status.retraining.look, LEFT)
    panel = window.opened.retraining.panel
    driver.until(lambda: bool(panel.loss.plot.lines))
    assert panel.isVisible()
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_Space)
    driver.shown(row=1)
    open_image, shown = driver.labels.image_id, set(driver.labels.predictions)
    _turned(driver)
    driver.until(lambda: "round-1" in window.status.device.text())

    assert "in use: AP50 0.00 →" in window.advice.words
    assert "on 4 validation images; fixes per image" in window.advice.words
    assert driver.labels.image_id == open_image
    assert set(driver.labels.predictions) == shown, "the image on screen changes only when it is left"
    assert len(panel.loss.plot.lines[0].x) == 2
    with Project.open(folder, read_only=True) as project:
        model = present(project.models.active())
        assert model.name == "round-1"
        assert {first, open_image} & set(project.predictions.predicted_ids(model.id).tolist()) == {open_image}
    assert stored(folder, first).state is ImageState.LABELED, "labelled while it ran"
    driver.key(Qt.Key.Key_D)
    driver.shown(row=2)
    driver.key(Qt.Key.Key_A)
    driver.shown(row=1)
    assert driver.labels.image_id == open_image
    assert not shown & set(driver.labels.predictions), "and then it does"
    assert driver.workspace.queue.origin.words == "4 random; chosen with “present”."


def test_after_the_last_image_of_a_batch_the_turn_draws_the_next_and_holds_the_open_one(driver, tmp_path):
    folder = make_trainable(tmp_path, "none")
    with Project.open(folder) as project:
        set_schedule(project, Schedule(stop=1.0))
    driver.open(folder)
    window = driver.window
    for _ in range(4):
        driver.key(Qt.Key.Key_E)
        driver.until(lambda: driver.workspace.model.labels is not None)
    driver.until(lambda: "retrain now?" in window.advice.words)
    last = driver.labels.image_id
    QTest.mouseClick(window.advice.button, LEFT)
    dialog = driver.dialog()
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("scratch"))
    dialog.epochs.setValue(1)
    dialog.side.setValue(64)
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: window.opened.retraining.running)
    assert not window.advice.isVisible()
    # One epoch teaches it nothing; a person may take it all the same.
    QTest.mouseClick(_comparison(driver).go, LEFT)
    _turned(driver)
    driver.until(lambda: driver.workspace.queue.batch is not None and driver.workspace.queue.batch.id == 2)
    assert driver.labels.image_id == last, "the open image stays until the person goes on"
    driver.until(lambda: "Batch 2: 2 images" in window.advice.words)
    assert "(round 1)" in driver.workspace.queue.origin.words
    assert window.opened.area.queue_panel.origin.text() == driver.workspace.queue.origin.words
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_N)
    driver.shown(row=0)
    assert driver.labels.image_id == driver.workspace.queue.ids[0] != last
    with Project.open(folder, read_only=True) as project:
        assert {item.slot for item in present(project.batches.latest()).items} <= {Slot.UNCERTAIN, Slot.RANDOM}


def test_cancel_ends_the_child_and_changes_nothing(driver, tmp_path):
    folder = make_trainable(tmp_path, "poor")
    driver.open(folder)
    _begin(driver)
    QTest.mouseClick(driver.window.status.retraining.cancel, LEFT)
    driver.until(lambda: not driver.window.opened.retraining.running)
    assert "stopped" in driver.window.status.currentMessage()
    assert not driver.window.status.retraining.isVisible()
    assert driver.window.live_actions["retrain.start"].isEnabled()
    with Project.open(folder, read_only=True) as project:
        assert [m.name for m in project.models.all()] == ["present"]


@pytest.mark.parametrize("use_new", [False, True])
def test_a_worse_detector_is_shown_beside_the_present_one_and_a_person_decides(driver, tmp_path, use_new):
    folder = make_trainable(tmp_path, "good")
    driver.open(folder)
    _begin(driver)
    dialog = _comparison(driver)
    assert not dialog.isModal()
    driver.until(driver.canvas.hasFocus)
    driver.key(Qt.Key.Key_D)
    driver.shown(row=1)
    assert dialog.isVisible(), "the next key was for the canvas"
    assert _cells(dialog, 0)[:2] == ["AP50", "1.000"]
    assert _cells(dialog, 0)[3].startswith("−") and _cells(dialog, 0)[3].endswith("worse")
    assert _cells(dialog, 2)[0] == "Boxes to fix per image"
    assert _cells(dialog, 2)[3].startswith("+") and _cells(dialog, 2)[3].endswith("worse")
    assert dialog.keep.isDefault()
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).name == "present", "nothing is changed without being asked"
    QTest.mouseClick(dialog.go if use_new else dialog.keep, LEFT)
    if use_new:
        driver.until(lambda: "round-1" in driver.window.status.device.text())
        _turned(driver)
    driver.until(lambda: driver.window.opened.retraining.comparison is None)
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).name == ("round-1" if use_new else "present")
        assert len(project.models.all()) == 2, "both stay"


def test_without_a_labelled_validation_image_the_person_is_asked_too(driver, tmp_path, monkeypatch):
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    folder = make_trainable(tmp_path, "poor", measured=False)
    driver.open(folder)
    # One that finds something, or it would be of no use, measured or not.
    made = write_detector(tmp_path / "made.onnx", np.zeros(2))
    driver.window.opened.retraining.start(asked(str(made), size=[WIDTH, HEIGHT]), "puppet")
    dialog = _comparison(driver)
    assert "validation split" in dialog.words.text()
    assert not dialog.table.isVisible()
    dialog.close()
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).name == "present"


def test_closing_the_project_while_it_trains_asks_first(driver, tmp_path, monkeypatch):
    from boxwright.ui.shell import open_project

    folder = make_trainable(tmp_path, "poor")
    driver.open(folder)
    _begin(driver)
    asked = []
    monkeypatch.setattr(open_project, "leave_training", lambda _: bool(asked.append(1)) or len(asked) > 1)
    assert not driver.window.close_project()
    assert driver.window.opened.retraining.running
    job = driver.window.opened.retraining.run.task
    assert driver.window.close_project()
    assert driver.window.opened is None
    driver.until(lambda: job.ended)


def test_the_dialog_says_what_it_trains_on_and_how_long_it_takes(driver, tmp_path):
    driver.open(make_trainable(tmp_path, "poor"))
    dialog = _filled(driver)
    table = dialog.facts.table
    assert [(table.topLevelItem(n).text(0), table.topLevelItem(n).text(1)) for n in range(3)] == [
        ("cat", "⚠ 0"),
        ("dog", "⚠ 6"),
        ("owl", "⚠ 6"),
    ]
    assert dialog.facts.words.text() == "6 labelled images, with 12 boxes."
    assert "4 validation images" in dialog.facts.validation.text()
    assert "'cat' has no box" in dialog.facts.warnings.text()
    times = [label.text() for label in dialog.effort.times.values()]
    assert times == ["measuring this machine…"] * 3
    driver.until(lambda: next(iter(dialog.effort.times.values())).text().startswith("about "))
    dialog.reject()


def test_a_time_can_be_set_instead_of_an_effort_and_is_offered_again(driver, tmp_path):
    folder = make_trainable(tmp_path, "poor")
    driver.open(folder)
    dialog = _filled(driver)
    assert (dialog.effort.seconds, dialog.effort.minutes.value()) == (None, 15)
    dialog.effort.minutes.setValue(40)
    assert dialog.effort.timed.isChecked(), "who sets a time means it"
    assert (dialog._request().seconds, dialog._request().effort) == (2400.0, Effort.QUICK)
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("command"))
    assert not dialog.effort.timed.isVisible(), "a program of one's own does not plan"
    assert dialog.effort.seconds is None
    dialog.reject()
    assert driver.window.close_project()
    with Project.open(folder) as project:
        project.settings.retraining = {"trainer": "transfer", "effort": "full", "seconds": 600.0}
    driver.open(folder)
    dialog = _filled(driver)
    assert dialog.effort.seconds == 600.0
    dialog.effort.buttons[Effort.FULL].click()
    assert (dialog.effort.seconds, dialog.effort.effort) == (None, Effort.FULL)
    dialog.reject()


@pytest.mark.parametrize(("present", "opens_on"), [("poor", "transfer"), ("none", "scratch")])
def test_the_dialog_opens_on_the_detector_that_is_there_or_on_a_new_one(driver, tmp_path, present, opens_on):
    driver.open(make_trainable(tmp_path, present))
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    assert dialog.trainer.currentData() == opens_on
    assert dialog.go.isEnabled(), dialog.problem.text()
    dialog.reject()


def test_without_the_packages_for_training_the_dialog_says_so_and_does_not_open_on_a_program(
    driver, tmp_path, monkeypatch
):
    monkeypatch.setattr("boxwright.training.checks.find_spec", lambda _: None)
    driver.open(make_trainable(tmp_path, "poor"))
    dialog = _open(driver, "retrain.start")
    assert dialog.trainer.currentData() == "transfer", "not even before anything is known of the project"
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    shown = [dialog.trainer.itemText(place) for place in range(dialog.trainer.count())]
    assert shown == [
        "From your detector — not installed",
        "From nothing — not installed",
        "Ultralytics — not installed",
        "A program of your own",
    ]
    assert dialog.trainer.currentData() == "transfer"
    assert not dialog.go.isEnabled()
    assert "Training needs torch, onnx, which this installation lacks: about " in dialog.problem.text()
    assert dialog.way_out.text() == "Add them"
    dialog.reject()


def test_where_nothing_can_be_added_the_dialog_says_what_to_type_and_begins_nothing(driver, tmp_path, monkeypatch):
    monkeypatch.setattr("boxwright.training.checks.find_spec", lambda _: None)
    monkeypatch.setattr("boxwright.services.training_parts.environment.find_spec", lambda _: None)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    driver.open(make_trainable(tmp_path, "poor"))
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.way_out.isVisible())
    QTest.mouseClick(dialog.way_out, LEFT)
    parts = driver.dialog()
    assert parts.task is None
    assert "has no pip" in parts.problem.text()
    assert parts.line.isVisible() and parts.line.text().endswith("-m ensurepip")
    assert parts.go.text() == "Look again"
    QTest.mouseClick(parts.go, LEFT)
    assert parts.task is None
    parts.reject()
    dialog.reject()


def test_what_was_used_last_is_offered_again_where_it_can_run(driver, tmp_path):
    folder = make_trainable(tmp_path, "poor")
    with Project.open(folder) as project:
        project.settings.retraining = {"trainer": "command", "options": {"arguments": ["train", "{out}"]}}
    driver.open(folder)
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    assert dialog.trainer.currentData() == "command"
    dialog.reject()


def test_nothing_labelled_means_nothing_to_start_and_the_way_out_is_an_image_to_label(opened):
    dialog = _open(opened, "retrain.start")
    opened.until(lambda: dialog.problem.isVisible())
    assert not dialog.go.isEnabled()
    assert "label some" in dialog.problem.text()
    assert dialog.way_out.text() == "Go on labelling"
    QTest.mouseClick(dialog.way_out, LEFT)
    opened.shown(row=1)


def test_a_trainer_without_its_detector_or_program_says_so_before_and_leads_on(driver, tmp_path, monkeypatch):
    driver.open(make_trainable(tmp_path, "none"))
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    assert dialog.trainer.currentData() == "scratch", "one that can run"
    assert not dialog.way_out.isVisible()
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("command"))
    assert not dialog.go.isEnabled()
    assert "Fill in “Command” first" in dialog.problem.text()
    program = tmp_path / "my trainer.sh"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(program), ""))
    QTest.mouseClick(dialog.way_out, LEFT)
    assert dialog.option.values()["arguments"] == [str(program), "{dataset}", "{out}"]
    assert dialog.go.isEnabled(), dialog.problem.text()
    assert not dialog.way_out.isVisible()
    dialog.trainer.setCurrentIndex(dialog.trainer.findData("transfer"))
    assert dialog.trainer.currentText() == "From your detector — needs a detector"
    assert not dialog.go.isEnabled()
    QTest.mouseClick(dialog.way_out, LEFT)
    add = driver.dialog()
    assert add.windowTitle() == "Add a detector"
    add.reject()


def test_a_disk_that_is_full_is_told_before_a_training_and_looked_at_again(driver, tmp_path, monkeypatch):
    from boxwright.services.retraining import room

    driver.open(make_trainable(tmp_path, "none"))
    monkeypatch.setattr(room, "NEEDED", 10**18)
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: "too little for the files of a training" in dialog.problem.text())
    assert not dialog.go.isEnabled()
    monkeypatch.setattr(room, "NEEDED", 1)
    QTest.mouseClick(dialog.way_out, LEFT)
    driver.until(dialog.go.isEnabled)
    dialog.reject()


def test_what_the_training_would_stumble_over_is_told_while_its_time_is_measured(driver, tmp_path):
    driver.open(make_trainable(tmp_path, "none"))
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    dialog.side.setValue(50)
    driver.until(lambda: "50" in dialog.problem.text())
    dialog.side.setValue(64)
    driver.until(lambda: dialog.problem.text() == "")
    dialog.reject()


def test_what_is_advised_is_offered_once_for_a_batch(driver, folder):
    driver.open(folder)
    window = driver.window
    for _ in range(4):
        driver.key(Qt.Key.Key_Space)
        driver.until(lambda: driver.workspace.model.labels is not None)
    driver.until(lambda: "retrain now?" in window.advice.words)
    assert window.advice.button.text() == "Retrain…"
    QTest.mouseClick(window.advice.close_button, LEFT)
    driver.saved()
    assert window.close_project()
    driver.open(folder)
    answered: list[object] = []
    driver.workspace.reader.ask(lambda project: project.settings.advice_dismissed, answered.append)
    driver.until(lambda: bool(answered))
    assert answered == [1]
    assert not window.advice.isVisible(), "put away for this batch, also after opening it again"


def test_the_rounds_are_empty_at_first_and_say_what_to_do(opened):
    dialog = _open(opened, "rounds.show")
    opened.until(lambda: "no round yet" in dialog.words.text())
    assert "Retrain…" in dialog.words.text()
    dialog.reject()


def test_the_rounds_are_listed_and_drawn_with_what_is_not_certain(driver, folder):
    from boxwright.store.rounds import NewRound

    with Project.open(folder) as project:
        model = present(project.models.active()).id
        for images, ap in ((2, 0.21), (3, 0.35), (4, 0.41)):
            project.rounds.add(NewRound(model, images, 7 * images, ap, ap + 0.3, 2.0, 3.1, 9.0, True))
    driver.open(folder)
    dialog = _open(driver, "rounds.show")
    driver.until(lambda: dialog.table.topLevelItemCount() == 3)
    assert _cells(dialog, 1)[:8] == ["2", "tester", "3", "21", "0.650", "0.350", "3.1", "2.0"]
    plot = dialog.chart.plot
    assert list(plot.lines[-1].x) == [2.0, 3.0, 4.0] and plot.lines[-1].points
    (band,) = plot.bands
    assert np.all(np.array(band.low) <= np.array(band.high))
    assert "0.01 mAP" in dialog.words.text()
    assert "images that nobody picked" in dialog.audit.text(), "what will stand there"
    dialog.grab()
    table = dialog.table
    for column in range(2, table.columnCount()):
        words = (table.topLevelItem(row).text(column) for row in range(3))
        widest = max(map(table.fontMetrics().horizontalAdvance, words))
        assert table.columnWidth(column) - widest >= 14, "a figure stands clear of the one beside it"
    dialog.reject()


def test_only_a_detector_with_a_file_is_offered_to_learn_on(driver, folder):
    with Project.open(folder) as project:
        known = present(project.models.active())
        project.models.add("looked again", "", "", known.card, known.class_map)
    driver.open(folder)
    dialog = _open(driver, "retrain.start")
    driver.until(lambda: dialog.base.count() > 0)
    assert [dialog.base.itemText(row) for row in range(dialog.base.count())] == [f"{known.name} (in use)"]
    dialog.reject()


def test_the_way_of_working_is_kept_in_the_project(driver, folder):
    driver.open(folder)
    dialog = _open(driver, "rounds.schedule")
    driver.until(dialog.go.isEnabled)
    assert dialog.schedule() == Schedule()
    dialog.ways["random"].setChecked(True)
    dialog.step.setValue(25)
    assert not dialog.random.isEnabled()
    assert "a round" in dialog.plan.text()
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.window.isActiveWindow())
    with Project.open(folder, read_only=True) as project:
        assert schedule_of(project) == Schedule(way=WayOfWorking.RANDOM, step=0.25)
