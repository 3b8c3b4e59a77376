"""An import can be taken back: what it replaced is there again, what it brought is gone, what came later stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image as Picture
from tests.pools import id_of

from boxwright.cli.app import run
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, set_marks, set_state
from boxwright.domain.errors import Cancelled, FormatError
from boxwright.domain.image import ImageState
from boxwright.domain.marks import ImageMarks
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import Conflicts, import_dataset
from boxwright.services.importing.undo import last_import, undo_import
from boxwright.services.project.project import Project

NAMES = ("one", "two", "three", "four")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Four images, a box of 10 x 10 on each but the last, and a tag on the first."""
    folder = tmp_path / "set"
    folder.mkdir()
    images: list[dict[str, Any]] = []
    for number, name in enumerate(NAMES, start=1):
        pixels = np.random.default_rng(number).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(folder / f"{name}.png")
        images.append({"id": number, "file_name": f"{name}.png", "width": 64, "height": 48})
    images[0]["tags"] = ["night"]
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [n, 0, 10, 10]} for n in (1, 2, 3)]
    file = folder / "instances.json"
    file.write_bytes(orjson.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "nut"}]}))
    return file


@pytest.fixture
def project(tmp_path: Path, dataset: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", ["bolt"]) as made:
        add_folders(made, [dataset.parent])
        yield made


def work(project: Project, name: str, x: float = 20, annotator: str = "Ada") -> None:
    """A person draws a box on the image and finishes it."""
    labels = project.labels.load(id_of(project, f"{name}.png"))
    made = drawn(Box(x, 5, x + 8, 15), project.classes.all()[0].id)
    edit = add(made.with_flag("occluded").with_attribute("side", "left"))
    project.labels.apply(labels.image_id, edit.signed(annotator))
    project.labels.apply(labels.image_id, set_state(labels, ImageState.LABELED, EditKind.OTHER).signed(annotator))


def everything(project: Project) -> list[Any]:
    """All that is known of every image but the times."""
    ids = [int(i) for i in project.images.ids()]
    touched = project.store.rows("SELECT id, touched, annotator FROM image ORDER BY id")
    labels = [project.labels.load(i) for i in ids]
    in_order = project.labels.annotations(ids)
    return [touched, labels, in_order, sorted(project.reviews.waiting()[0].tolist()), project.models.active()]


@pytest.mark.parametrize("conflicts", list(Conflicts))
def test_everything_is_as_it_was_before_the_import(project: Project, dataset: Path, conflicts: Conflicts) -> None:
    work(project, "one")
    work(project, "one", 40)
    two = project.labels.load(id_of(project, "two.png"))
    project.labels.apply(two.image_id, set_state(two, ImageState.SKIPPED, EditKind.OTHER, "blurred").signed("Bob"))
    before = everything(project)
    import_dataset(project, dataset, conflicts=conflicts)
    assert everything(project) != before
    undone = undo_import(project)
    assert everything(project) == before
    assert undone.kept == ()
    assert undone.replaced == (2 if conflicts is Conflicts.THEIRS else 0)
    assert undone.withdrawn == (2 if conflicts is Conflicts.BOTH else 0)
    assert last_import(project) is None


def test_images_changed_since_keep_what_they_have(project: Project, dataset: Path) -> None:
    work(project, "one")
    import_dataset(project, dataset, conflicts=Conflicts.THEIRS)
    work(project, "one", 40)
    work(project, "three")
    three = project.labels.load(id_of(project, "three.png"))
    undone = undo_import(project)
    assert sorted(undone.kept) == ["one.png", "three.png"]
    assert project.labels.load(id_of(project, "three.png")) == three
    assert len(project.labels.load(id_of(project, "one.png")).annotations) == 2
    assert project.images.get(id_of(project, "two.png")).state is ImageState.UNLABELED


def test_imports_are_undone_one_after_another(project: Project, dataset: Path) -> None:
    start = everything(project)
    import_dataset(project, dataset)
    first = everything(project)
    content = orjson.loads(dataset.read_bytes())
    for entry in content["annotations"]:
        entry["bbox"][0] += 15
    other = dataset.with_name("instances_other.json")
    other.write_bytes(orjson.dumps(content))
    import_dataset(project, other, conflicts=Conflicts.THEIRS)
    assert undo_import(project).replaced == 3
    assert everything(project) == first
    undo_import(project)
    assert everything(project) == start
    with pytest.raises(FormatError, match="No import"):
        undo_import(project)


def test_a_tag_of_ones_own_outlives_the_undo(project: Project, dataset: Path) -> None:
    four = project.labels.load(id_of(project, "four.png"))
    project.labels.apply(four.image_id, set_marks(four, ImageMarks(frozenset({"mine"}))))
    one = project.labels.load(id_of(project, "one.png"))
    project.labels.apply(one.image_id, set_marks(one, ImageMarks(frozenset({"mine"}))))
    import_dataset(project, dataset)
    assert project.labels.load(one.image_id).marks.tags == {"mine", "night"}
    undo_import(project)
    assert project.labels.load(one.image_id).marks.tags == {"mine"}
    assert project.labels.tags() == {"mine": 2}


def test_imported_pre_labels_go_but_for_those_that_were_judged(project: Project, dataset: Path) -> None:
    before = everything(project)
    import_dataset(project, dataset, as_="prelabels")
    model = project.models.active()
    assert model is not None
    undone = undo_import(project)
    assert (undone.images, undone.withdrawn) == (0, 3)
    assert everything(project) == before
    assert project.predictions.predicted_ids(model.id).tolist() == []
    again = import_dataset(project, dataset, as_="prelabels")
    assert again.boxes == 3


def test_an_import_that_changed_nothing_is_nothing_to_undo(project: Project, dataset: Path) -> None:
    import_dataset(project, dataset)
    import_dataset(project, dataset)
    done = last_import(project)
    assert done is not None
    assert done.images == 4
    undo_import(project)
    assert last_import(project) is None


def test_an_undo_that_is_stopped_changes_nothing(project: Project, dataset: Path) -> None:
    import_dataset(project, dataset)
    before = everything(project)
    with pytest.raises(Cancelled):
        undo_import(project, should_stop=lambda: True)
    assert everything(project) == before
    assert last_import(project) is not None


def test_the_command_brings_back_what_was_replaced(
    project: Project, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work(project, "one")
    folder = str(project.folder)
    before = everything(project)
    project.close()
    assert run(["import", folder, str(dataset), "--conflicts", "theirs"]) == 0
    capsys.readouterr()
    assert run(["import", folder, "--undo", "--json"]) == 0
    said = orjson.loads(capsys.readouterr().out)
    assert (said["images"], said["replaced"], said["kept"]) == (4, 1, [])
    with Project.open(project.folder) as opened:
        assert everything(opened) == before
    assert run(["import", folder, "--undo"]) == 1
    assert "No import" in capsys.readouterr().err
    assert run(["import", folder, str(dataset), "--undo"]) == 2
    assert run(["import", folder]) == 2
