from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from boxwright.domain.annotation import drawn
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.image import ImageState
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.services.project.split import freeze_validation
from boxwright.services.project.status import status
from boxwright.store.rounds import NewRound


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Six images, one of them a copy and one unreadable."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for n in range(4):
        Image.new("L", (8, 8), n).save(folder / f"{n}.png")
    (folder / "8.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "9.png").touch()
    with Project.create(tmp_path / "project", ["cat", "dog"]) as made:
        add_folders(made, [folder])
        yield made


def label(project: Project, image_id: int) -> None:
    labels = project.labels.load(image_id)
    edit = combined(
        EditKind.OTHER, [add(drawn(Box(0, 0, 4, 4), 1)), set_state(labels, ImageState.LABELED, EditKind.OTHER)]
    )
    project.labels.apply(image_id, edit)


def with_detector(project: Project) -> int:
    card = DetectorCard("grid", ProbKind.SIGMOID, ("cat",), InputSpec(64, 64))
    model = project.models.add("pets", "models/pets.onnx", "0", card, {0: 1}, {"AP50": 0.5})
    project.models.activate(model.id)
    return model.id


def test_the_counts_and_names(project: Project) -> None:
    label(project, 1)
    project.labels.apply(2, set_state(project.labels.load(2), ImageState.SKIPPED, EditKind.OTHER, "blurred"))
    with_detector(project)
    found = status(project)
    wanted = {
        "images": 6, "labeled": 1, "skipped": 1, "unlabeled": 2, "unreadable": 1, "duplicates": 1, "validation": 0,
        "boxes": 1, "classes": {"cat": 1, "dog": 0}, "model": "pets", "metrics": {"AP50": 0.5}, "rounds": 0,
        "batch": None,
    }  # fmt: skip
    assert {key: found[key] for key in wanted} == wanted
    assert [(r["name"], r["there"]) for r in found["roots"]] == [("photos", True)]


def test_the_next_step_follows_the_work(project: Project, tmp_path: Path) -> None:
    def next_step() -> str:
        return str(status(project)["next_step"])

    assert "model add" in next_step()
    model = with_detector(project)
    assert "boxwright prelabel" in next_step()
    nothing = Detections(
        np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int64), np.empty((0, 1), np.float32),
        ProbKind.SIGMOID, 0.0,
    )  # fmt: skip
    project.predictions.replace(model, [ImagePredictions(i, nothing) for i in (1, 2, 3, 4)])
    assert "boxwright next" in next_step()
    project.batches.add(model, {}, [BatchItem(i, n, Slot.RANDOM) for n, i in enumerate((1, 2))])
    assert "label the 2 images left in batch 1" in next_step()
    label(project, 1)
    assert status(project)["batch"]["left"] == 1
    label(project, 2)
    freeze_validation(project, 0.5, seed=0)
    assert status(project)["validation"] == 2
    for image_id in (1, 2, 3, 4):
        if project.images.get(image_id).state is ImageState.UNLABELED:
            label(project, image_id)
    assert "boxwright retrain" in next_step()
    project.rounds.add(NewRound(model, 2, 2, 0.5, 0.5, 1.0, 1.0, 9.0, True))
    assert "boxwright export" in next_step()
    (tmp_path / "photos").rename(tmp_path / "gone")
    assert "--move-root photos=FOLDER" in next_step()
    assert status(project)["roots"][0]["there"] is False


def test_validation_images_are_to_be_labelled_too(project: Project) -> None:
    with_detector(project)
    freeze_validation(project, 0.5, seed=0)
    assert "Label the 2 images set aside for validation" in status(project)["next_step"]


def test_an_empty_project_asks_for_images(tmp_path: Path) -> None:
    with Project.create(tmp_path / "empty") as project:
        assert "Add images" in status(project)["next_step"]
