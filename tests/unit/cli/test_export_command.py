"""`boxwright export` through the command line: filters, update, verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.pools import label, make_pool, tag

from boxwright.cli.app import run
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.image import ImageState
from boxwright.domain.prediction import ProbKind
from boxwright.services.project.project import Project
from boxwright.store.rounds import NewRound

Called = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with make_pool(tmp_path) as project:
        tag(project, "a b.png", "night")
        return project.folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Called:
    def called(*words: object) -> tuple[int, str, str]:
        status = run(["export", *map(str, words)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return called


def exported(call: Called, *words: object) -> dict[str, Any]:
    status, out, err = call(*words, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_filters_are_options_that_may_be_repeated(call: Called, folder: Path, tmp_path: Path) -> None:
    def count(*words: str) -> int:
        return int(exported(call, folder, tmp_path / "out", "--format", "coco", *words)["images"])

    assert count() == 3
    assert count("--split", "train") == 2
    assert count("--split", "train", "--split", "validation") == 3
    assert count("--class", "nut") == 1
    assert count("--class", "nut", "--class", "bolt") == 2
    assert count("--tag", "night") == 1


def test_a_round_is_the_batches_drawn_since_the_one_before(call: Called, tmp_path: Path) -> None:
    with make_pool(tmp_path) as project:
        labeled = project.images.ids(state=ImageState.LABELED).tolist()
        card = DetectorCard("grid", ProbKind.SIGMOID, ("nut",), InputSpec(64, 64))
        model = project.models.add("small", "models/small.onnx", "0", card, {0: 1}).id
        for number, image in enumerate(labeled):
            project.batches.add(None, {}, [BatchItem(image, 0, Slot.RANDOM)])
            if number:
                project.rounds.add(NewRound(model, 2, 2, 0.5, 0.5, 1.0, 1.0, 9.0, True))

    def counts(*words: str) -> int:
        return int(exported(call, project.folder, tmp_path / "out", "--format", "coco", *words)["images"])

    assert [counts("--round", "1"), counts("--round", "2"), counts("--round", "1", "--batch", "3")] == [2, 1, 3]
    assert "no batch was drawn in round 3" in call(project.folder, tmp_path / "o", "--format", "coco", "--round", 3)[2]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("--class", "nail"), 2, "'nail' is no class of the project"),
        (("--batch", "4"), 2, "the project has no batch 4"),
        (("--round", "2"), 2, "the project has no round 2; the one that goes on now is 1"),
        (("--tag", "fog"), 2, "no image has 'fog'"),
        (("--annotator", "Bob"), 2, "no image has 'Bob'"),
        (("--split", "test"), 1, "choose less narrowly"),
        (("--update",), 1, "holds no export"),
    ],
)
def test_what_fits_nothing_is_told(
    call: Called, folder: Path, tmp_path: Path, words: tuple[str, ...], status: int, sentence: str
) -> None:
    found, out, err = call(folder, tmp_path / "out", "--format", "coco", *words)
    assert (found, out) == (status, "")
    assert sentence in err
    assert not (tmp_path / "out").exists()


def test_an_update_says_what_it_changed(call: Called, folder: Path, tmp_path: Path) -> None:
    words = (folder, tmp_path / "out", "--format", "yolo")
    assert exported(call, *words)["new"] is None
    with Project.open_for_writing(folder) as project:
        label(project, "open.png", ("nut", Box(1, 1, 9, 9)))
    found = exported(call, *words, "--update")
    assert (found["new"], found["changed"], found["gone"]) == (1, 0, 0)
    _, out, _ = call(*words, "--update")
    assert "0 images are new, 0 changed, 0 are no longer in it." in out


def test_verify_tells_what_is_not_as_it_was(call: Called, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported(call, folder, out, "--format", "voc")
    status, shown, _ = call("--verify", out)
    assert status == 0
    assert "are as they were written" in shown
    next((out / "Annotations").glob("*.xml")).write_text("<annotation/>")
    (out / "README.md").unlink()
    (out / "mine.txt").write_text("mine")
    status, shown, _ = call("--verify", out)
    assert status == 1
    assert "1 of" in shown
    assert "missing: README.md" in shown
    assert "changed: Annotations/" in shown
    assert "added: mine.txt" in shown
    assert call("--verify", folder)[0] == 1


def test_what_an_export_needs_is_told(call: Called, folder: Path) -> None:
    status, _, err = call(folder)
    assert status == 2
    assert "needs PROJECT, OUT and --format" in err


def test_the_page_beside_an_export_says_what_is_in_it(call: Called, folder: Path, tmp_path: Path) -> None:
    with Project.open_for_writing(folder) as project:
        project.classes.rename(1, "<b>nut|</b>")
    exported(call, folder, tmp_path / "out", "--format", "coco", "--tag", "night")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "- 1 images (1 train)" in text
    assert "tags: night" in text
    assert "| 0 | 1 | &lt;b&gt;nut\\|&lt;/b&gt; |" in text
    assert "detector: none" in text
