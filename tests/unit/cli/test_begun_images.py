"""Boxes that a person drew and left are never left out in silence: every command counts them and can take them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.pools import label, make_pool
from tests.retraining import MIDDLE, good, labelled_pool, use_puppets
from tests.unit.cli.conftest import Run

from boxwright.domain.annotation import drawn
from boxwright.domain.begun import Begun
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, delete
from boxwright.domain.image import Split
from boxwright.formats.manifest import MANIFEST
from boxwright.formats.registry import by_name, formats
from boxwright.services.project.project import Project
from boxwright.services.retraining.facts import training_facts, training_set

WRITTEN = [known.name for known in formats() if known.capabilities.writes]


def begin(project: Project, path: str, *boxes: Box) -> int:
    """Boxes on an image that nobody marks as labelled."""
    image = project.images.by_path(None, path)
    assert image is not None
    for box in boxes:
        project.labels.apply(image.id, add(drawn(box, project.classes.all()[0].id)))
    return image.id


def parsed(answer: tuple[int, str, str]) -> Any:
    status, out, err = answer
    assert status == 0, err
    return json.loads(out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images done with three boxes; one begun with two, and the skipped one has one."""
    with make_pool(tmp_path) as project:
        begin(project, "open.png", Box(1, 1, 20, 20), Box(5, 5, 30, 30))
        begin(project, "skipped.png", Box(1, 1, 9, 9))
        return project.folder


def test_begun_is_an_image_with_a_box_that_nobody_has_marked_as_labelled(folder: Path) -> None:
    with Project.open(folder) as project:
        assert project.begun.count() == Begun(1, 2)
        image = project.images.by_path(None, "open.png")
        assert image is not None
        assert project.begun.ids().tolist() == [image.id]
        assert project.labels.load(image.id).begun
        project.labels.apply(image.id, delete(project.labels.load(image.id).annotations.values()))
        assert not project.begun.count()
        begin(project, "open.png", Box(1, 1, 20, 20))
        label(project, "open.png")
        assert not project.begun.count()


def test_the_status_counts_what_is_begun(run: Run, folder: Path) -> None:
    found = parsed(run("status", folder, "--json"))
    assert (found["begun"], found["begun_boxes"], found["skipped_boxes"]) == (1, 2, 1)
    words = run("status", folder)[1]
    assert "Not marked as labelled: 1 begun image with 2 boxes." in words
    assert "Boxes on skipped images, which no export takes: 1." in words


def test_an_export_tells_of_begun_images_and_takes_them_if_asked(run: Run, folder: Path, tmp_path: Path) -> None:
    words = ("export", folder, tmp_path / "out", "--format", "coco")
    left = parsed(run(*words, "--json"))
    assert (left["images"], left["boxes"], left["begun"], left["begun_boxes"], left["begun_taken"]) == (
        3,
        3,
        1,
        2,
        False,
    )
    told = run(*words)[1]
    assert "Not marked as labelled, so left out: 1 begun image with 2 boxes." in told
    assert "--begun" in told
    assert "Boxes on skipped images, which were left out with them: 1." in told
    taken = parsed(run(*words, "--begun", "--json"))
    assert (taken["images"], taken["labeled"], taken["boxes"], taken["begun_taken"]) == (4, 4, 5, True)
    everything = run(*words, "--only", "all")[1]
    assert "4 images" in everything
    assert "5 boxes" in everything
    assert "Not marked as labelled, but in it with their boxes: 1 begun image with 2 boxes." in everything


@pytest.mark.parametrize("name", WRITTEN)
def test_every_format_holds_the_boxes_of_begun_images(run: Run, folder: Path, tmp_path: Path, name: str) -> None:
    parsed(run("export", folder, tmp_path / "out", "--format", name, "--only", "all", "--json"))
    known = by_name(name)
    if known.capabilities.reads:
        assert known.read(tmp_path / "out", []).box_count == 5


def test_filters_narrow_what_is_begun_as_well(run: Run, folder: Path, tmp_path: Path) -> None:
    words = ("export", folder, tmp_path / "out", "--format", "coco", "--json")
    assert parsed(run(*words, "--split", "validation"))["begun"] == 0
    assert parsed(run(*words, "--class", "bolt"))["begun"] == 0
    assert parsed(run(*words, "--class", "nut", "--begun"))["boxes"] == 3


def test_where_nothing_is_labelled_the_begun_images_are_named(run: Run, tmp_path: Path) -> None:
    with make_pool(tmp_path) as project:
        begin(project, "open.png", Box(1, 1, 20, 20))
        for path in ("a b.png", "ü/日本.png", "empty.png"):
            image = project.images.by_path(None, path)
            assert image is not None
            project.labels.reopen(image.id, EditKind.UNDO_IMPORT)
    status, _, err = run("export", project.folder, tmp_path / "out", "--format", "coco")
    assert status == 1
    assert "1 begun image with 1 box wait for that; label them, or export begun images too." in err


def test_an_update_of_an_export_with_begun_images_knows_what_it_holds(run: Run, folder: Path, tmp_path: Path) -> None:
    words = ("export", folder, tmp_path / "out", "--format", "coco", "--images", "none")
    parsed(run(*words, "--begun", "--json"))
    assert "begun images" in run(*words, "--update")[2]
    assert parsed(run(*words, "--begun", "--update", "--json"))["changed"] == 0


def test_an_update_of_an_export_of_before_there_was_that_choice_goes_on(run: Run, folder: Path, tmp_path: Path) -> None:
    words = ("export", folder, tmp_path / "out", "--format", "coco", "--images", "none")
    parsed(run(*words, "--json"))
    file = tmp_path / "out" / MANIFEST
    said = orjson.loads(file.read_bytes())
    del said["options"]["begun"]
    file.write_bytes(orjson.dumps(said))
    assert parsed(run(*words, "--update", "--json"))["changed"] == 0


def test_a_retraining_tells_of_begun_images_and_takes_them_if_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    with labelled_pool(tmp_path, unlabeled=3) as project:
        ids = project.images.ids().tolist()
        project.images.set_split(ids[-1:], Split.VALIDATION)
        for image_id in ids[-2:]:
            project.labels.apply(image_id, add(drawn(MIDDLE, 1)))
        facts, taken = training_facts(project), training_facts(project, begun=True)
        assert (facts.images, facts.validation_images, facts.begun) == (6, 3, Begun(2, 2))
        assert "2 begun images with 2 boxes" in facts.warnings[0]
        assert (taken.images, taken.validation_images) == (7, 4)
        assert len(training_set(project, begun=True).images) == 7
    words = (
        "retrain",
        project.folder,
        "--trainer",
        "puppet",
        "--device",
        "cpu",
        "--option",
        f"detector={good(tmp_path)}",
    )
    left = run(*words, "--json")
    assert "2 begun images with 2 boxes" in left[2]
    assert (parsed(left)["images"], parsed(left)["begun"]) == (6, 2)
    answer = parsed(run(*words, "--begun", "--json"))
    assert (answer["images"], answer["boxes"]) == (7, 7)
    assert answer["after"]["images"] == 4
    evaluated = run("evaluate", project.folder, "--device", "cpu")[1]
    assert "Not marked as labelled, so not measured on: 1 begun image with 1 box." in evaluated
    assert parsed(run("evaluate", project.folder, "--device", "cpu", "--begun", "--json"))["images"] == 4
