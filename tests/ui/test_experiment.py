"""Trying rules on one's own labels, from the menu: the real window and a real child process."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.labelled_project import make_project
from tests.presence import present

from boxwright.services.batches.schedule import schedule_of
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import WayOfWorking
from boxwright.simulate.from_project import Answer
from boxwright.ui.batches.experiment import AnswerDialog

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")

LEFT = Qt.MouseButton.LeftButton


def opened_dialog(driver):
    driver.window.live_actions["tools.experiment"].trigger()
    return driver.dialog()


def test_too_few_labels_are_told_before_anything_starts(driver, tmp_path: Path) -> None:
    driver.open(make_project(tmp_path, 12))
    dialog = opened_dialog(driver)
    driver.until(lambda: "12 images are labelled" in dialog.problem.text())
    assert not dialog.go.isEnabled()


def test_rules_compete_beside_the_labelling_and_the_answer_is_in_words(driver, tmp_path: Path) -> None:
    driver.open(make_project(tmp_path, 64))
    dialog = opened_dialog(driver)
    driver.until(lambda: dialog.go.isEnabled())
    assert "64 labelled images" in dialog.facts.text()
    assert "expect no answer" in dialog.facts.text()
    for row in range(1, dialog.rules.count()):
        dialog.rules.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.repeats.setValue(2)
    dialog.steps.setValue(20)
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.window.opened.task is not None)
    # The window is free meanwhile.
    driver.window.live_actions["go.next"].trigger()
    driver.until(lambda: driver.window.opened.task is None)
    answer = driver.dialog()
    assert isinstance(answer, AnswerDialog), getattr(answer, "sentence", answer)
    assert answer.words.text()
    assert answer.table.topLevelItemCount() == 1
    assert "to" in present(answer.table.topLevelItem(0)).text(2)
    experiments = list((tmp_path / "project" / "cache" / "experiments").iterdir())
    assert len(experiments) == 1
    assert {file.name for file in experiments[0].iterdir()} - {"experiment.lock"} == {
        "cells.jsonl",
        "cells.csv",
        "report.json",
        "report.html",
    }


def test_a_run_that_is_cancelled_ends_and_what_is_finished_is_kept(driver, tmp_path: Path) -> None:
    driver.open(make_project(tmp_path, 64))
    dialog = opened_dialog(driver)
    driver.until(lambda: dialog.go.isEnabled())
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.window.opened.task is not None)
    driver.window.opened.task.cancel()
    driver.until(lambda: driver.window.opened.task is None)
    assert "used the next time" in driver.window.status.currentMessage()


def test_the_rule_of_the_answer_becomes_that_of_the_project(driver, tmp_path: Path) -> None:
    folder = make_project(tmp_path, 12)
    driver.open(folder)
    rule = "uncertainty:score=detection_entropy,aggregate=mean"
    answer = Answer(rule, f"Use {rule}: it is ahead.", [(rule, 2.1, 0.4, 3.9), ("hybrid", 0.2, None, None)], tmp_path)
    dialog = AnswerDialog(driver.window.opened, answer)
    dialog.open()
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: not driver.window.findChildren(AnswerDialog))
    assert driver.window.close_project()
    with Project.open(folder, read_only=True) as project:
        schedule = schedule_of(project)
    assert (schedule.way, schedule.sampler) == (WayOfWorking.SAMPLED, "uncertainty")
    assert (schedule.score, schedule.aggregate) == ("detection_entropy", "mean")


def test_without_an_answer_there_is_nothing_to_set(driver, tmp_path: Path) -> None:
    driver.open(make_project(tmp_path, 12))
    dialog = AnswerDialog(driver.window.opened, Answer(None, "There is not enough evidence.", [], tmp_path))
    dialog.open()
    assert not dialog.go.isVisible()
    assert "not enough evidence" in dialog.words.text()
