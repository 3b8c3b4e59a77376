"""VIA's JSON and CSV: as the annotator writes them, version 1 and 2."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode
from boxwright.formats.via import Via
from boxwright.formats.via_csv import ViaCsv

HEADER = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
RECT = {"name": "rect", "x": 41, "y": 27, "width": 100, "height": 50.5}


def entry(*regions: Any, name: str = "a.jpg", **attributes: str) -> dict[str, Any]:
    return {"filename": name, "size": 1000, "regions": list(regions), "file_attributes": attributes}


def region(shape: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    return {"shape_attributes": shape or RECT, "region_attributes": attributes or {"label": "cat"}}


def read(path: Path, known: Format | None = None) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return (known or Via()).read(path, problems), problems


def read_json(folder: Path, content: Any) -> tuple[Dataset, list[Problem]]:
    (folder / "via.json").write_text(json.dumps(content))
    return read(folder)


def test_annotations_alone_of_both_versions(tmp_path: Path) -> None:
    second, first = entry(region()), entry(name="b.jpg")
    first["regions"] = {"0": region(type="dog"), "1": region(type="cat")}
    (tmp_path / "a.jpg").write_bytes(b"x")
    dataset, problems = read_json(tmp_path, {"a.jpg1000": second, "b.jpg1000": first})
    assert reader_for(tmp_path).name == reader_for(tmp_path / "via.json").name == "via"
    assert problems == []
    assert dataset.images[0].file == tmp_path / "a.jpg"
    assert dataset.images[0].boxes[0].box == Box(41, 27, 141, 77.5)
    assert [[dataset.classes[b.label].name for b in i.boxes] for i in dataset.images] == [["cat"], ["dog", "cat"]]


def test_a_project_tells_its_classes_in_order(tmp_path: Path) -> None:
    choice = {"type": "dropdown", "options": {"dog": "a pet", "cat": "", "emu": ""}, "default_options": {}}
    project = {
        "_via_settings": {},
        "_via_img_metadata": {"a.jpg1000": entry(region(), region(label="new"))},
        "_via_attributes": {"region": {"label": choice, "pose": {"type": "text"}}, "file": {}},
    }
    dataset, problems = read_json(tmp_path, project)
    assert [c.name for c in dataset.classes] == ["dog", "cat", "emu", "new"]
    assert problems == []


def test_numbered_options_stand_for_their_description(tmp_path: Path) -> None:
    choice = {"type": "radio", "options": {"1": "total", "2": "date"}}
    metadata = {"a.jpg1000": entry(region(Text="12.50", type="2"), region(type={"1": True, "2": False}))}
    project = {"_via_img_metadata": metadata, "_via_attributes": {"region": {"Text": {"type": "text"}, "type": choice}}}
    dataset, _ = read_json(tmp_path, project)
    assert [dataset.classes[b.label].name for b in dataset.images[0].boxes] == ["date", "total"]


def test_an_image_without_a_region_is_empty_only_where_somebody_said_so(tmp_path: Path) -> None:
    images = [entry(name="u.jpg"), entry(name="e.jpg", labeled="yes"), entry(name="n.jpg", labeled="no")]
    dataset, _ = read_json(tmp_path, {i["filename"]: i for i in images})
    assert [i.labeled for i in dataset.images] == [False, True, False]


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ({"name": "circle", "cx": 50, "cy": 40, "r": 10}, Box(40, 30, 60, 50)),
        ({"name": "ellipse", "cx": 50, "cy": 40, "rx": 10, "ry": 20, "theta": 0}, Box(40, 20, 60, 60)),
        ({"name": "polygon", "all_points_x": [1, 9, 4], "all_points_y": [2, 3, 8]}, Box(1, 2, 9, 8)),
        ({"name": "polyline", "all_points_x": [1, 9], "all_points_y": [2, 3]}, Box(1, 2, 9, 3)),
    ],
)
def test_other_shapes_become_the_box_around_them(tmp_path: Path, shape: dict[str, Any], box: Box) -> None:
    dataset, problems = read_json(tmp_path, {"k": entry(region(shape))})
    assert dataset.images[0].boxes[0].box == box
    assert [p.kind for p in problems] == ["box from outline"]


FLAWS: list[tuple[dict[str, Any], dict[str, Any], str, int]] = [
    ({"name": "point", "cx": 1, "cy": 2}, {"label": "a"}, "shape without a box", 0),
    ({**RECT, "width": 0}, {"label": "a"}, "box without area", 0),
    ({**RECT, "width": -5}, {"label": "a"}, "corners swapped", 1),
    ({**RECT, "x": None}, {"label": "a"}, "coordinate is no number", 0),
    (RECT, {"label": ""}, "box without a class", 0),
    (RECT, {"score": "0.5"}, "box without a class", 0),
]


@pytest.mark.parametrize(("shape", "attributes", "kind", "kept"), FLAWS)
def test_each_flaw_is_told(
    tmp_path: Path, shape: dict[str, Any], attributes: dict[str, Any], kind: str, kept: int
) -> None:
    dataset, problems = read_json(tmp_path, {"k": entry(region(shape, **attributes))})
    assert [p.kind for p in problems] == [kind]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


@pytest.mark.parametrize(("shape", "attributes", "kind", "kept"), FLAWS)
def test_each_flaw_of_a_table_is_told_with_its_line(
    tmp_path: Path, shape: dict[str, Any], attributes: dict[str, Any], kind: str, kept: int
) -> None:
    with (tmp_path / "v.csv").open("w", newline="") as file:
        file.write(HEADER)
        csv.writer(file).writerow(["a.jpg", 1, "{}", 1, 0, json.dumps(shape), json.dumps(attributes)])
    dataset, problems = read(tmp_path, ViaCsv())
    assert [(p.file, p.line, p.kind) for p in problems] == [("v.csv", 2, kind)]
    assert len(dataset.images[0].boxes) == kept


def test_a_table_as_the_annotator_writes_it(tmp_path: Path) -> None:
    text = (
        'a.jpg,1000,"{}",2,0,"{""name"":""rect"",""x"":41,""y"":27,""width"":100,""height"":50}","{""name"":""cat""}"\n'
    )
    text += 'b.jpg,1000,"{}",0,0,"{}","{}"\na.jpg,1000,"{}",2,1,"{""name"":","{}"\n'
    (tmp_path / "via_export_csv.csv").write_text("#" + HEADER + text)
    assert reader_for(tmp_path).name == "via-csv"
    dataset, problems = read(tmp_path, ViaCsv())
    assert [(i.path, i.labeled, len(i.boxes), i.refused) for i in dataset.images] == [
        ("a.jpg", True, 1, 1),
        ("b.jpg", False, 0, 0),
    ]
    assert [(p.line, p.kind) for p in problems] == [(4, "broken region")]


def test_no_file_name_becomes_a_formula(tmp_path: Path) -> None:
    image = DatasetImage("=1+1.png", None, 10, 10, [DatasetBox(Box(1, 2, 3, 4), 0)])
    ViaCsv().write(Dataset([DatasetClass(0, "=cmd")], [image]), tmp_path / "out", ImageMode.NONE)
    assert "\n'=1+1.png," in (tmp_path / "out/via.csv").read_text()
    dataset, _ = read(tmp_path / "out", ViaCsv())
    assert (dataset.images[0].path, dataset.classes[0].name) == ("=1+1.png", "=cmd")


def test_a_project_opens_with_its_images(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    image = DatasetImage("b/a.png", tmp_path / "x", 10, 10, [DatasetBox(Box(1, 2, 3, 4.5), 0)])
    Via().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out")
    project = json.loads((tmp_path / "out/via_project.json").read_text())
    assert project["_via_image_id_list"] == ["b/a.png5"] == list(project["_via_img_metadata"])
    written = project["_via_img_metadata"]["b/a.png5"]
    assert (tmp_path / "out" / project["_via_settings"]["core"]["default_filepath"] / written["filename"]).is_file()
    shape = written["regions"][0]["shape_attributes"]
    assert shape == {"name": "rect", "x": 1, "y": 2, "width": 2, "height": 2.5}
    assert list(project["_via_attributes"]["region"]["label"]["options"]) == ["cat"]


def test_boxes_without_pixels_are_refused_in_one_sentence(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, 0, 0, [DatasetBox(Box(0, 0, 1, 1), 0)], relative=True)
    for known in (Via(), ViaCsv()):
        with pytest.raises(FormatError, match="size of every image"):
            known.write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out", ImageMode.NONE)
