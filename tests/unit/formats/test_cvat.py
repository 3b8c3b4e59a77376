"""CVAT's XML as CVAT writes it, and as it comes broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.checks import Reporter
from boxwright.formats.cvat import Cvat
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.registry import recognise
from boxwright.formats.xml_lines import children

# The order and the attributes of an export of a project, shortened.
PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <project>
      <id>4</id>
      <name>street</name>
      <labels>
        <label><name>car</name><color>#ff0000</color><type>any</type><attributes>
          <attribute><name>model</name><mutable>False</mutable><input_type>select</input_type></attribute>
        </attributes></label>
        <label><name>person</name><color>#00ff00</color><type>skeleton</type><attributes></attributes></label>
        <label><name>nose</name><parent>person</parent></label>
      </labels>
      <tasks><task><id>7</id><subset>Train</subset></task><task><id>8</id><subset>Validation</subset></task></tasks>
    </project>
    <dumped>2024-05-01 10:00:00.000000+00:00</dumped>
  </meta>
  <image id="0" name="a.jpg" subset="Train" task_id="7" width="100" height="80">
    <box label="car" source="manual" occluded="1" xtl="10.00" ytl="20.50" xbr="30.00" ybr="40.25" z_order="0">
      <attribute name="model">volvo</attribute>
    </box>
    <tag label="car" source="manual"></tag>
  </image>
  <image id="1" name="b.jpg" subset="Validation" task_id="8" width="100" height="80">
  </image>
</annotations>
"""


def put(folder: Path, *shapes: str, text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "annotations.xml"
    image = '<image id="0" name="a.jpg" width="100" height="80">\n' + "\n".join(shapes) + "\n</image>"
    file.write_text(text or f"<annotations>\n<version>1.1</version>\n{image}\n</annotations>\n")
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Cvat().read(path, problems), problems


def corners(dataset: Dataset) -> list[tuple[float, ...]]:
    return [tuple(round(float(v), 4) for v in item.box.array()) for item in dataset.images[0].boxes]


def test_a_project_with_subsets_is_read_with_attributes_and_tags(tmp_path: Path) -> None:
    put(tmp_path, text=PROJECT)
    for name in ("images/Train/a.jpg", "images/Validation/b.jpg", "images/Train/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    dataset, problems = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["car", "person"]
    assert corners(dataset) == [(10, 20.5, 30, 40.25)]
    assert dataset.images[0].boxes[0].flags == {"occluded"}
    assert [(i.path, i.split, i.labeled, len(i.boxes)) for i in dataset.images] == [
        ("a.jpg", Split.TRAIN, True, 1),
        ("b.jpg", Split.VALIDATION, True, 0),
        ("Train/c.jpg", Split.TRAIN, False, 0),
    ]
    assert [i.file is not None for i in dataset.images] == [True, True, True]
    assert dataset.images[0].boxes[0].attributes == {"model": "volvo"}
    assert [i.marks.tags for i in dataset.images] == [{"car"}, set(), set()]
    assert problems == []
    assert recognise(tmp_path)[0].format == "cvat"
    assert recognise(tmp_path / "annotations.xml")[0].format == "cvat"


def box(numbers: str, more: str = "") -> str:
    values = zip(("xtl", "ytl", "xbr", "ybr"), numbers.split(), strict=False)
    return f'<box label="car" {" ".join(f"{k}={v!r}" for k, v in values)} {more}></box>'.replace("'", '"')


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (box("40 30 60 40", 'rotation="90"'), (45, 25, 55, 45)),
        (box("40 30 60 40", 'rotation="-30"'), (38.8397, 25.6699, 61.1603, 44.3301)),
        ('<polygon label="car" points="10.0,20.0;30.5,25.0;15.0,60.0"></polygon>', (10, 20, 30.5, 60)),
        ('<polyline label="car" points="10,20;30,25"></polyline>', (10, 20, 30, 25)),
        ('<ellipse label="car" cx="50" cy="40" rx="20" ry="10"></ellipse>', (30, 30, 70, 50)),
        ('<ellipse label="car" cx="50" cy="40" rx="20" ry="10" rotation="90"/>', (40, 20, 60, 60)),
        ('<mask label="car" rle="3, 5" left="4" top="2" width="4" height="2"></mask>', (4, 2, 8, 4)),
    ],
)
def test_shapes_that_are_no_upright_box_become_one_with_a_word(
    tmp_path: Path, shape: str, expected: tuple[float, ...]
) -> None:
    put(tmp_path, shape)
    dataset, problems = read(tmp_path)
    assert corners(dataset) == [expected]
    assert [(p.kind, p.line) for p in problems] == [("box from outline", 4)]


def test_a_cuboid_becomes_the_box_around_its_eight_corners(tmp_path: Path) -> None:
    keys = ["xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
            "xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2"]  # fmt: skip
    values = [10, 12, 10, 50, 30, 12, 30, 50, 20, 8, 20, 40, 44, 8, 44, 40]
    put(tmp_path, f'<cuboid label="car" {" ".join(f"{k}={str(v)!r}" for k, v in zip(keys, values, strict=True))}/>')
    dataset, problems = read(tmp_path)
    assert corners(dataset) == [(10, 8, 44, 50)]
    assert [p.kind for p in problems] == ["box from outline"]


@pytest.mark.parametrize(
    ("shape", "kind", "kept"),
    [
        (box("30 20 30 40"), "box without area", 0),
        (box("30 20 10 40"), "corners swapped", 1),
        (box("nan 20 30 40"), "coordinate is no number", 0),
        (box("-1e999 20 30 40"), "coordinate is no number", 0),
        (box("10 20 30"), "coordinate is no number", 0),
        (box("10 20 30 40", 'rotation="inf"'), "coordinate is no number", 0),
        (box("500 500 600 600"), "box outside the image", 0),
        (box("-20 20 30 40"), "box cut at the edge", 1),
        ('<box xtl="1" ytl="1" xbr="2" ybr="2"/>', "object without a class", 0),
        ('<polygon label="car" points="1,2;3"/>', "coordinate is no number", 0),
        ('<polygon label="car" points=""/>', "coordinate is no number", 0),
        ('<points label="car" points="1,2;3,4"/>', "shape without a box", 0),
        ('<skeleton label="car"><points label="nose" points="1,2"/></skeleton>', "shape without a box", 0),
        ('<hologram label="car"/>', "coordinate is no number", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, shape: str, kind: str, kept: int) -> None:
    put(tmp_path, shape)
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("annotations.xml", 4, kind)]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROJECT[:900], "not XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotations><version>&x;</version></annotations>', "DTD"),
        ('<!DOCTYPE annotations SYSTEM "x.dtd"><annotations><version>1.1</version></annotations>', "DTD"),
        ('<annotations><version>1.1</version><track id="0" label="car"/></annotations>', "CVAT for images"),
        ("<annotations><version>1.1</version>" + "<a>" * 300, "nested too deeply"),
    ],
)
def test_a_file_that_is_not_whole_or_not_safe_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = put(tmp_path, text=text)
    for path in (file, tmp_path):
        with pytest.raises(FormatError, match=said) as raised:
            read(path)
        assert "\n" not in str(raised.value)


def test_names_lead_nowhere_outside_and_an_image_listed_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    image = '<image id="0" name="{}" subset="../.." width="9" height="9">' + box("1 1 5 5") + "</image>"
    names = ["../secret.jpg", "../secret.jpg", "", "C:\\\\photos\\\\b.jpg"]
    images = "".join(image.format(name) for name in names)
    put(tmp_path / "set", text=f"<annotations><version>1.1</version>{images}</annotations>")
    dataset, problems = read(tmp_path / "set")
    assert [(i.path, i.file, len(i.boxes)) for i in dataset.images] == [
        ("secret.jpg", None, 2),
        ("photos/b.jpg", None, 1),
    ]
    assert [p.kind for p in problems] == ["image listed twice", "broken image entry"]


def test_what_is_complete_is_handed_over_before_the_rest_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    file.write_text("<all>" + "<one/>" * 200_000 + "<one>")
    found = children(file, "all", Reporter([], ""))
    assert [next(found).line for _ in range(1000)] == [1] * 1000
    with pytest.raises(FormatError, match="not XML"):
        list(found)


def test_boxes_never_go_to_the_image_of_another_split(tmp_path: Path) -> None:
    image = '<image name="a.jpg" subset="{}" width="100" height="80">' + box("1 1 5 5") + "</image>"
    put(
        tmp_path, text=f"<annotations><version>1.1</version>{image.format('Train')}{image.format('Test')}</annotations>"
    )
    (tmp_path / "images" / "Train").mkdir(parents=True)
    (tmp_path / "images" / "Train" / "a.jpg").write_bytes(b"x")
    dataset, problems = read(tmp_path)
    assert {i.split: (i.file is not None, len(i.boxes)) for i in dataset.images} == {
        Split.TRAIN: (True, 1),
        Split.TEST: (False, 1),
    }
    assert problems == []
