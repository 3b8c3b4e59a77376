"""One labelled image that is gone, cannot be read or is another file by now stops nothing and teaches nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from tests.colours import PICTURE
from tests.retraining import asked, good, labelled_pool, use_puppets

from boxwright.domain.box import Box, within
from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.domain.image import ImageState, Split
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.images.file_check import check_labelled, keep_labels, take_note
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.label_check import review_plan_of
from boxwright.services.prelabelling.pipeline import OTHER_SIZE
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.retraining.evaluate import OTHER_FILE, evaluate_project
from boxwright.services.retraining.facts import training_set
from boxwright.services.retraining.run import retrain


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Images 1 to 6 are labelled for training, 7 to 9 for measuring."""
    with labelled_pool(tmp_path) as made:
        yield made


def replaced(project: Project, image_id: int, size: tuple[int, int] = (20, 10)) -> str:
    """Another picture is in its file now; the name of that."""
    Picture.new("RGB", size, (9, 9, 9)).save(project.images.file(image_id))
    return project.images.get(image_id).path


def gone(project: Project, image_id: int) -> str:
    project.images.file(image_id).unlink()
    return project.images.get(image_id).path


def cut(project: Project, image_id: int) -> str:
    file = project.images.file(image_id)
    file.write_bytes(file.read_bytes()[:60])
    return project.images.get(image_id).path


def test_what_is_wrong_with_a_file_is_told_apart(project: Project) -> None:
    names = gone(project, 1), cut(project, 2), replaced(project, 3)
    os.utime(project.images.file(4), ns=(1, 1))
    checked = check_labelled(project, project.images.many(range(1, 7)))
    assert [image.id for image in checked.good] == [4, 5, 6], "a touched date is no change"
    found = [[image.path for image in kind] for kind in (checked.missing, checked.unreadable, checked.replaced)]
    assert found == [[name] for name in names]
    told = checked.sentences()
    assert all(name in sentence for name, sentence in zip(names, told, strict=True))


@pytest.mark.parametrize("after_a_scan", [False, True])
def test_a_training_goes_on_without_them_and_says_so(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_a_scan: bool
) -> None:
    use_puppets(tmp_path / "puppets", monkeypatch)
    names = gone(project, 1), cut(project, 2), replaced(project, 3)
    result = retrain(project, asked(good(tmp_path)))
    assert result.images == 3
    assert all(name in result.note for name in names)
    assert "export" not in result.note
    for image_id in range(4, 7):
        gone(project, image_id)
    if after_a_scan:
        add_folders(project, [root.folder for root in project.roots.all()])
    with pytest.raises(BoxwrightError, match="None of the 6 labelled images can be used") as failed:
        retrain(project, asked(good(tmp_path)))
    assert "export" not in str(failed.value)


def test_a_missing_image_that_a_scan_has_marked_is_told_as_well(project: Project) -> None:
    name = gone(project, 1)
    add_folders(project, [root.folder for root in project.roots.all()])
    from boxwright.services.retraining.facts import labelled_files

    assert any(name in sentence for sentence in labelled_files(project, Split.TRAIN).sentences())
    assert len(training_set(project).images) == 5


def test_a_folder_that_is_away_is_one_sentence(project: Project, tmp_path: Path) -> None:
    (root,) = project.roots.all()
    shutil.move(root.folder, tmp_path / "elsewhere")
    with pytest.raises(ProjectError, match=r"image folder .* is not there"):
        training_set(project)


def test_measuring_goes_on_without_them_and_names_them(project: Project) -> None:
    model = project.models.active()
    assert model is not None
    names = gone(project, 7), replaced(project, 8)
    found = evaluate_project(project, model, "cpu")
    assert found.images == 1
    assert dict(found.problems) == {names[0]: "is not there", names[1]: OTHER_FILE}
    gone(project, 9)
    with pytest.raises(ProjectError, match="None of the 3 labelled images can be used"):
        evaluate_project(project, model, "cpu")


def test_a_second_look_passes_them_over(project: Project) -> None:
    model = project.models.active()
    assert model is not None
    gone(project, 1)
    replaced(project, 2)
    assert review_plan_of(project, model).todo.tolist() == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("after_a_scan", [False, True])
@pytest.mark.parametrize("mode", ["copy", "none"])
def test_an_export_leaves_out_what_was_replaced_and_names_it(
    project: Project, tmp_path: Path, mode: str, after_a_scan: bool
) -> None:
    from boxwright.formats.staging import ImageMode

    name = replaced(project, 1)
    if after_a_scan:
        add_folders(project, [root.folder for root in project.roots.all()])
    result = export_dataset(project, tmp_path / "out", "coco", ImageMode(mode))
    assert result.images == 8
    assert any("is not the file that was labelled" in note and name in note for note in result.notes)


def test_what_a_person_keeps_trains_again_inside_the_image(project: Project, tmp_path: Path) -> None:
    name = replaced(project, 1, (PICTURE // 2, PICTURE))
    assert take_note(project, [1, 2]) == [1]
    assert project.images.get(1).replaced
    assert len(training_set(project).images) == 5
    keep_labels(project, [1])
    image = project.images.get(1)
    assert (image.replaced, image.width, image.height, image.state) == (
        False,
        PICTURE // 2,
        PICTURE,
        ImageState.LABELED,
    )
    first = training_set(project).images[0]
    assert first.boxes.max(axis=0).tolist() == [PICTURE / 4, PICTURE / 4, PICTURE / 2, PICTURE * 3 / 4]
    result = export_dataset(project, tmp_path / "out", "coco")
    assert any(note.startswith("Boxes that reached beyond their image") for note in result.notes)
    content = json.loads(next((tmp_path / "out").rglob("*.json")).read_text())
    number = next(i["id"] for i in content["images"] if name.endswith(i["file_name"].rsplit("/", 1)[-1]))
    (box,) = [a["bbox"] for a in content["annotations"] if a["image_id"] == number]
    assert box == [PICTURE / 4, PICTURE / 4, PICTURE / 4, PICTURE / 2]


def test_boxes_wholly_outside_are_in_no_export_and_no_training(project: Project, tmp_path: Path) -> None:
    replaced(project, 1, (2, 2))
    keep_labels(project, [1])
    assert len(training_set(project).images[0].boxes) == 0
    result = export_dataset(project, tmp_path / "out", "yolo")
    assert result.boxes == 8


def test_an_unlabelled_image_that_changed_loses_its_pre_labels_and_gets_its_size(project: Project) -> None:
    replaced(project, 10)
    assert take_note(project, [10]) == []
    image = project.images.get(10)
    assert (image.replaced, image.width, image.height) == (False, 20, 10)


def test_pre_labels_are_not_measured_by_the_size_of_another_file(project: Project) -> None:
    model = project.models.active()
    assert model is not None
    replaced(project, 10)
    found = prelabel(project, model, "cpu")
    assert found.problems == ((10, OTHER_SIZE),)
    add_folders(project, [root.folder for root in project.roots.all()])
    assert project.images.get(10).usable
    assert prelabel(project, model, "cpu").predicted == 1


def test_corners_are_cut_at_the_edges() -> None:
    corners = np.array([[-5, -5, 5, 5], [2, 2, 30, 4], [20, 20, 30, 30], [1, 1, 2, 2]], np.float64)
    cut_off, kept = within(corners, 10, 8)
    assert kept.tolist() == [True, True, False, True]
    assert [Box(*row) for row in cut_off[kept].tolist()] == [Box(0, 0, 5, 5), Box(2, 2, 10, 4), Box(1, 1, 2, 2)]
