"""Datumaro's JSON as Datumaro writes it, and as it comes broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.datumaro import Datumaro
from boxwright.formats.registry import recognise

BOX: dict[str, Any] = {"id": 0, "type": "bbox", "attributes": {}, "group": 0, "label_id": 1, "z_order": 0,
                       "bbox": [10, 20.5, 20, 19.75]}  # fmt: skip


def put(folder: Path, *annotations: Any, subset: str = "train", item: dict[str, Any] | None = None) -> Path:
    whole = {"id": "a", "annotations": list(annotations), "image": {"path": "a.jpg", "size": [80, 100]}}
    data = {
        "dm_format_version": "1.0",
        "media_type": 2,
        "infos": {},
        "categories": {
            "label": {
                "labels": [{"name": name, "parent": "", "attributes": []} for name in ("cat", "dog")],
                "label_groups": [],
                "attributes": ["occluded"],
            }
        },
        "items": [whole if item is None else item],
    }
    file = folder / "annotations" / f"{subset}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data).replace('"items": [', '"items": [\n'))
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Datumaro().read(path, problems), problems


def corners(dataset: Dataset) -> list[tuple[float, ...]]:
    return [tuple(map(float, item.box.array())) for item in dataset.images[0].boxes]


def test_a_dataset_is_read_subset_by_subset(tmp_path: Path) -> None:
    marks = {"occluded": True, "is_crowd": False, "score": 0.75}
    file = put(tmp_path, BOX | {"attributes": marks}, {"id": 1, "type": "label", "label_id": 0})
    put(tmp_path, subset="val", item={"id": "deep/b", "annotations": []})
    put(tmp_path, subset="default", item={"id": "c", "image": {"path": "c.png"}})
    for name in ("images/train/a.jpg", "images/val/deep/b.jpg", "images/default/c.png", "images/train/new.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    dataset, problems = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["cat", "dog"]
    seen = {i.path: (i.split, i.labeled, len(i.boxes), i.file is not None) for i in dataset.images}
    assert seen == {
        "a.jpg": (Split.TRAIN, True, 1, True),
        "deep/b.jpg": (Split.VALIDATION, True, 0, True),
        "c.png": (None, True, 0, True),
        "new.jpg": (Split.TRAIN, False, 0, True),
    }
    (found,) = next(i.boxes for i in dataset.images if i.path == "a.jpg")
    assert (tuple(map(float, found.box.array())), found.label) == ((10, 20.5, 30, 40.25), 1)
    assert (found.score, found.flags) == (0.75, {"occluded"})
    assert next((i.width, i.height) for i in dataset.images if i.path == "a.jpg") == (100, 80)
    assert next(i.marks.tags for i in dataset.images if i.path == "a.jpg") == {"cat"}
    assert problems == []
    assert [g.format for g in recognise(tmp_path)] == ["datumaro"]
    assert [g.format for g in recognise(file)] == ["datumaro"]
    alone, _ = read(file)
    assert [(i.path, i.split, i.file) for i in alone.images] == [
        ("a.jpg", Split.TRAIN, tmp_path / "images/train/a.jpg")
    ]


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("polygon", [10, 20, 30.5, 25, 15, 60], (10, 20, 30.5, 60)),
        ("polyline", [10, 20, 30, 25], (10, 20, 30, 25)),
        ("ellipse", [30, 30, 70, 50], (30, 30, 70, 50)),
        ("cuboid_2d", [[10, 12], [10, 50], [30, 12], [30, 50], [20, 8], [20, 40], [44, 8], [44, 40]], (10, 8, 44, 50)),
    ],
)
def test_other_shapes_become_the_box_around_them_with_a_word(
    tmp_path: Path, kind: str, points: list[Any], expected: tuple[float, ...]
) -> None:
    put(tmp_path, {"type": kind, "label_id": 0, "points": points})
    dataset, problems = read(tmp_path)
    assert corners(dataset) == [expected]
    assert [(p.file, p.line, p.kind) for p in problems] == [("annotations/train.json", 2, "box from outline")]


@pytest.mark.parametrize(
    ("change", "kind", "kept"),
    [
        ({"bbox": [10, 20, 0, 5]}, "box without area", 0),
        ({"bbox": [30, 20, -10, 5]}, "corners swapped", 1),
        ({"bbox": [10, "x", 5, 5]}, "coordinate is no number", 0),
        ({"bbox": [10, 20, 5]}, "coordinate is no number", 0),
        ({"bbox": [10, 20, float("nan"), 5]}, "coordinate is no number", 0),
        ({"bbox": {}}, "coordinate is no number", 0),
        ({"bbox": [500, 500, 5, 5]}, "box outside the image", 0),
        ({"bbox": [-20, 20, 50, 5]}, "box cut at the edge", 1),
        ({"label_id": 2}, "unknown category id", 0),
        ({"label_id": -1}, "unknown category id", 0),
        ({"label_id": None}, "unknown category id", 0),
        ({"label_id": True}, "unknown category id", 0),
        ({"type": "mask"}, "shape without a box", 0),
        ({"type": "points", "points": [1, 2]}, "shape without a box", 0),
        ({"type": None}, "broken annotation", 0),
    ],
)
def test_each_flaw_is_told_with_the_line_of_its_item(
    tmp_path: Path, change: dict[str, Any], kind: str, kept: int
) -> None:
    put(tmp_path, BOX | change)
    dataset, problems = read(tmp_path)
    assert [(p.line, p.kind) for p in problems] == [(2, kind)]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


def test_classes_that_change_their_number_between_files_are_matched_by_name(tmp_path: Path) -> None:
    put(tmp_path, BOX)
    other = put(tmp_path, BOX, subset="val")
    other.write_text(other.read_text().replace('"cat"', '"bird"').replace('"dog"', '"cat"'))
    dataset, _ = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["cat", "dog", "bird"]
    assert [dataset.classes[i.boxes[0].label].name for i in dataset.images] == ["dog", "cat"]


@pytest.mark.parametrize("item", [{"id": "", "annotations": []}, {"id": 7}, [], {"id": "..", "image": {"path": "../"}}])
def test_an_item_without_a_name_is_left_out(tmp_path: Path, item: Any) -> None:
    put(tmp_path, item=item)
    dataset, problems = read(tmp_path)
    assert dataset.images == []
    assert [p.kind for p in problems] == ["broken image entry"]


def test_names_lead_nowhere_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    put(tmp_path / "set", item={"id": "a", "image": {"path": "../../../secret.jpg"}})
    dataset, _ = read(tmp_path / "set")
    assert [(i.path, i.file) for i in dataset.images] == [("secret.jpg", None)]


def test_a_file_cut_off_is_refused_with_its_line(tmp_path: Path) -> None:
    file = put(tmp_path, BOX)
    file.write_text(file.read_text()[:-40])
    with pytest.raises(FormatError, match="line 2: this is not JSON"):
        read(tmp_path)


def test_boxes_never_go_to_the_image_of_another_split(tmp_path: Path) -> None:
    put(tmp_path, BOX)
    put(tmp_path, BOX, subset="test")
    (tmp_path / "images" / "train").mkdir(parents=True)
    (tmp_path / "images" / "train" / "a.jpg").write_bytes(b"x")
    dataset, problems = read(tmp_path)
    assert {i.split: (i.file is not None, len(i.boxes)) for i in dataset.images} == {
        Split.TRAIN: (True, 1),
        Split.TEST: (False, 1),
    }
    assert problems == []
