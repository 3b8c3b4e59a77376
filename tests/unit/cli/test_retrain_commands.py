"""The turn from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.colours import CLASSES, write_pictures
from tests.retraining import bad, good, label, labelled_pool, use_puppets
from tests.unit.cli.conftest import Run

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.services.retraining.default import default_trainer
from boxwright.training.checks import missing_parts

pytestmark = pytest.mark.slow


def parsed(answer: tuple[int, str, str]) -> Any:
    status, out, err = answer
    assert status == 0, err
    return json.loads(out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    with labelled_pool(tmp_path) as project:
        return project.folder


def retraining(folder: Path, detector: str, *more: object) -> tuple[object, ...]:
    return ("retrain", folder, "--trainer", "puppet", "--device", "cpu", "--option", f"detector={detector}", *more)


def test_a_trainer_that_nobody_names_fits_the_project(
    run: Run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(folder) as project:
        assert default_trainer(project) == "transfer"
        (project.folder / project.models.all()[0].file).unlink()
        assert default_trainer(project) == "scratch"
        monkeypatch.setattr("boxwright.training.checks.find_spec", lambda _: None)
        assert default_trainer(project) not in ("command", "ultralytics")


@pytest.mark.skipif(missing_parts() is not None, reason=f"no training here: {missing_parts()}")
def test_retrain_without_a_detector_begins_from_nothing(run: Run, tmp_path: Path) -> None:
    with Project.create(tmp_path / "bare", CLASSES) as project:
        add_folders(project, [write_pictures(tmp_path / "pictures", [(204, 51, 0)])])
        label(project, 1)
    short = ("--epochs", 1, "--size", 64, "--device", "cpu")
    status, out, err = run("retrain", tmp_path / "bare", *short)
    assert status == 0
    assert "Expect little of a first detector from nothing" in err
    assert "of no use yet" in out
    assert "It is kept, and not put in use; nothing has changed." in out
    assert f'boxwright model activate "{tmp_path / "bare"}" 1' in out
    assert "more labelled images" in out
    assert parsed(run("status", tmp_path / "bare", "--json"))["model"] is None
    told = parsed(run("retrain", tmp_path / "bare", *short, "--json"))
    assert (told["activated"], told["verdict"], told["epochs"]) == (False, "useless", 1), "it went on from the first"
    assert "of no use yet" in told["useless"]


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("soon", "'soon' is no time; write it like 15m, 1h30m or 8h."),
        ("15", "'15' is no time; write it like 15m, 1h30m or 8h."),
        ("0m", "'0m' is no time; write it like 15m, 1h30m or 8h."),
        ("10s", "A training needs half a minute at least."),
    ],
)
def test_a_time_that_cannot_be_kept_is_said(run: Run, folder: Path, tmp_path: Path, time: str, words: str) -> None:
    status, _, err = run(*retraining(folder, good(tmp_path), "--time", time))
    assert status != 0
    assert words in " ".join(err.split())


def test_a_time_reaches_the_trainer_and_one_that_cannot_plan_is_not_asked(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    status, _, err = run(*retraining(folder, good(tmp_path), "--time", "1h30m"))
    assert (status, "5400.0 seconds" in err) == (0, True)
    assert "None seconds" in run(*retraining(folder, good(tmp_path)))[2]
    status, _, err = run("retrain", folder, "--trainer", "command", "--time", "1h30m", "--option", 'arguments=["true"]')
    assert status != 0
    assert "The trainer 'command' cannot plan for a time; choose an effort, or another trainer." in " ".join(
        err.split()
    )


def test_retrain_tells_both_detectors_and_is_asked_about_a_worse_one(run: Run, folder: Path, tmp_path: Path) -> None:
    status, out, err = run(*retraining(folder, bad(tmp_path), "--threads", 1))
    assert status == 0
    assert err.startswith("Training\n")
    assert "Epoch 1: loss 2, AP50 0.250 on images held back, 0 s\nEpoch 2: loss 1, 0 s\n" in err
    assert "threads 1, 6 images" in err
    assert "Measuring the present detector" in err
    assert "learnt 6 boxes on 6 images" in out
    assert "boxes to fix per image    0.000    2.000" in out
    assert f'boxwright model activate "{folder}" 2' in out
    told = parsed(run(*retraining(folder, bad(tmp_path), "--accept-worse", "--json")))
    assert (told["model"], told["activated"], told["verdict"]) == (2, True, "worse")
    assert (told["images"], told["boxes"], told["epochs"]) == (6, 6, 2)
    assert told["before"]["AP"] > told["after"]["AP"] >= 0
    assert told["before"]["AP50"] > told["after"]["AP50"]
    assert told["seconds"] > 0 and set(told["stages"]) == {"training", "checking", "measuring"}
    assert parsed(run("status", folder, "--json"))["model"] == "round-1"
    ledger = parsed(run("rounds", folder, "--json"))
    assert [(row["model_id"], row["activated"]) for row in ledger["rounds"]] == [(2, True), (2, True)]
    assert ledger["plateau"] is None
    _, out, _ = run("rounds", folder)
    assert out.splitlines()[1].split()[:3] == ["1", "6", "6"]


def test_what_goes_wrong_is_one_sentence_and_a_status(run: Run, folder: Path, tmp_path: Path) -> None:
    for words, status, sentence in (
        (retraining(folder, good(tmp_path), "--option", "do=crash"), 1, "stopped with an error (ValueError"),
        (retraining(folder, good(tmp_path), "--option", "nonsense"), 2, "is not NAME=VALUE"),
        (retraining(folder, good(tmp_path), "--option", "do=wait", "--time-limit", "0.01"), 1, "not done after 1 sec"),
        (("retrain", folder, "--trainer", "magic"), 1, "no trainer named 'magic'"),
        (("retrain", folder, "--effort", "some"), 2, "some"),
    ):
        answer = run(*words)
        assert answer[:2] == (status, "")
        assert sentence in answer[2]
    _, out, _ = run("rounds", folder)
    assert out == "There is no round yet: label some images and run 'boxwright retrain'.\n"


def test_the_schedule_is_shown_changed_and_used_by_next(run: Run, folder: Path) -> None:
    status, out, _ = run("schedule", folder)
    assert status == 0
    plan = "A first batch of 2% at random, then 10% at a time up to 42% of the images"
    assert f"{plan}, drawn by uncertainty-diversity:score=detection_entropy,aggregate=mean,rare=yes, 50% of each" in out
    assert "Now: 6 images were labelled: retrain now?" in out
    changes = ("--way", "random", "--initial", "5%", "--step", "25%", "--stop", "100%", "--random", "0%")
    told = parsed(run("schedule", folder, *changes, "--subset", "30%", "--json"))
    assert told == {
        "way": "random", "initial": 0.05, "step": 0.25, "stop": 1.0, "random_share": 0.0, "subset": 0.3,
        "sampler": "uncertainty-diversity", "score": "detection_entropy", "aggregate": "mean", "rare_classes": True,
        "advice": told["advice"],
    }  # fmt: skip
    assert told["advice"]["step"] == "retrain"
    drawn = parsed(run("next", folder, "--json"))
    assert (len(drawn["items"]), drawn["sampler"], drawn["subset"], drawn["random"]) == (3, "random", 0.3, 1.0)
    assert len(parsed(run("next", folder, "--size", 1, "--redraw", "--json"))["items"]) == 1
    assert run("schedule", folder, "--stop", "0%")[0] == 2
    assert run("schedule", folder, "--stop", "much")[0] == 2


def test_the_same_training_gives_the_same_detector(run: Run, folder: Path) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    words = ("retrain", folder, "--trainer", "scratch", "--epochs", 1, "--size", 64, "--threads", 1, "--json")
    models = [parsed(run(*words, "--seed", 7))["model"] for _ in range(2)]
    assert models == [2, 2], "a file with the same bytes is the detector that is there already"


def test_a_rule_that_an_experiment_names_draws_the_batches_from_then_on(run: Run, folder: Path) -> None:
    rule = "uncertainty-random:score=margin,aggregate=mean,rare=yes,random=30%"
    told = parsed(run("schedule", folder, "--rule", rule, "--json"))
    assert {key: told[key] for key in ("way", "sampler", "score", "aggregate", "rare_classes", "random_share")} == {
        "way": "sampled", "sampler": "uncertainty-random", "score": "margin", "aggregate": "mean",
        "rare_classes": True, "random_share": 0.3,
    }  # fmt: skip
    assert rule in run("schedule", folder)[1]
    batch = parsed(run("next", folder, "--size", "2", "--json"))
    assert (batch["sampler"], batch["score"], batch["aggregate"]) == ("uncertainty-random", "margin", "mean")
    status, _, said = run("schedule", folder, "--rule", "luck")
    assert status == 2
    assert "no sampler 'luck'" in said
