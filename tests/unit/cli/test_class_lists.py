"""Detectors that do not name their classes, and the lists that a person can name them by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.foreign_detectors import write_foreign

from boxwright.domain.class_lists import CLASS_LISTS, GAP, lists_of
from boxwright.main import main
from boxwright.services.project.project import Project

PERSON, KITE = (20.0, 12.0, 60.0, 52.0), (70.0, 40.0, 110.0, 80.0)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    status, out, err = run(capsys, *arguments, "--json")
    assert status == 0, err
    return json.loads(out)


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return write_foreign(tmp_path / "plain.onnx", 80, [(PERSON, 0, 0.9), (KITE, 33, 0.6)])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "a.png"), np.full((96, 128, 3), 40, np.uint8))
    with Project.create(tmp_path / "project"):
        pass
    assert main(["add", str(tmp_path / "project"), str(pictures)]) == 0
    return tmp_path / "project"


def test_lists_are_as_long_as_they_say() -> None:
    assert {known.key: (len(known.names), len(known.classes)) for known in CLASS_LISTS} == {
        "coco80": (80, 80),
        "coco91": (91, 80),
        "voc20": (20, 20),
    }
    by_id = CLASS_LISTS[1].names
    assert (by_id[0], by_id[1], by_id[12], by_id[13], by_id[90]) == (GAP, "person", GAP, "stop sign", "toothbrush")
    assert [known.key for known in lists_of(90)] == ["coco91"]
    assert lists_of(7) == ()
    assert lists_of(None) == CLASS_LISTS


def test_a_file_without_names_is_offered_the_list_and_none_is_taken_in_silence(
    coco: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "model", "inspect", coco)
    assert status == 0
    assert "80 without names" in out
    assert "They may be those of COCO: --classes coco80." in out
    assert told(capsys, "model", "inspect", coco)["may_be"] == ["coco80"]
    status, _, err = run(capsys, "model", "add", project, coco)
    assert status == 1
    assert "--classes coco80" in err
    with Project.open(project, read_only=True) as opened:
        assert opened.models.all() == []


def test_a_list_that_was_chosen_names_the_classes(
    coco: Path, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = told(capsys, "model", "inspect", coco, "--classes", "COCO80")
    assert (seen["classes"][0], seen["classes"][33], seen["may_be"]) == ("person", "kite", [])
    told(capsys, "predict", coco, tmp_path / "pictures", "--out", tmp_path / "r.json", "--classes", "coco80")
    assert [r["category"] for r in json.loads((tmp_path / "r.json").read_text())] == ["person", "kite"]
    added = told(capsys, "model", "add", project, coco, "--classes", "coco80")
    assert added["classes"][79] == "toothbrush"


def test_a_wrong_list_is_refused(coco: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "model", "inspect", coco, "--classes", "voc20")
    assert "has 80 classes, but 20 names were given" in out


@pytest.mark.parametrize("outputs", [90, 91])
def test_numbers_without_a_class_become_none_of_the_project(
    outputs: int, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_foreign(tmp_path / "ids.onnx", outputs, [(PERSON, outputs - 90, 0.9)])
    assert told(capsys, "model", "inspect", file)["may_be"] == ["coco91"]
    added = told(capsys, "model", "add", project, file, "--classes", "coco91")
    assert added["unmapped"] == []
    with Project.open(project, read_only=True) as opened:
        assert tuple(c.name for c in opened.classes.all()) == CLASS_LISTS[1].classes
        model = opened.models.all()[0]
        assert model.card.classes[outputs - 90] == "person"


def test_a_new_project_can_have_the_classes_of_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pictures").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "a.png"), np.full((96, 128, 3), 40, np.uint8))
    status, _, err = run(capsys, "init", tmp_path / "voc", "--images", tmp_path / "pictures", "--classes", "voc20")
    assert status == 0
    assert "the 20 classes of Pascal VOC, aeroplane to tvmonitor" in err
    with Project.open(tmp_path / "voc", read_only=True) as opened:
        assert len(opened.classes.all()) == 20


def test_a_file_of_that_name_comes_before_the_list(
    coco: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "voc20").write_text("one\ntwo\n")
    monkeypatch.chdir(tmp_path)
    _, out, _ = run(capsys, "model", "inspect", coco, "--classes", "voc20")
    assert "2 names were given (one, two)" in out
