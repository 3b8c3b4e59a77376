"""Datasets come into a project whole or not at all, and never over a person's work."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from boxwright.domain.annotation import Origin, drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add
from boxwright.domain.errors import BoxwrightError, Cancelled, FormatError, ReadOnlyProject, SettingError
from boxwright.domain.image import ImageState, Split
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import ImportResult, import_dataset
from boxwright.services.project.project import Project
from boxwright.store.settings import SettingRepository


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


def picture(file: Path, seed: int = 0, size: tuple[int, int] = (64, 48), orientation: int | None = None) -> Path:
    """A small picture unlike any other of another seed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    exif = Picture.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Picture.fromarray(pixels).save(file, exif=exif)
    return file


def yolo(folder: Path, count: int = 3, images: bool = True) -> Path:
    """`count` images of 64 x 48, image k with k boxes of class k % 2; the last one in the validation split."""
    for k in range(count):
        split = "val" if k == count - 1 else "train"
        if images:
            picture(folder / "images" / split / f"img {k}.png", seed=k)
        text = folder / "labels" / split / f"img {k}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text("".join(f"{k % 2} {0.25 + 0.0625 * b} 0.5 0.25 0.25\n" for b in range(k)))
    (folder / "data.yaml").write_text("train: images/train\nval: images/val\nnames: [nut, bolt]\n")
    return folder


def coco(file: Path, names: list[str], **fields: Any) -> Path:
    """One box 8, 8, 16 x 8 on each of `names`, declared as 64 x 48."""
    images = [{"id": i, "file_name": n, "width": 64, "height": 48} | fields for i, n in enumerate(names, start=1)]
    boxes = [{"id": i["id"], "image_id": i["id"], "category_id": 40, "bbox": [8, 8, 16, 8]} for i in images]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 40, "name": "nut"}]}))
    return file


def annotations_of(project: Project) -> dict[str, list[tuple[str, Box]]]:
    names = {c.id: c.name for c in project.classes.all()}
    images = project.images.many(project.images.ids(usable=False).tolist())
    found = project.labels.annotations(image.id for image in images)
    return {image.path: [(names[a.class_id], a.box) for a in found[image.id]] for image in images}


def test_a_dataset_with_its_images_fills_an_empty_project(project: Project, tmp_path: Path) -> None:
    result = import_dataset(project, yolo(tmp_path / "set"))
    assert (result.images, result.boxes, result.empty, result.added) == (3, 3, 1, 3)
    assert result.classes_added == ("nut", "bolt")
    assert result.splits == {"train": 2, "validation": 1}
    assert result.problems == ()
    found = annotations_of(project)
    assert found["train/img 1.png"] == [("bolt", Box(8, 18, 24, 30))]
    assert project.labels.load(int(project.images.ids()[0])).state is ImageState.LABELED
    assert project.images.counts()["labeled"] == 3
    origins = {a.origin for items in project.labels.annotations([1, 2, 3]).values() for a in items}
    assert origins == {Origin.IMPORTED}


def test_the_same_dataset_twice_changes_nothing_and_counts_as_unchanged(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    import_dataset(project, folder)
    before = annotations_of(project)
    again = import_dataset(project, folder)
    assert (again.images, again.boxes, again.added, again.unchanged, again.kept) == (0, 0, 0, 3, ())
    assert annotations_of(project) == before


def test_a_persons_work_outlives_an_import(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    add_folders(project, [folder / "images"])
    image = project.images.by_path(None, "train/img 1.png")
    assert image is not None
    project.labels.apply(image.id, add(drawn(Box(1, 2, 3, 4), project.classes.add("mine").id)))
    result = import_dataset(project, folder)
    assert result.images == 2
    assert result.kept == ("img 1.png",)
    assert annotations_of(project)["train/img 1.png"] == [("mine", Box(1, 2, 3, 4))]
    assert any("keep what they have" in note for note in result.notes)


def test_a_skipped_image_stays_skipped(project: Project, tmp_path: Path) -> None:
    from boxwright.domain.edits import set_state

    folder = yolo(tmp_path / "set")
    add_folders(project, [folder / "images"])
    labels = project.labels.load(1)
    project.labels.apply(1, set_state(labels, ImageState.SKIPPED, EditKind.OTHER))
    result = import_dataset(project, folder)
    assert result.images == 2
    assert project.images.get(1).state is ImageState.SKIPPED


def test_labels_without_images_find_them_by_name(project: Project, tmp_path: Path) -> None:
    pool = tmp_path / "pool"
    for k in range(3):
        picture(pool / f"img {k}.png", seed=k)
    add_folders(project, [pool])
    result = import_dataset(project, yolo(tmp_path / "set", images=False))
    assert (result.images, result.added, result.problems) == (3, 0, ())


def test_a_name_that_two_images_have_is_told_by_its_folders_or_not_at_all(project: Project, tmp_path: Path) -> None:
    for number, folder in enumerate(("left", "right")):
        picture(tmp_path / "pool" / folder / "img 1.png", seed=number)
    add_folders(project, [tmp_path / "pool"])
    result = import_dataset(project, coco(tmp_path / "a.json", ["right/img 1.png"]))
    assert result.images == 1
    assert annotations_of(project) == {"left/img 1.png": [], "right/img 1.png": [("nut", Box(8, 8, 24, 16))]}
    with pytest.raises(FormatError, match="None of the 1 images"):
        import_dataset(project, coco(tmp_path / "b.json", ["img 1.png"]))


def test_a_copy_elsewhere_is_known_by_its_content_and_not_added(project: Project, tmp_path: Path) -> None:
    add_folders(project, [yolo(tmp_path / "set") / "images"])
    shutil.copytree(tmp_path / "set", tmp_path / "copy")
    (tmp_path / "copy" / "images" / "train" / "img 1.png").rename(tmp_path / "copy" / "images" / "train" / "other.png")
    (tmp_path / "copy" / "labels" / "train" / "img 1.txt").rename(tmp_path / "copy" / "labels" / "train" / "other.txt")
    result = import_dataset(project, tmp_path / "copy")
    assert (result.images, result.added) == (3, 0)
    assert project.images.counts()["images"] == 3
    assert len(annotations_of(project)["train/img 1.png"]) == 1


def test_another_image_of_the_same_name_is_not_taken_for_it(project: Project, tmp_path: Path) -> None:
    picture(tmp_path / "pool" / "img 1.png", seed=99)
    add_folders(project, [tmp_path / "pool"])
    result = import_dataset(project, yolo(tmp_path / "set"))
    assert result.added == 3
    assert annotations_of(project)["img 1.png"] == []


def test_images_that_are_nowhere_are_told_and_the_rest_comes_in(project: Project, tmp_path: Path) -> None:
    picture(tmp_path / "set" / "a.png")
    result = import_dataset(project, coco(tmp_path / "set" / "x.json", ["a.png", "gone.png"]))
    assert result.images == 1
    assert [(p.file, p.kind) for p in result.problems] == [("x.json", "image missing")]
    assert "1 boxes were left out" in result.problems[0].what


def test_an_image_nobody_labelled_stays_unlabelled(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    picture(folder / "images" / "train" / "new.png", seed=50)
    result = import_dataset(project, folder)
    assert (result.images, result.unlabeled) == (3, 1)
    assert project.images.counts()["unlabeled"] == 1


def test_an_image_all_of_whose_boxes_were_refused_is_not_confirmed_empty(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    (folder / "labels" / "train" / "img 1.txt").write_text("0 0.5 0.5 0 0\n")
    result = import_dataset(project, folder)
    assert result.images == 2
    assert [(p.line, p.kind) for p in result.problems] == [(1, "box without area"), (None, "no box left")]
    image = project.images.by_path(None, "train/img 1.png")
    assert image is not None
    assert image.state is ImageState.UNLABELED


def test_an_unreadable_image_takes_no_labels(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    (folder / "images" / "train" / "img 1.png").write_bytes(b"not a picture")
    result = import_dataset(project, folder)
    assert result.images == 2
    assert [p.kind for p in result.problems] == ["image cannot be used"]


def test_the_second_of_two_copies_gives_its_labels_only_to_an_unlabelled_first(
    project: Project, tmp_path: Path
) -> None:
    first = picture(tmp_path / "set" / "a.png")
    shutil.copy(first, tmp_path / "set" / "b.png")
    result = import_dataset(project, coco(tmp_path / "set" / "x.json", ["a.png", "b.png"]))
    assert (result.images, result.boxes) == (1, 1)
    assert [p.kind for p in result.problems] == ["copy of another image"]


@pytest.mark.parametrize(
    ("orientation", "box"),
    [(5, Box(8, 8, 16, 24)), (6, Box(32, 8, 40, 24)), (7, Box(32, 40, 40, 56)), (8, Box(8, 40, 16, 56))],
)
def test_boxes_drawn_before_a_rotation_turn_with_the_image(
    project: Project, tmp_path: Path, orientation: int, box: Box
) -> None:
    file = picture(tmp_path / "set" / "a.jpg", orientation=orientation)
    result = import_dataset(project, coco(tmp_path / "set" / "x.json", ["a.jpg"]))
    assert [p.kind for p in result.problems] == ["labelled before rotation"]
    assert annotations_of(project)["a.jpg"] == [("nut", box)]
    # The judge: where the pixels of the stored box lie on the upright picture.
    mask = Picture.new("L", (64, 48))
    mask.paste(255, (8, 8, 24, 16))
    mask.getexif()[0x0112] = orientation
    from PIL import ImageOps

    assert ImageOps.exif_transpose(mask).getbbox() == (box.x1, box.y1, box.x2, box.y2)
    assert file.exists()


def test_a_declared_size_that_is_not_the_images_is_told_and_boxes_end_at_its_edge(
    project: Project, tmp_path: Path
) -> None:
    picture(tmp_path / "set" / "a.png", size=(20, 12))
    result = import_dataset(project, coco(tmp_path / "set" / "x.json", ["a.png"]))
    assert [p.kind for p in result.problems] == ["size is wrong", "box cut at the edge"]
    assert annotations_of(project)["a.png"] == [("nut", Box(8, 8, 20, 12))]


def test_the_validation_split_of_a_project_is_never_moved(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    add_folders(project, [folder / "images"])
    first = project.images.by_path(None, "train/img 0.png")
    assert first is not None
    project.images.set_split([first.id], Split.VALIDATION)
    result = import_dataset(project, folder)
    assert project.images.ids(split=Split.VALIDATION).tolist() == [first.id]
    assert any("already has a frozen validation split" in note for note in result.notes)


def test_a_test_split_is_kept_out_of_training(project: Project, tmp_path: Path) -> None:
    picture(tmp_path / "set" / "test" / "a.png")
    coco(tmp_path / "set" / "test" / "_annotations.coco.json", ["a.png"])
    import_dataset(project, tmp_path / "set")
    assert project.images.get(1).split is Split.TEST
    assert len(project.images.ids(split=Split.TRAIN)) == 0


def rows(project: Project) -> list[Any]:
    return [
        project.images.paths(), project.classes.all(), project.roots.all(), annotations_of(project),
        dict(SettingRepository(project.store)), project.images.counts(), project.models.all(),
    ]  # fmt: skip


@pytest.mark.parametrize("as_", ["labels", "prelabels"])
@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_stopping_leaves_the_project_as_it_was(project: Project, tmp_path: Path, as_: Any, after: int) -> None:
    folder = yolo(tmp_path / "set")
    before = rows(project)
    asked = iter(range(100))
    with pytest.raises(Cancelled):
        import_dataset(project, folder, as_=as_, should_stop=lambda: next(asked) >= after)
    assert rows(project) == before


@pytest.mark.parametrize(
    ("wrong", "kind"), [("broken", FormatError), ("missing", FormatError), ("unknown format", SettingError)]
)
def test_a_failed_import_leaves_the_project_as_it_was(
    project: Project, tmp_path: Path, wrong: str, kind: type[BoxwrightError]
) -> None:
    file = coco(tmp_path / "set" / "x.json", ["a.png"])
    picture(tmp_path / "set" / "a.png")
    if wrong == "broken":
        file.write_text(file.read_text()[:-10])
    before = rows(project)
    with pytest.raises(kind):
        import_dataset(
            project, tmp_path / "nope" if wrong == "missing" else file, "yml" if wrong == "unknown format" else None
        )
    assert rows(project) == before


def test_a_read_only_project_says_so(project: Project, tmp_path: Path) -> None:
    with Project.open(project.folder, read_only=True) as second, pytest.raises(ReadOnlyProject):
        import_dataset(second, yolo(tmp_path / "set"))


def test_prelabels_are_shown_and_nobodys_labels(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    (folder / "labels" / "train" / "img 1.txt").write_text("1 0.5 0.5 0.25 0.25 0.75\n0 0.25 0.25 0.1 0.1\n")
    result = import_dataset(project, folder, as_="prelabels")
    assert (result.images, result.boxes) == (3, 4)
    image = project.images.by_path(None, "train/img 1.png")
    assert image is not None
    labels = project.labels.load(image.id)
    assert labels.state is ImageState.UNLABELED
    assert not labels.annotations
    names = {c.id: c.name for c in project.classes.all()}
    assert [(names[p.class_id], p.score) for p in labels.open_predictions()] == [("bolt", 0.75), ("nut", 0.5)]
    model = project.models.active()
    assert model is not None
    assert len(project.scores.read(model.id)) == 3
    again = import_dataset(project, folder, as_="prelabels")
    assert (again.images, again.boxes, len(project.models.all())) == (3, 4, 1)


def test_a_detectors_results_come_in_as_prelabels(project: Project, tmp_path: Path) -> None:
    picture(tmp_path / "pool" / "a.png")
    add_folders(project, [tmp_path / "pool"])
    entry = {
        "image_id": 7,
        "file_name": "a.png",
        "category_id": 3,
        "category": "nut",
        "bbox": [8, 8, 16, 60],
        "score": 0.5,
    }
    wrong = [
        {"image_id": 7, "bbox": [1, 1, 2, 2], "score": 0.5},
        entry | {"bbox": [1, 1, 0, 0]},
        entry | {"score": "x"},
        3,
    ]
    file = tmp_path / "results.json"
    file.write_text(json.dumps([entry, *wrong]))
    result = import_dataset(project, file, as_="prelabels")
    assert (result.format, result.images, result.boxes) == ("coco-results", 1, 1)
    kinds = [p.kind for p in result.problems]
    assert sorted(kinds) == ["box cut at the edge", "box without area", *["entry not understood"] * 3]
    (shown,) = project.labels.load(1).open_predictions()
    assert (shown.box, shown.score) == (Box(8, 8, 24, 48), 0.5)


def test_results_that_name_no_files_are_one_sentence(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps([{"image_id": 7, "category_id": 1, "bbox": [1, 1, 2, 2], "score": 0.5}]))
    with pytest.raises(FormatError, match="only by number"):
        import_dataset(project, file, as_="prelabels")


def test_results_with_bare_numbers_take_their_names_from_the_coco_file_beside_them(
    project: Project, tmp_path: Path
) -> None:
    picture(tmp_path / "set" / "a.png")
    coco(tmp_path / "set" / "annotations" / "instances_val.json", ["a.png"])
    results = [{"image_id": 1, "category_id": 40, "bbox": [1, 1, 2, 2], "score": 0.5}]
    file = tmp_path / "set" / "results.json"
    file.write_text(json.dumps(results))
    result = import_dataset(project, file, as_="prelabels")
    assert (result.images, result.boxes, result.classes_added) == (1, 1, ("nut",))


def test_results_that_name_the_image_without_its_suffix_find_it(project: Project, tmp_path: Path) -> None:
    picture(tmp_path / "pool" / "img 1.png")
    add_folders(project, [tmp_path / "pool"])
    file = tmp_path / "predictions.json"
    file.write_text(json.dumps([{"image_id": "img 1", "category_id": 0, "bbox": [1, 1, 2, 2], "score": 0.5}]))
    result = import_dataset(project, file, as_="prelabels", class_map={"class 0": "nut"})
    assert (result.images, result.boxes, result.classes_added) == (1, 1, ("nut",))


def test_prelabels_do_not_touch_what_a_person_did(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    import_dataset(project, folder)
    before = annotations_of(project)
    result = import_dataset(project, folder, as_="prelabels")
    assert (result.images, len(result.kept)) == (0, 3)
    assert annotations_of(project) == before


def test_the_report_groups_like_problems(project: Project, tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set")
    (folder / "labels" / "val" / "img 2.txt").write_text("9 .5 .5 .1 .1\n0 .5 .5 0 0\n8 .5 .5 .1 .1\n0 .5 .5 .1 .1\n")
    result: ImportResult = import_dataset(project, folder)
    groups = result.by_kind()
    assert {kind: [p.line for p in items] for kind, items in groups.items()} == {
        "class index out of range": [1, 3],
        "box without area": [2],
    }
    assert json.loads(json.dumps(result.to_json()))["problems"][0]["file"] == "labels/val/img 2.txt"
