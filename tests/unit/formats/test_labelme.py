"""The JSON files of LabelMe and X-AnyLabeling as the tools write them, and as they come broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.labelme import LabelMe
from boxwright.formats.registry import recognise
from boxwright.formats.staging import ImageMode
from boxwright.formats.xanylabeling import XAnyLabeling

# One shape a version, with the keys that version writes.
V4: dict[str, Any] = {
    "label": "cat",
    "points": [[10, 20], [30.5, 40]],
    "group_id": None,
    "shape_type": "rectangle",
    "flags": {},
}
V5 = V4 | {"description": "", "mask": None}
X2 = V4 | {"text": ""}
X3 = V5 | {
    "score": 0.75, "difficult": True, "attributes": {}, "kie_linking": [],
    "points": [[10, 20], [30.5, 20], [30.5, 40], [10, 40]],
}  # fmt: skip


def put(folder: Path, *shapes: Any, version: str = "5.5.0", name: str = "a", image: bool = True, **keys: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    data = {"version": version, "flags": {}, "shapes": list(shapes), "imagePath": f"{name}.jpg", "imageData": None,
            "imageHeight": 80, "imageWidth": 100} | keys  # fmt: skip
    file = folder / f"{name}.json"
    file.write_text(json.dumps(data).replace('"shapes": [', '"shapes": [\n'))
    if image:
        (folder / f"{name}.jpg").write_bytes(b"x")
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return LabelMe().read(path, problems), problems


def corners(dataset: Dataset) -> list[tuple[float, ...]]:
    return [tuple(map(float, item.box.array())) for item in dataset.images[0].boxes]


@pytest.mark.parametrize(
    ("version", "shape", "name"),
    [
        ("3.16.7", V4, "xanylabeling"),
        ("4.5.6", V4, "labelme"),
        ("5.5.0", V5, "labelme"),
        ("7.9.1", V5, "labelme"),
        ("7.9.1", V5 | {"flags": {"difficult": True, "text": False, "score": False}}, "labelme"),
        ("0.3.3", X2, "xanylabeling"),
        ("2.4.4", X3, "xanylabeling"),
        ("3.2.1", X3, "xanylabeling"),
        ("9.0.0", X3, "xanylabeling"),
    ],
)
def test_each_version_is_recognised_and_read(tmp_path: Path, version: str, shape: dict[str, Any], name: str) -> None:
    file = put(tmp_path, shape, version=version)
    assert [g.format for g in recognise(tmp_path)] == [name]
    assert [g.format for g in recognise(file)] == [name]
    for path in (tmp_path, file):
        dataset, _ = read(path)
        assert corners(dataset) == [(10, 20, 30.5, 40)]
        assert [(i.path, i.width, i.height, i.file is not None) for i in dataset.images] == [("a.jpg", 100, 80, True)]


def test_labelme_before_version_four_wrote_its_colours(tmp_path: Path) -> None:
    put(tmp_path, V4, version="3.16.7", lineColor=[0, 255, 0, 128])
    assert [g.format for g in recognise(tmp_path)] == ["labelme"]


def test_score_and_difficult_of_xanylabeling_are_kept(tmp_path: Path) -> None:
    put(tmp_path, X3, X3 | {"score": None, "difficult": False}, version="3.2.1")
    dataset, problems = read(tmp_path)
    assert [(b.score, b.flags) for b in dataset.images[0].boxes] == [(0.75, {"difficult"}), (None, set())]
    assert problems == []


@pytest.mark.parametrize("known", [LabelMe(), XAnyLabeling()], ids=lambda known: known.name)
def test_marks_do_not_make_one_tool_look_like_the_other(tmp_path: Path, known: LabelMe) -> None:
    item = DatasetBox(Box(1, 1, 9, 9), 0, None, known.capabilities.flags)
    dataset = Dataset([DatasetClass(1, "text")], [DatasetImage("a.jpg", None, 100, 80, [item])])
    known.write(dataset, tmp_path / "out", ImageMode.NONE)
    assert [g.format for g in recognise(tmp_path / "out")] == [known.name]


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("polygon", [[10, 20], [30.5, 25], [15, 60]], (10, 20, 30.5, 60)),
        ("circle", [[50, 40], [53, 44]], (45, 35, 55, 45)),
        ("line", [[10, 20], [30, 25]], (10, 20, 30, 25)),
        ("linestrip", [[10, 20], [30, 25], [12, 40]], (10, 20, 30, 40)),
        ("mask", [[10, 20], [30, 25]], (10, 20, 30, 25)),
        ("rotation", [[20, 10], [40, 20], [30, 40], [10, 30]], (10, 10, 40, 40)),
        (None, [[10, 20], [30.5, 25], [15, 60]], (10, 20, 30.5, 60)),
    ],
)
def test_other_shapes_become_the_box_around_them_with_a_word(
    tmp_path: Path, kind: str | None, points: list[Any], expected: tuple[float, ...]
) -> None:
    put(tmp_path, V5 | {"shape_type": kind, "points": points})
    dataset, problems = read(tmp_path)
    assert corners(dataset) == [expected]
    assert [(p.file, p.line, p.kind) for p in problems] == [("a.json", 2, "box from outline")]


@pytest.mark.parametrize(
    ("shape", "kind", "kept"),
    [
        (V5 | {"points": [[30, 20], [30, 40]]}, "box without area", 0),
        (V5 | {"points": [[10, 20], [float("nan"), 40]]}, "coordinate is no number", 0),
        (V5 | {"points": [[10, 20], [1e999, 40]]}, "coordinate is no number", 0),
        (V5 | {"points": [[10, 20], [30]]}, "coordinate is no number", 0),
        (V5 | {"points": [["a", 20], [30, 40]]}, "coordinate is no number", 0),
        (V5 | {"points": []}, "coordinate is no number", 0),
        (V5 | {"points": None}, "coordinate is no number", 0),
        (V5 | {"points": [[1e300, 0], [0, 1e300]], "shape_type": "circle"}, "coordinate is no number", 0),
        (V5 | {"points": [[500, 500], [600, 600]]}, "box outside the image", 0),
        (V5 | {"points": [[-20, 20], [30, 40]]}, "box cut at the edge", 1),
        (V5 | {"points": [[10, 20]], "shape_type": "point"}, "shape without a box", 0),
        (V5 | {"label": ""}, "object without a class", 0),
        (V5 | {"label": [7]}, "object without a class", 0),
        ("shape", "object without a class", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, shape: Any, kind: str, kept: int) -> None:
    put(tmp_path, shape if isinstance(shape, dict) else [])
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("a.json", 2, kind)]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


def test_a_rectangle_dragged_backwards_is_sound(tmp_path: Path) -> None:
    put(tmp_path, V5 | {"points": [[30.5, 40], [10, 20]]})
    dataset, problems = read(tmp_path)
    assert (corners(dataset), problems) == ([(10, 20, 30.5, 40)], [])


def test_paths_of_windows_lead_to_the_right_of_two_images(tmp_path: Path) -> None:
    for part in ("one", "two"):
        (tmp_path / part / "images").mkdir(parents=True)
        (tmp_path / part / "images/a.jpg").write_bytes(part.encode())
        put(tmp_path / part / "labels", V5, image=False, imagePath="..\\images\\a.jpg")
    dataset, problems = read(tmp_path)
    assert [(i.path, i.labeled, len(i.boxes)) for i in dataset.images] == [
        ("one/images/a.jpg", True, 1),
        ("two/images/a.jpg", True, 1),
    ]
    assert problems == []


def test_boxes_never_go_to_the_image_of_another_file(tmp_path: Path) -> None:
    put(tmp_path / "train", V5)
    put(tmp_path / "val", V5, V5, image=False)
    dataset, _ = read(tmp_path)
    assert [(i.path, i.split, i.file is not None, len(i.boxes)) for i in dataset.images] == [
        ("a.jpg", Split.TRAIN, True, 1),
        ("a.jpg", Split.VALIDATION, False, 2),
    ]


def test_a_path_leads_nowhere_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    for number, path in enumerate(["../secret.jpg", str(tmp_path / "secret.jpg"), "..\\secret.jpg", "nul\0.jpg"]):
        put(tmp_path / "set", V5, name=f"n{number}", image=False, imagePath=path)
    dataset, _ = read(tmp_path / "set")
    assert [i.file for i in dataset.images] == [None] * len(dataset.images)


def test_an_image_only_inside_the_file_is_told_and_its_data_is_no_burden(tmp_path: Path) -> None:
    put(tmp_path, V5, image=False, imageData="/9j/" * 100_000)
    put(tmp_path, V5, name="b", imageData="/9j/" * 100_000)
    dataset, problems = read(tmp_path)
    assert [len(i.boxes) for i in dataset.images] == [1, 1]
    assert [(p.file, p.kind) for p in problems] == [("a.json", "image inside the file")]
    assert [g.format for g in recognise(tmp_path)] == ["labelme"]


def test_classes_come_in_the_order_of_their_list_without_the_tools_own(tmp_path: Path) -> None:
    put(tmp_path, V5)
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\ndog\ncat\n")
    dataset, _ = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["dog", "cat"]


@pytest.mark.parametrize("left", [0, 20, 150, -5])
def test_an_image_whose_file_is_broken_does_not_pass_for_an_empty_one(tmp_path: Path, left: int) -> None:
    put(tmp_path, V5, name="good")
    file = put(tmp_path, V5)
    file.write_text(file.read_text()[:left])
    dataset, problems = read(tmp_path)
    assert {i.path: i.labeled for i in dataset.images} == {"good.jpg": True, "a.jpg": False}
    assert [(p.file, p.kind) for p in problems] == [("a.json", "JSON cannot be read")]


def test_what_is_not_kept_is_said_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path, V5 | {"group_id": 3, "description": "left", "flags": {"tall": True}}, name=name)
    dataset, problems = read(tmp_path)
    assert [p.kind for p in problems] == ["groups not kept"]
    assert dataset.images[0].boxes[0].attributes == {"tall": True, "description": "left"}


def test_a_size_that_is_not_known_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"size.*a\.jpg"):
        LabelMe().write(Dataset([], [DatasetImage("a.jpg")]), tmp_path / "out", ImageMode.NONE)
