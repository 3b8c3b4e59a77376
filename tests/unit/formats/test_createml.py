"""Create ML's JSON as Apple documents it and as others write it, and as it comes broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.createml import CreateML
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.registry import recognise

CAT = {"label": "cat", "coordinates": {"x": 20, "y": 30.125, "width": 20, "height": 19.75}}


def put(file: Path, *entries: Any, images: tuple[str, ...] = ()) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "]")
    for name in images:
        (file.parent / name).write_bytes(b"x")
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return CreateML().read(path, problems), problems


def corners(dataset: Dataset) -> list[tuple[float, ...]]:
    return [tuple(map(float, item.box.array())) for image in dataset.images for item in image.boxes]


@pytest.mark.parametrize(
    "entry",
    [
        {"image": "cat and dog.png", "annotations": [CAT]},
        {"imagefilename": "cat and dog.png", "annotation": [CAT]},
        {"imageURL": "file:///Users/me/cat and dog.png", "metadata": {}, "verified": True, "annotations": [CAT]},
    ],
)
def test_each_spelling_of_the_keys_is_recognised_and_read(tmp_path: Path, entry: dict[str, Any]) -> None:
    file = put(tmp_path / "set.json", entry, images=("cat and dog.png",))
    for path in (file, tmp_path):
        assert [g.format for g in recognise(path)] == ["createml"]
        dataset, problems = read(path)
        assert problems == []
        assert corners(dataset) == [(10, 20.25, 30, 40)]
        assert dataset.images[0].file == tmp_path / "cat and dog.png"


def test_a_folder_a_split_is_read_with_images_of_one_name_apart(tmp_path: Path) -> None:
    entry = {"image": "a.jpg", "annotations": [CAT]}
    empty = {"image": "b.jpg", "annotations": []}
    put(tmp_path / "train" / "_annotations.createml.json", entry, empty, images=("a.jpg", "b.jpg", "new.jpg"))
    put(tmp_path / "valid" / "_annotations.createml.json", entry, entry, images=())
    dataset, problems = read(tmp_path)
    assert [(i.path, i.split, i.file is not None, i.labeled, len(i.boxes)) for i in dataset.images] == [
        ("a.jpg", Split.TRAIN, True, True, 1),
        ("b.jpg", Split.TRAIN, True, True, 0),
        ("a.jpg", Split.VALIDATION, False, True, 2),
        ("new.jpg", Split.TRAIN, True, False, 0),
    ]
    assert [(p.file, p.line, p.kind) for p in problems] == [
        ("valid/_annotations.createml.json", 3, "image listed twice")
    ]


def at(**changes: Any) -> dict[str, Any]:
    return CAT | {"coordinates": {"x": 20, "y": 30, "width": 20, "height": 20} | changes}


@pytest.mark.parametrize(
    ("annotation", "kind", "kept"),
    [
        (at(width=0), "box without area", 0),
        (at(width=-20), "corners swapped", 1),
        (at(x=None), "coordinate is no number", 0),
        (at(x=float("nan")), "coordinate is no number", 0),
        (at(height=1e999), "coordinate is no number", 0),
        (CAT | {"coordinates": [1, 2, 3, 4]}, "coordinate is no number", 0),
        (CAT | {"label": " "}, "object without a class", 0),
        (CAT | {"label": None}, "object without a class", 0),
        ("cat", "object without a class", 0),
    ],
)
def test_each_flaw_is_told_with_the_line_of_its_image(tmp_path: Path, annotation: Any, kind: str, kept: int) -> None:
    fine = {"image": "a.jpg", "annotations": [CAT]}
    put(tmp_path / "set.json", fine, {"image": "b.jpg", "annotations": [annotation]})
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("set.json", 3, kind)]
    assert (len(dataset.images[1].boxes), dataset.images[1].refused) == (kept, 1 - kept)


@pytest.mark.parametrize("entry", [7, {"image": 7}, {"image": "../.."}, {"image": "b.jpg", "annotations": {}}])
def test_an_entry_without_an_image_or_a_list_is_left_out(tmp_path: Path, entry: Any) -> None:
    put(tmp_path / "set.json", {"image": "a.jpg", "annotations": [CAT]}, entry)
    dataset, problems = read(tmp_path)
    assert [i.path for i in dataset.images] == ["a.jpg"]
    assert [p.kind for p in problems] == ["broken image entry"]


def test_a_name_leads_nowhere_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    put(tmp_path / "set" / "set.json", {"image": "../secret.jpg", "annotations": [CAT]})
    dataset, _ = read(tmp_path / "set")
    assert [(i.path, i.file) for i in dataset.images] == [("secret.jpg", None)]


def test_lists_of_something_else_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "a.json", {"image": "a.jpg", "annotations": [{"result": []}]})
    put(tmp_path / "b.json", {"image": "a.jpg", "caption": "a cat"})
    assert CreateML().recognise(tmp_path) is None
    with pytest.raises(FormatError, match="no Create ML file"):
        read(tmp_path)


def test_a_file_cut_off_is_refused_with_its_line(tmp_path: Path) -> None:
    file = put(tmp_path / "set.json", {"image": "a.jpg", "annotations": [CAT]})
    file.write_text(file.read_text()[:-5])
    with pytest.raises(FormatError, match="line 2: this is not JSON"):
        read(file)
