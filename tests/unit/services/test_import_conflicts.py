"""Classes are renamed, merged and left out on the way in; what a person did is kept, replaced on word, or reviewed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from click.testing import CliRunner
from PIL import Image as Picture
from PIL import ImageColor
from tests.pools import id_of

from boxwright.cli.import_command import command
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.classes import default_color
from boxwright.domain.edits import EditKind, accept_all, add, reject, set_state
from boxwright.domain.errors import SettingError
from boxwright.domain.image import ImageState
from boxwright.domain.marks import ImageMarks
from boxwright.domain.progress import ignore, never
from boxwright.formats.dataset import Boxes, DatasetBox, Provenance
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.classes import parsed_map
from boxwright.services.importing.dataset import Conflicts, import_dataset, preview_dataset
from boxwright.services.importing.read import load_read, read_dataset, save_read
from boxwright.services.project.project import Project

CLASSES = ["car", "van", "person", "a=b"]
# Class index, then a corner; every box is 10 x 10.
BOXES = {"one": [(0, 0, 0), (1, 20, 0), (2, 40, 0)], "two": [(2, 0, 0)], "three": [(3, 4, 4)], "four": []}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, (name, boxes) in enumerate(BOXES.items(), start=1):
        pixels = np.random.default_rng(number).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(folder / f"{name}.png")
        images.append({"id": number, "file_name": f"{name}.png", "width": 64, "height": 48})
        for label, x, y in boxes:
            entry = {"id": len(annotations), "image_id": number, "category_id": label, "bbox": [x, y, 10, 10]}
            annotations.append(entry)
    categories = [{"id": i, "name": name} for i, name in enumerate(CLASSES)]
    file = folder / "instances.json"
    file.write_bytes(orjson.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return file


@pytest.fixture
def project(tmp_path: Path, dataset: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        add_folders(made, [dataset.parent])
        yield made


def labels_of(project: Project, name: str) -> list[tuple[str, Box]]:
    names = {c.id: c.name for c in project.classes.all()}
    image_id = id_of(project, f"{name}.png")
    return [(names[a.class_id], a.box) for a in project.labels.annotations([image_id])[image_id]]


def at(x: float, y: float) -> Box:
    return Box(x, y, x + 10, y + 10)


def test_classes_are_renamed_merged_and_left_out(project: Project, dataset: Path) -> None:
    result = import_dataset(project, dataset, class_map={"car": "vehicle", "van": "vehicle", "person": ""})
    assert labels_of(project, "one") == [("vehicle", at(0, 0)), ("vehicle", at(20, 0))]
    assert [c.name for c in project.classes.all()] == ["vehicle", "a=b"]
    assert (result.images, result.boxes, result.empty, result.classes_added) == (4, 3, 2, ("vehicle", "a=b"))
    # Nothing is left of it, and nothing else was there: the image is empty as far as the project's classes go.
    assert project.labels.load(id_of(project, "two.png")).confirmed_empty
    assert any("1 images have boxes of left out classes only" in note for note in result.notes)


def test_a_class_may_become_one_that_the_project_has(project: Project, dataset: Path) -> None:
    mine = project.classes.add("auto")
    import_dataset(project, dataset, class_map={"car": "auto"})
    found = project.labels.annotations([id_of(project, "one.png")])[id_of(project, "one.png")]
    assert found[0].class_id == mine.id


def test_every_class_not_named_can_be_left_out(project: Project, dataset: Path) -> None:
    result = import_dataset(project, dataset, class_map={"car": "car", "*": ""})
    assert (result.boxes, result.classes_added) == (1, ("car",))


def test_prelabels_are_mapped_as_well(project: Project, dataset: Path) -> None:
    import_dataset(project, dataset, as_="prelabels", class_map={"car": "vehicle", "van": "vehicle", "person": ""})
    names = {c.id: c.name for c in project.classes.all()}
    shown = project.labels.load(id_of(project, "one.png")).open_predictions()
    assert [(names[p.class_id], p.box) for p in shown] == [("vehicle", at(0, 0)), ("vehicle", at(20, 0))]
    model = project.models.active()
    assert model is not None
    assert sorted(np.diff(project.scores.read(model.id).offsets).tolist()) == [0, 0, 1, 2]


def test_the_options_of_a_map_may_hold_an_equals_sign() -> None:
    assert parsed_map(["a=b=c", "car=x=y", "van="], CLASSES) == {"a=b": "c", "car": "x=y", "van": ""}
    with pytest.raises(SettingError, match="OLD=NEW"):
        parsed_map(["car"], CLASSES)


def test_a_class_that_is_not_there_is_one_sentence_and_nothing_changes(project: Project, dataset: Path) -> None:
    with pytest.raises(SettingError, match="no class 'cars' to map; did you mean 'car'"):
        import_dataset(project, dataset, class_map={"cars": "x"})
    assert (project.classes.all(), project.labels.counts()) == ([], {})


def a_person_worked(project: Project) -> None:
    """On `one`: their car nearly where the dataset's is, and a box of their own. `two` is skipped."""
    car, own = project.classes.add("car"), project.classes.add("own")
    labels = project.labels.load(id_of(project, "one.png"))
    for edit in (add(drawn(Box(0.1, 0, 10, 10), car.id)), add(drawn(at(50, 30), own.id))):
        project.labels.apply(labels.image_id, edit)
    project.labels.apply(labels.image_id, set_state(labels, ImageState.LABELED, EditKind.OTHER))
    two = project.labels.load(id_of(project, "two.png"))
    project.labels.apply(two.image_id, set_state(two, ImageState.SKIPPED, EditKind.OTHER, "blurred"))


def test_theirs_replaces_on_word_and_the_log_holds_both(project: Project, dataset: Path) -> None:
    a_person_worked(project)
    before = labels_of(project, "one")
    result = import_dataset(project, dataset, conflicts=Conflicts.THEIRS)
    assert (result.images, result.replaced, result.kept) == (4, 2, ())
    assert labels_of(project, "one") == [("car", at(0, 0)), ("van", at(20, 0)), ("person", at(40, 0))]
    assert project.images.get(id_of(project, "two.png")).state is ImageState.LABELED
    (entry,) = project.store.row(
        "SELECT edit FROM edit_log WHERE image_id = ? ORDER BY id DESC LIMIT 1", [id_of(project, "one.png")]
    ) or ("",)
    boxes = orjson.loads(entry)["boxes"]
    gone = [Box(**change["before"]["box"]) for change in boxes if change["before"]]
    assert gone == [box for _, box in before]
    again = import_dataset(project, dataset, conflicts=Conflicts.THEIRS)
    assert (again.images, again.unchanged) == (0, 4)


def test_both_keeps_mine_and_shows_only_what_differs_until_it_is_judged(project: Project, dataset: Path) -> None:
    a_person_worked(project)
    before = labels_of(project, "one")
    result = import_dataset(project, dataset, conflicts=Conflicts.BOTH)
    assert (result.images, result.review, result.review_boxes) == (2, 2, 3)
    assert labels_of(project, "one") == before
    assert project.images.get(id_of(project, "two.png")).state is ImageState.SKIPPED
    assert sorted(project.reviews.waiting()[0].tolist()) == sorted(
        [id_of(project, "one.png"), id_of(project, "two.png")]
    )
    labels = project.labels.load(id_of(project, "one.png"))
    names = {c.id: c.name for c in project.classes.all()}
    # The car is nearly where the person's is: not worth a look.
    assert {names[p.class_id] for p in labels.open_predictions()} == {"van", "person"}
    project.labels.apply(labels.image_id, accept_all(labels, 0.0))
    assert len(labels_of(project, "one")) == 4
    two = project.labels.load(id_of(project, "two.png"))
    project.labels.apply(two.image_id, reject(two.open_predictions()))
    assert sorted(project.reviews.waiting()[0].tolist()) == []
    again = import_dataset(project, dataset, conflicts=Conflicts.BOTH)
    assert (again.review, sorted(project.reviews.waiting()[0].tolist())) == (0, [])


def test_boxes_to_review_come_before_those_of_the_active_detector(project: Project, dataset: Path) -> None:
    import_dataset(project, dataset, as_="prelabels", class_map={"*": "guess"})
    a_person_worked(project)
    import_dataset(project, dataset, conflicts=Conflicts.BOTH)
    names = {c.id: c.name for c in project.classes.all()}
    shown = project.labels.load(id_of(project, "one.png")).open_predictions()
    assert {names[p.class_id] for p in shown} == {"van", "person"}


@pytest.mark.parametrize("conflicts", list(Conflicts))
def test_an_error_in_the_middle_leaves_everything_as_it_was(
    project: Project, dataset: Path, conflicts: Conflicts, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person_worked(project)
    monkeypatch.setattr("boxwright.services.importing.columns.BLOCK", 1)
    tables = ("class", "annotation", "edit_log", "image", "prediction", "model", "predicted", "setting")
    before = [project.store.rows(f"SELECT * FROM {table}") for table in tables]
    asked = iter(range(100))

    def report(progress: object) -> None:
        if "storing" in str(progress) and next(asked) == 3:
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        import_dataset(project, dataset, report=report, conflicts=conflicts)
    assert [project.store.rows(f"SELECT * FROM {table}") for table in tables] == before


KILLED = """
import os, signal, sys
from pathlib import Path
from boxwright.services.importing import columns as import_columns
from boxwright.services.importing.dataset import Conflicts, import_dataset
from boxwright.services.project.project import Project
import_columns.BLOCK = 1
count = iter(range(100))
def report(progress):
    if "storing" in str(progress) and next(count) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
with Project.open_for_writing(Path(sys.argv[1])) as project:
    import_dataset(project, Path(sys.argv[2]), report=report, conflicts=Conflicts.THEIRS)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_kill_in_the_middle_leaves_everything_as_it_was(tmp_path: Path, dataset: Path) -> None:
    folder = tmp_path / "project"
    with Project.create(folder) as project:
        add_folders(project, [dataset.parent])
        a_person_worked(project)
        before = [
            project.store.rows(f"SELECT * FROM {table}") for table in ("annotation", "edit_log", "image", "class")
        ]
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(dataset)], check=False, env=dict(os.environ))
    assert ended.returncode == -signal.SIGKILL
    with Project.open(folder) as project:
        after = [project.store.rows(f"SELECT * FROM {table}") for table in ("annotation", "edit_log", "image", "class")]
    assert after == before


def test_a_preview_tells_what_would_come_and_changes_nothing(project: Project, dataset: Path, tmp_path: Path) -> None:
    a_person_worked(project)
    tables = ("class", "annotation", "edit_log", "image", "setting")
    before = [project.store.rows(f"SELECT * FROM {table}") for table in tables]
    pictures = tmp_path / "pictures"
    found = preview_dataset(project, dataset, class_map=["van=car", "person="], pictures=pictures)
    assert (found.format, found.images, found.boxes, found.empty, found.known, found.conflicts) == (
        "coco",
        4,
        5,
        1,
        4,
        2,
    )
    assert [(c.name, c.boxes, c.becomes, c.new) for c in found.classes] == [
        ("car", 1, "car", False), ("van", 1, "car", False), ("person", 2, "", False), ("a=b", 1, "a=b", True),
    ]  # fmt: skip
    assert found.guesses[0].format == "coco"
    assert "images and categories" in found.guesses[0].why
    assert [s.path for s in found.samples] == ["one.png", "two.png", "three.png"]
    assert found.samples[0].boxes[0] == ((0.0, 0.0, 10.0, 10.0), 0, None)
    # The corner of a box drawn on the picture has the colour of its class.
    with Picture.open(pictures / "2.png") as drawn_picture:
        assert drawn_picture.convert("RGB").getpixel((0, 9)) == ImageColor.getrgb(default_color(2))
    assert [project.store.rows(f"SELECT * FROM {table}") for table in tables] == before
    assert orjson.loads(orjson.dumps(found.to_json()))["classes"][0]["name"] == "car"


def test_what_was_read_travels_between_processes_whole(dataset: Path, tmp_path: Path) -> None:
    read = read_dataset(dataset, None, tmp_path / "part", ignore, never)
    made = Provenance("adjusted", Box(1, 2, 3, 4), "car", "Ada")
    whole = DatasetBox(Box(1, 2, 3, 4), 1, 0.5, frozenset({"crowd"}), 7, {"colour": "red", "n": 3}, made)
    read.dataset.images[1].boxes = Boxes([whole, DatasetBox(Box(0, 0, 5, 5), 0, 0.25, line=9)])
    read.dataset.images[2].marks = ImageMarks(frozenset({"night"}), "a note")
    save_read(read, tmp_path)
    again = load_read(tmp_path)
    assert again == read


def test_the_command_previews_maps_and_settles(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    with Project.create(folder) as project:
        add_folders(project, [dataset.parent])
        a_person_worked(project)
    run = CliRunner()
    told = run.invoke(command, [str(folder), str(dataset), "--preview", "--class-map", "van=car"])
    assert told.exit_code == 0, told.output
    assert "Nothing was written." in told.output
    assert "van -> car: 1 boxes" in told.output
    assert "2 images have labels of yours already" in told.output
    done = run.invoke(command, [str(folder), str(dataset), "--class-map", "van=car", "--conflicts", "both", "--json"])
    assert done.exit_code == 0, done.output
    result = orjson.loads(done.stdout)
    assert (result["images"], result["review"], len(result["kept"])) == (2, 2, 2)
    assert run.invoke(command, [str(folder), str(dataset), "--pictures", str(tmp_path)]).exit_code == 2
