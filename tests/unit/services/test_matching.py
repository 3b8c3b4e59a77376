"""Which image of the pool a dataset means: content and the whole path say it, a name alone is a doubt that is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from boxwright.domain.errors import FormatError
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import ImportResult, import_dataset, preview_dataset
from boxwright.services.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


def picture(file: Path, seed: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    Picture.fromarray(pixels).save(file)
    return file


def pool(project: Project, root: Path, *names: str) -> None:
    for seed, name in enumerate(names):
        picture(root / name, seed)
    add_folders(project, [root])


def coco(folder: Path, *names: str) -> Path:
    """The k-th of `names`, from 1, has one box from (k, k) to (k + 10, k + 10)."""
    images = [{"id": k, "file_name": n, "width": 64, "height": 48} for k, n in enumerate(names, start=1)]
    boxes = [{"id": i["id"], "image_id": i["id"], "category_id": 1, "bbox": [i["id"], i["id"], 10, 10]} for i in images]
    folder.mkdir()
    content = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "x"}]}
    (folder / "instances.json").write_text(json.dumps(content))
    return folder


def boxes(project: Project) -> dict[str, list[float]]:
    """Path -> the left sides of its boxes, where there are some."""
    images = project.images.many(project.images.ids(usable=False).tolist())
    found = project.labels.annotations(image.id for image in images)
    return {image.path: [a.box.x1 for a in found[image.id]] for image in images if found[image.id]}


def told(result: ImportResult) -> list[str]:
    return [problem.what for problem in result.problems]


def test_labels_of_another_folder_are_left_out_and_told(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "pool", "left/0001.png", "left/0002.png")
    result = import_dataset(project, coco(tmp_path / "set", "right/0001.png", "left/0002.png"))
    assert boxes(project) == {"left/0002.png": [2]}
    (what,) = told(result)
    assert "'right/0001.png' is neither in the project nor on disk" in what
    assert "left/0001.png" in what
    assert "1 boxes were left out" in what


@pytest.mark.parametrize("names", [("right/0001.png", "left/0001.png"), ("left/0001.png", "right/0001.png")])
def test_an_image_keeps_its_own_labels_whatever_comes_first(
    project: Project, tmp_path: Path, names: tuple[str, str]
) -> None:
    pool(project, tmp_path / "pool", "left/0001.png")
    import_dataset(project, coco(tmp_path / "set", *names))
    assert boxes(project) == {"left/0001.png": [names.index("left/0001.png") + 1]}


def test_a_root_that_the_dataset_names_is_not_taken_for_its_neighbour(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "left", "1.png", "2.png")
    result = import_dataset(project, coco(tmp_path / "set", "right/1.png", "left/2.png"))
    assert boxes(project) == {"2.png": [2]}
    assert len(told(result)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "day1/a.png", "pool/day1/a.png", "images/day1/a.png", "a.png", "images/train/a.png", "train2017/day1/a.png",
        "/media/disk/pool/day1/a.png", "C:\\data\\day1\\a.png", "/mnt/other/day1/a.png", "DAY1/A.PNG",
    ],
)  # fmt: skip
def test_what_says_nothing_against_an_image_finds_it(project: Project, tmp_path: Path, name: str) -> None:
    pool(project, tmp_path / "pool", "day1/a.png", "day2/b.png")
    assert import_dataset(project, coco(tmp_path / "set", name)).images == 1
    assert boxes(project) == {"day1/a.png": [1]}


def test_names_alone_are_enough_on_word(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "pool", "left/1.png")
    dataset = coco(tmp_path / "set", "mine/1.png")
    assert preview_dataset(project, dataset).doubtful == 1
    with pytest.raises(FormatError, match=r"left/1\.png.*--by-name"):
        import_dataset(project, dataset)
    assert import_dataset(project, dataset, by_name=True).images == 1
    assert boxes(project) == {"left/1.png": [1]}


def test_a_name_taken_without_its_folder_is_told(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "pool", "1.png")
    result = import_dataset(project, coco(tmp_path / "set", "somewhere/1.png"))
    assert boxes(project) == {"1.png": [1]}
    assert any("'somewhere/1.png' was taken to be '1.png'" in note for note in result.notes)


def test_a_dataset_with_images_takes_none_of_another_folder(project: Project, tmp_path: Path) -> None:
    dataset = coco(tmp_path / "set", "right/1.png", "left/2.png")
    picture(dataset / "left" / "1.png", 1)
    picture(dataset / "left" / "2.png", 2)
    import_dataset(project, dataset)
    assert boxes(project) == {"2.png": [2]}, "its folder is a root of its own now"


def test_one_stem_with_two_endings_is_a_doubt(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "pool", "a.png", "a.bmp", "b.png")
    labels = tmp_path / "set" / "labels"
    labels.mkdir(parents=True)
    for name in ("a", "b"):
        (labels / f"{name}.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    (tmp_path / "set" / "data.yaml").write_text("train: labels\nnames: [x]\n")
    result = import_dataset(project, tmp_path / "set", "yolo")
    assert list(boxes(project)) == ["b.png"]
    assert any("a.bmp" in what and "a.png" in what for what in told(result))


def test_two_folders_of_labels_for_one_folder_of_images_are_joined_and_told(project: Project, tmp_path: Path) -> None:
    pool(project, tmp_path / "pool", "a.png", "b.png")
    for folder, rows in (
        ("labels_one", ["0 0.2 0.5 0.25 0.25"]),
        ("labels_two", ["0 0.2 0.5 0.25 0.25", "1 0.7 0.5 0.25 0.25"]),
    ):
        (tmp_path / "set" / folder).mkdir(parents=True)
        (tmp_path / "set" / folder / "a.txt").write_text("\n".join(rows))
    (tmp_path / "set" / "data.yaml").write_text("train: [labels_one, labels_two]\nnames: [x, y]\n")
    result = import_dataset(project, tmp_path / "set", "yolo")
    assert (result.images, result.boxes) == (1, 2)
    assert any("label the same image; 1 boxes" in what for what in told(result)), told(result)


def test_a_copys_other_labels_are_left_out_and_counted(project: Project, tmp_path: Path) -> None:
    dataset = coco(tmp_path / "set", "a.png", "b.png")
    shutil.copy(picture(dataset / "a.png", 1), dataset / "b.png")
    result = import_dataset(project, dataset)
    assert boxes(project) == {"a.png": [1]}
    assert told(result) == ["'b.png' is a copy of 'a.png', whose labels count; its 1 boxes were left out."]
