"""Supervisely projects: the documented files, and what is wrong in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode
from boxwright.formats.supervisely import Supervisely

META = {
    "classes": [
        {"title": "bike", "shape": "rectangle", "color": "#F6FF00", "id": 1661571},
        {"title": "person", "shape": "any", "color": "#BE55CE", "geometry_config": {}},
    ],
    "tags": [{"name": "like", "value_type": "none", "color": "#7ED321"}],
}


def thing(label: str = "bike", kind: str = "rectangle", **more: Any) -> dict[str, Any]:
    """An object with the corners of the documentation's example."""
    points = more.pop("points", {"exterior": [[0, 236], [582, 872]], "interior": []})
    return {"classTitle": label, "geometryType": kind, "tags": [], "points": points} | more


def project(
    folder: Path, *objects: Any, name: str = "ds1/ann/a.jpg.json", **more: Any
) -> tuple[Dataset, list[Problem]]:
    (folder / "meta.json").write_text(json.dumps(META))
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    size = {"height": 952, "width": 1200}
    file.write_text(json.dumps({"description": "", "tags": [], "size": size, "objects": list(objects)} | more))
    problems: list[Problem] = []
    return Supervisely().read(folder, problems), problems


@pytest.mark.parametrize("at", [".", "ds1"])
def test_a_project_wherever_one_points(tmp_path: Path, at: str) -> None:
    (tmp_path / "ds1/img").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "ds1/img" / name).write_bytes(b"x")
    project(tmp_path, thing())
    assert reader_for(tmp_path / at).name == "supervisely"
    problems: list[Problem] = []
    dataset = Supervisely().read(tmp_path / at, problems)
    assert problems == []
    assert dataset.classes == [DatasetClass(1661571, "bike"), DatasetClass(1661572, "person")]
    first, second = dataset.images
    assert (first.path, first.width, first.height, first.boxes[0].box) == ("a.jpg", 1200, 952, Box(0, 236, 582, 872))
    assert first.file == tmp_path / "ds1/img/a.jpg"
    assert (second.path, second.labeled) == ("b.jpg", False)


def test_folders_named_after_a_split_are_that_split(tmp_path: Path) -> None:
    dataset, _ = project(tmp_path, thing(), name="validation/ann/a.jpg.json")
    assert dataset.images[0].split is Split.VALIDATION


@pytest.mark.parametrize(
    ("flawed", "kind", "kept"),
    [
        (thing(points={"exterior": [[5, 5], [5, 9]], "interior": []}), "box without area", 0),
        (thing(points={"exterior": [[5, 5]], "interior": []}), "coordinate is no number", 0),
        (thing(points={"exterior": [[5, "x"], [5, 9]], "interior": []}), "coordinate is no number", 0),
        (thing(points={"exterior": [[1100, 5], [1300, 9]], "interior": []}), "box cut at the edge", 1),
        (thing(kind="bitmap", bitmap={"data": "", "origin": [1, 2]}, points=None), "shape without a box", 0),
        (thing(kind="polygon", points={"exterior": [[1, 1], [9, 3], [4, 8]], "interior": []}), "box from outline", 1),
        (thing(label=""), "object without a class", 0),
        (7, "object without a class", 0),
    ],
)
def test_each_flaw_is_told_with_its_file(tmp_path: Path, flawed: Any, kind: str, kept: int) -> None:
    dataset, problems = project(tmp_path, flawed)
    assert [(p.file, p.kind) for p in problems] == [("ds1/ann/a.jpg.json", kind)]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


def test_corners_may_be_any_two_that_face_each_other(tmp_path: Path) -> None:
    dataset, problems = project(tmp_path, thing(points={"exterior": [[582, 236], [0, 872]], "interior": []}))
    assert (dataset.images[0].boxes[0].box, problems) == (Box(0, 236, 582, 872), [])


def test_a_broken_file_leaves_its_image_unlabelled(tmp_path: Path) -> None:
    project(tmp_path, thing())
    (tmp_path / "ds1/ann/b.jpg.json").write_text('{"objects": [')
    problems: list[Problem] = []
    dataset = Supervisely().read(tmp_path, problems)
    assert [(i.path, i.labeled) for i in dataset.images] == [("a.jpg", True), ("b.jpg", False)]
    assert [p.kind for p in problems] == ["label file unreadable"]


def test_what_is_written_has_the_documented_form(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, 10, 8, [DatasetBox(Box(1, 2, 3.5, 4), 0)])
    untouched = DatasetImage("b.png", None, 10, 8, [], labeled=False)
    Supervisely().write(Dataset([DatasetClass(7, "cat")], [image, untouched]), tmp_path / "out", ImageMode.NONE)
    meta = json.loads((tmp_path / "out/meta.json").read_text())
    assert [(c["title"], c["shape"], c["id"]) for c in meta["classes"]] == [("cat", "rectangle", 7)]
    written = json.loads((tmp_path / "out/ds0/ann/a.png.json").read_text())
    assert written["size"] == {"height": 8, "width": 10}
    assert written["objects"][0]["points"] == {"exterior": [[1, 2], [3.5, 4]], "interior": []}
    other = json.loads((tmp_path / "out/ds0/ann/b.png.json").read_text())
    assert [tag["name"] for tag in other["tags"]] == [tag["name"] for tag in meta["tags"]] == ["unlabeled"]


def test_an_image_without_a_size_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="size of every image"):
        Supervisely().write(Dataset([], [DatasetImage("a.png")]), tmp_path / "out", ImageMode.NONE)
