"""A detector of other classes, on the command line: what it finds, and the ways to use it all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.foreign_detectors import write_foreign
from tests.onnx_graphs import HEIGHT, WIDTH
from tests.presence import present

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.image import ImageState
from boxwright.main import main
from boxwright.services.project.project import Project

FIRST, SECOND = (20.0, 12.0, 60.0, 52.0), (70.0, 40.0, 110.0, 80.0)
NEAR_FIRST, FAINT = (21.0, 12.0, 60.0, 52.0), (80.0, 4.0, 120.0, 30.0)


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """One object that is called two things, one besides, and a box it is not sure of."""
    found = [(FIRST, 14, 0.9), (NEAR_FIRST, 33, 0.8), (SECOND, 0, 0.6), (FAINT, 0, 0.1)]
    return write_foreign(tmp_path / "coco.onnx", 80, found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Fish and rays on three pictures of the detector's own size; the first is labelled."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(3):
        cv2.imwrite(str(pictures / f"{number}.png"), np.full((HEIGHT, WIDTH, 3), 40 * number, np.uint8))
    folder = tmp_path / "project"
    assert main(["init", str(folder), "--images", str(pictures), "--classes", "ray,fish"]) == 0
    with Project.open(folder) as opened:
        image = int(opened.images.ids()[0])
        fish = opened.classes.all()[1].id
        boxes = [add(drawn(Box(*corners), fish)) for corners in (FIRST, FAINT)]
        labels = opened.labels.load(image)
        opened.labels.apply(
            image, combined(EditKind.DRAW_BOX, [*boxes, set_state(labels, ImageState.LABELED, EditKind.MARK_LABELLED)])
        )
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    capsys.readouterr()
    status = main([str(a) for a in (*arguments, "--json")])
    said = capsys.readouterr()
    assert status == 0, said.err
    return json.loads(said.out)


def test_a_survey_counts_what_is_found_and_what_it_saves(
    project: Path, detector: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, "model", "survey", project, detector, "--classes", "coco80")
    assert (found["images"], found["labelled"], found["true_boxes"]) == (3, 1, 2)
    assert {c["name"]: (c["boxes"], c["images"], c["becomes"], c["lies_on"]) for c in found["classes"]} == {
        "bird": (3, 3, None, "fish"),
        "kite": (3, 3, None, "fish"),
        "person": (3, 3, None, None),
    }
    assert (found["boxes"], found["faint_boxes"]) == (6, 9), "one object is one box, whatever it is called"
    assert (found["named"], found["placed"], found["faintly_placed"], found["astray"]) == (0, 1, 2, 1)
    assert main(["model", "survey", str(project), str(detector)]) == 0, "names are not needed"
    assert "1 of 2 (50%) boxes need not be drawn" in capsys.readouterr().out
    with Project.open(project, read_only=True) as opened:
        assert opened.models.all() == []


def test_all_its_boxes_become_one_class(project: Path, detector: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = told(capsys, "model", "add", project, detector, "--classes-as", "Fish")
    assert (added["use"], added["unmapped"], added["active"]) == ("one-class", [], True)
    assert added["classes"][79] == "79", "nobody named them, and nobody needed to"
    assert told(capsys, "prelabel", project, "--device", "cpu")["boxes"] == 6
    with Project.open(project, read_only=True) as opened:
        labels = opened.labels.load(int(opened.images.ids()[1]))
        fish = opened.classes.all()[1].id
        assert [(p.class_id, round(p.score, 2)) for p in labels.open_predictions()] == [
            (fish, 0.9), (fish, 0.6), (fish, 0.1),
        ]  # fmt: skip
    capsys.readouterr()
    assert main(["model", "map", str(project), "1", "--guesses"]) == 0
    out = capsys.readouterr().out
    assert "Its boxes are guesses" in out
    assert "Pre-labels that were made before stay until 'boxwright prelabel' makes them again." in out


def test_its_boxes_are_guesses_and_no_pre_labels(
    project: Path, detector: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "model", "add", project, detector, "--guesses")["use"] == "guesses"
    told(capsys, "prelabel", project, "--device", "cpu")
    with Project.open(project, read_only=True) as opened:
        labels = opened.labels.load(int(opened.images.ids()[1]))
        assert labels.open_predictions() == []
        assert len(labels.open_guesses()) == 3
    assert told(capsys, "model", "map", project, 1, "14=fish")["use"] == "names", "by names again"
    told(capsys, "prelabel", project, "--device", "cpu")
    with Project.open(project, read_only=True) as opened:
        assert len(opened.labels.load(int(opened.images.ids()[1])).open_predictions()) == 1


def test_a_base_makes_no_pre_labels(project: Path, detector: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = told(capsys, "model", "add", project, detector, "--base-only", "--classes", "coco80")
    assert (added["use"], added["active"]) == ("base", False)
    assert told(capsys, "model", "map", project, 1, "--classes-as", "ray")["use"] == "one-class"
    assert told(capsys, "model", "map", project, 1, "--by-name")["class_map"] == {}
    assert main(["model", "map", str(project), "1"]) == 2
    assert main(["model", "map", str(project), "1", "--guesses", "bird=ray"]) == 2
    assert capsys.readouterr().err.count("Give pairs of classes such as boat=vessel, or one of") == 2


def test_none_of_its_classes_is_yours_is_said_with_the_ways_out(
    project: Path, detector: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "add", str(project), str(detector), "--classes", "coco80"]) == 0
    out = capsys.readouterr().out
    assert "0 of its 80 classes" in out
    assert "model survey" in out and "--classes-as" in out and "--guesses" in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--classes-as", "fish", "--guesses"], "only one can be meant"),
        (["--classes-as", "fish", "--map", "bird=fish"], "does not go with a use without names"),
        (["--base-only", "--activate"], "only a base is not activated"),
        (["--classes-as", " "], "--classes-as needs the name of a class"),
        (["--classes-as", "whale"], "The project has no class 'whale'; it has ray, fish."),
    ],
)
def test_what_does_not_go_together_is_refused_and_nothing_is_added(
    project: Path, detector: Path, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "add", str(project), str(detector), *words]) in (1, 2)
    assert why in capsys.readouterr().err
    with Project.open(project, read_only=True) as opened:
        assert opened.models.all() == []


def test_a_project_without_classes_gets_the_one_that_is_named(
    detector: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "few").mkdir()
    cv2.imwrite(str(tmp_path / "few" / "a.png"), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    folder = tmp_path / "empty"
    assert main(["init", str(folder), "--images", str(tmp_path / "few")]) == 0
    assert main(["model", "add", str(folder), str(detector), "--guesses"]) == 1
    assert "add one first" in capsys.readouterr().err
    told(capsys, "model", "add", folder, detector, "--classes-as", "fish")
    with Project.open(folder, read_only=True) as opened:
        assert [c.name for c in opened.classes.all()] == ["fish"]
        assert present(opened.models.active()).name == "coco"
