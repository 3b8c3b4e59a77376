"""COCO files as they come: from other tools, cut off, wrong, hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.coco import Coco
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem

CATEGORIES = [{"id": 17, "name": "cat"}, {"id": 3, "name": "dog"}]
IMAGES = [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}]


def annotation(**fields: Any) -> dict[str, Any]:
    return {"id": 5, "image_id": 1, "category_id": 17, "bbox": [10, 20, 30, 40], "iscrowd": 0} | fields


def content(*annotations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"images": IMAGES, "categories": CATEGORIES, "annotations": list(annotations)} | fields


def read(
    folder: Path, data: Any, name: str = "instances.json", indent: int | None = 1
) -> tuple[Dataset, list[Problem]]:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data, indent=indent).encode())
    problems: list[Problem] = []
    return Coco().read(folder, problems), problems


def line_of(file: Path, text: str) -> int:
    return next(i for i, line in enumerate(file.read_text().split("\n"), start=1) if text in line)


def test_a_sound_file_is_read_whole_and_says_nothing(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, content(annotation()))
    assert problems == []
    assert dataset.classes == [DatasetClass(17, "cat"), DatasetClass(3, "dog")]
    (image,) = dataset.images
    assert (image.path, image.width, image.height, image.labeled) == ("a.jpg", 100, 80, True)
    assert image.boxes == [DatasetBox(Box(10, 20, 40, 60), 0)]


@pytest.mark.parametrize(
    ("fields", "kind", "kept"),
    [
        ({"bbox": [10, 20, 0, 40]}, "box without area", 0),
        ({"bbox": [10, 20, -5, 40]}, "corners swapped", 1),
        ({"bbox": [10, 20, "x", 40]}, "coordinate is no number", 0),
        ({"bbox": [10, 20, 30]}, "coordinate is no number", 0),
        ({"bbox": None}, "coordinate is no number", 0),
        ({"bbox": [1e300, 0, 1, 1]}, "coordinate is no number", 0),
        ({"bbox": [500, 500, 10, 10]}, "box outside the image", 0),
        ({"bbox": [90, 20, 30, 40]}, "box cut at the edge", 1),
        ({"category_id": 99}, "unknown category id", 0),
        ({"image_id": 2}, "unknown image id", 0),
        ({"image_id": {"a": 1}}, "unknown image id", 0),
        ({"segmentation": [[1, 1, 5, 1, 5, 5]]}, "outlines not kept", 1),
    ],
)
def test_each_flaw_is_told_with_its_line_and_annotation(
    tmp_path: Path, fields: dict[str, Any], kind: str, kept: int
) -> None:
    dataset, problems = read(tmp_path, content(annotation(id=1), annotation(id=4711, **fields)))
    (problem,) = problems
    assert problem.kind == kind
    assert problem.file == "instances.json"
    assert len(dataset.images[0].boxes) == 1 + kept
    if kind != "outlines not kept":
        assert "Annotation 4711" in problem.what
        # An object begins on the line before its first key.
        assert problem.line == line_of(tmp_path / "instances.json", '"id": 4711') - 1


def test_in_a_file_of_one_line_the_annotation_is_named(tmp_path: Path) -> None:
    _, problems = read(tmp_path, content(annotation(id=4711, bbox=[1, 1, 0, 0])), indent=None)
    assert [(p.line, "Annotation 4711" in p.what) for p in problems] == [(1, True)]


def test_braces_and_quotes_in_names_do_not_mislead_the_line(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": 'odd "}{][\\" name.jpg', "width": 100, "height": 80}]
    _, problems = read(tmp_path, content(annotation(id=1), annotation(id=2, bbox=[1, 1, 0, 0]), images=images))
    assert problems[0].line == line_of(tmp_path / "instances.json", '"id": 2,') - 1


def test_numbers_that_are_none_cost_only_their_box(tmp_path: Path) -> None:
    flawed = content(
        annotation(bbox=[float("nan"), 1, 2, 3]), annotation(id=6, bbox=[1, float("inf"), 2, 3]), annotation(id=7)
    )
    dataset, problems = read(tmp_path, flawed)
    assert len(dataset.images[0].boxes) == 1
    assert [p.kind for p in problems] == ["coordinate is no number"] * 2


def test_a_file_cut_off_is_refused_with_the_line(tmp_path: Path) -> None:
    whole = json.dumps(content(annotation()), indent=1).encode()
    with pytest.raises(FormatError, match=r"instances\.json, line 1[0-9]: this is not JSON"):
        read(tmp_path, whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "data", [b"[1, 2]", b'{"images": 1, "annotations": 2, "categories": {}}', b"{}" * 3, b"[" * 100_000]
)
def test_json_that_is_no_dataset_is_no_crash(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    problems: list[Problem] = []
    try:
        dataset = Coco().read(tmp_path / "x.json", problems)
    except FormatError as error:
        assert "x.json" in str(error)
    else:
        assert dataset.images == []
        assert problems


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    data = json.dumps(content(annotation(), categories=[{"id": 17, "name": "Zelle ä"}]), ensure_ascii=False)
    dataset, problems = read(tmp_path, data.encode(encoding))
    assert dataset.classes[0].name == "Zelle ä"
    assert dataset.box_count == 1
    assert [p.kind for p in problems] == (["not UTF-8"] if encoding == "latin-1" else [])


def test_ids_that_occur_twice_are_told_and_nothing_is_lost_in_silence(tmp_path: Path) -> None:
    flawed = content(
        annotation(), annotation(bbox=[1, 1, 5, 5]),
        categories=[*CATEGORIES, {"id": 3, "name": "cow"}],
        images=[*IMAGES, {"id": 1, "file_name": "b.jpg", "width": 9, "height": 9}],
    )  # fmt: skip
    dataset, problems = read(tmp_path, flawed)
    assert [p.kind for p in problems] == ["duplicate id"] * 3
    assert [c.name for c in dataset.classes] == ["cat", "dog"]
    assert [i.path for i in dataset.images] == ["a.jpg"]
    assert dataset.box_count == 2


def test_an_image_listed_twice_is_one_with_the_boxes_of_both(tmp_path: Path) -> None:
    images = [*IMAGES, {"id": 2, "file_name": "a.jpg", "width": 100, "height": 80}]
    dataset, problems = read(
        tmp_path, content(annotation(), annotation(id=6, image_id=2, bbox=[1, 1, 5, 5]), images=images)
    )
    assert dataset.box_count == 2
    assert len(dataset.images) == 1
    assert [p.kind for p in problems] == ["image listed twice"]


def test_a_crowd_keeps_its_mark_and_an_outline_gives_its_box(tmp_path: Path) -> None:
    outline = {"id": 6, "image_id": 1, "category_id": 3, "iscrowd": 0, "segmentation": [[10, 10, 30, 12, 20, 40]]}
    dataset, problems = read(tmp_path, content(annotation(iscrowd=1), outline))
    crowd, found = dataset.images[0].boxes
    assert crowd.flags == {"crowd"}
    assert found.box == Box(10, 10, 30, 40)
    assert [p.kind for p in problems] == ["box from outline", "outlines not kept"]


def test_names_that_climb_are_only_looked_for_inside(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"outside")
    inside = tmp_path / "set"
    images = [{"id": 1, "file_name": "../secret.jpg"}, {"id": 2, "file_name": str(tmp_path / "secret.jpg")}]
    dataset, _ = read(inside, content(images=images))
    assert [image.file for image in dataset.images] == [None, None]
    assert not any(".." in image.path or image.path.startswith("/") for image in dataset.images)


def test_files_of_several_splits_are_one_dataset(tmp_path: Path) -> None:
    read(tmp_path, content(annotation()), "annotations/instances_train2017.json")
    val = content(annotation(category_id=8), categories=[{"id": 8, "name": "dog"}, {"id": 17, "name": "newt"}])
    val["images"] = [{"id": 1, "file_name": "b.jpg", "width": 100, "height": 80}]
    dataset, problems = read(tmp_path, val, "annotations/instances_val2017.json")
    assert [(i.path, i.split) for i in dataset.images] == [("a.jpg", Split.TRAIN), ("b.jpg", Split.VALIDATION)]
    assert [c.name for c in dataset.classes] == ["cat", "dog", "newt"]
    assert len({c.id for c in dataset.classes}) == 3
    assert problems == []


def test_pycocotools_reads_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    images = []
    for number in range(20):
        file = tmp_path / "images" / f"{number}.jpg"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
        boxes = [DatasetBox(Box(k + 0.1, k + 1 / 3, k + 7.77, k + number + 2), k % 2) for k in range(number)]
        images.append(DatasetImage(f"{number}.jpg", file, 640, 480, boxes))
    dataset = Dataset([DatasetClass(17, "cat"), DatasetClass(3, "dog")], images)
    Coco().write(dataset, tmp_path / "out")
    judge = coco.COCO(str(tmp_path / "out" / "annotations" / "instances.json"))
    assert sorted(judge.getCatIds()) == [3, 17]
    assert len(judge.getImgIds()) == 20
    for image_id, image in zip(judge.getImgIds(), images, strict=True):
        assert judge.loadImgs(image_id)[0]["file_name"] == image.path
        for found, item in zip(judge.loadAnns(judge.getAnnIds(imgIds=image_id)), image.boxes, strict=True):
            x, y, w, h = found["bbox"]
            assert (x, y, x + w, y + h) == pytest.approx(tuple(item.box.array()), abs=1e-5)
            assert found["category_id"] == dataset.classes[item.label].id
            assert found["area"] == pytest.approx(item.box.area, abs=1e-3)


def test_categories_whose_names_are_no_text_keep_their_boxes(tmp_path: Path) -> None:
    names: list[object] = [7, None, 0, 1.5, []]
    categories = [{"id": k, "name": name} for k, name in enumerate(names, start=1)]
    boxes = [{"id": k, "image_id": 1, "category_id": k, "bbox": [k, 1, 9, 9]} for k in range(1, 6)]
    images = [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))
    problems: list[Problem] = []
    dataset = Coco().read(file, problems)
    assert [known.name for known in dataset.classes] == ["7", "class 2", "0", "1.5", "class 5"]
    assert dataset.box_count == 5
    assert [problem.what.lower().split("category id ")[1][0] for problem in problems] == ["2", "4", "5"]
