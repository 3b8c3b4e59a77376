"""Flags, attributes, tags and authors as other tools write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.box import Box
from boxwright.domain.marks import ImageMarks
from boxwright.formats.dataset import DatasetBox, DatasetImage, Problem, Provenance
from boxwright.formats.extras import attributes_of, extras_of, image_marks, text_of, typed, xml_text
from boxwright.formats.registry import by_name


def first_image(name: str, path: Path) -> DatasetImage:
    problems: list[Problem] = []
    dataset = by_name(name).read(path, problems)
    assert problems == []
    return dataset.images[0]


def put(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def test_coco_attributes_as_cvat_writes_them(tmp_path: Path) -> None:
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "iscrowd": 1}
    annotation["attributes"] = {"occluded": True, "truncated": False, "colour": "red", "rotation": 0.0}
    image = {"id": 1, "file_name": "a.jpg", "width": 20, "height": 20}
    put(tmp_path / "a.json", {"images": [image], "annotations": [annotation], "categories": [{"id": 1, "name": "c"}]})
    (box,) = first_image("coco", tmp_path / "a.json").boxes
    assert box.flags == {"crowd", "occluded"}
    assert box.attributes == {"colour": "red", "rotation": 0.0}


def test_voc_marks_pose_and_attributes(tmp_path: Path) -> None:
    attribute = "<attributes><attribute><name>doors</name><value>4</value></attribute></attributes>"
    put(
        tmp_path / "Annotations/a.xml",
        "<annotation><filename>a.jpg</filename><size><width>20</width><height>20</height></size><object>"
        "<name>car</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult><occluded>1</occluded>"
        f"<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>{attribute}</object></annotation>",
    )
    (box,) = first_image("voc", tmp_path).boxes
    assert (box.flags, box.attributes) == ({"truncated", "occluded"}, {"pose": "Left", "doors": 4})


def test_fiftyone_fields_old_attributes_and_tags(tmp_path: Path) -> None:
    old = {"moving": {"_cls": "BooleanAttribute", "value": True}}
    cat: dict[str, Any] = {
        "_id": {"$oid": "1"},
        "_cls": "Detection",
        "label": "cat",
        "bounding_box": [0.1, 0.1, 0.5, 0.5],
    }
    cat |= {"attributes": old, "tags": ["checked"], "iscrowd": 1, "age": 3, "index": 7}
    sample: dict[str, Any] = {"filepath": "data/a.jpg", "tags": ["night", "test"], "note": "odd"}
    sample["ground_truth"] = {"_cls": "Detections", "detections": [cat]}
    put(tmp_path / "samples.json", {"samples": [sample]})
    image = first_image("fiftyone", tmp_path)
    assert image.marks == ImageMarks(frozenset({"night"}), "odd")
    assert (image.boxes[0].flags, image.boxes[0].attributes) == (
        {"crowd"},
        {"moving": True, "checked": True, "age": 3},
    )


@pytest.mark.parametrize(
    "objects",
    [
        {"id": [1], "area": [9], "bbox": [[1, 1, 5, 5]], "category": ["c"], "iscrowd": [1], "age": [3]},
        [{"id": 1, "bbox": [1, 1, 5, 5], "category": "c", "iscrowd": True, "attributes": {"age": 3}}],
    ],
)
def test_hugging_face_columns(tmp_path: Path, objects: Any) -> None:
    put(tmp_path / "train/metadata.jsonl", {"file_name": "a.jpg", "objects": objects, "tags": ["night"]})
    image = first_image("huggingface", tmp_path)
    assert image.marks.tags == {"night"}
    assert (image.boxes[0].flags, image.boxes[0].attributes) == ({"crowd"}, {"age": 3})


def test_supervisely_tags_with_and_without_values_and_the_login(tmp_path: Path) -> None:
    put(tmp_path / "meta.json", {"classes": [{"title": "bike", "shape": "rectangle"}], "tags": []})
    tags = [{"name": "occluded", "value": None}, {"name": "age", "value": 3}, {"name": "side", "value": "left"}]
    points = {"exterior": [[0, 1], [5, 8]], "interior": []}
    bike = {"classTitle": "bike", "geometryType": "rectangle", "points": points, "tags": tags, "labelerLogin": "anna"}
    of_image = [{"name": "night", "value": None}, {"name": "weather", "value": "rain"}]
    put(
        tmp_path / "ds/ann/a.jpg.json",
        {"description": "odd", "tags": of_image, "size": {"width": 9, "height": 9}, "objects": [bike]},
    )
    image = first_image("supervisely", tmp_path)
    assert image.marks == ImageMarks(frozenset({"night", "weather: rain"}), "odd")
    assert (image.boxes[0].flags, image.boxes[0].attributes) == ({"occluded"}, {"age": 3, "side": "left"})
    assert image.boxes[0].provenance == Provenance(annotator="anna")


def test_via_attributes_of_every_control(tmp_path: Path) -> None:
    region = {"name": "rect", "x": 1, "y": 1, "width": 5, "height": 5}
    attributes = {"label": "cat", "age": "3", "seen": {"left": True, "right": True, "top": False}}
    entry = {"filename": "a.jpg", "size": 9, "file_attributes": {"tags": {"night": True, "rain": False}, "note": "odd"}}
    entry["regions"] = [{"shape_attributes": region, "region_attributes": attributes}]
    put(tmp_path / "via.json", {"a.jpg9": entry})
    image = first_image("via", tmp_path)
    assert image.boxes[0].attributes == {"age": 3, "seen": "left, right"}
    assert image.marks == ImageMarks(frozenset({"night"}), "odd")


def test_x_anylabeling_attributes_are_texts_and_image_flags_tags(tmp_path: Path) -> None:
    shape: dict[str, Any] = {
        "label": "car",
        "score": None,
        "points": [[1, 1], [9, 1], [9, 9], [1, 9]],
        "shape_type": "rectangle",
    }
    shape |= {"difficult": True, "flags": {}, "attributes": {"colour": "red"}, "description": "", "kie_linking": []}
    content = {"version": "2.4.4", "flags": {"night": True, "rain": False}, "shapes": [shape], "imagePath": "a.jpg"}
    put(tmp_path / "a.json", content | {"imageHeight": 20, "imageWidth": 20, "imageData": None})
    image = first_image("xanylabeling", tmp_path)
    assert image.marks.tags == {"night"}
    assert (image.boxes[0].flags, image.boxes[0].attributes) == ({"difficult"}, {"colour": "red"})


def test_a_table_of_marks(tmp_path: Path) -> None:
    header = "filename,width,height,class,xmin,ymin,xmax,ymax,occluded,IsGroupOf,tags\n"
    put(tmp_path / "labels.csv", header + "a.png,20,20,cat,1,1,9,9,1,True,night; rain\n")
    image = first_image("csv", tmp_path)
    assert image.marks.tags == {"night", "rain"}
    assert image.boxes[0].flags == {"occluded", "crowd"}


def test_what_is_nested_or_no_number_is_left_out_and_counted() -> None:
    found = extras_of({"a": [1], "b": {"c": 1}, "d": None, "": 1, "e": float("nan"), "f": 2**80, "g": "\ud800"})
    assert (found.attributes, found.odd) == ({"f": str(2**80), "g": "?"}, 3)
    assert extras_of("text").attributes == extras_of(None).attributes == {}
    assert image_marks(["a ", "", 3, "a"], 7) == ImageMarks(frozenset({"a"}))


@pytest.mark.parametrize("broken", ["1 2 3", "1 2 3 nan", "5 5 1 1", "a b c d", 7, None])
def test_a_broken_source_box_is_none(broken: Any) -> None:
    found = extras_of({"boxwright_origin": "adjusted", "boxwright_source_box": broken})
    assert found.provenance == Provenance("adjusted")


@given(st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_a_value_comes_back_from_its_text(value: str | int | float | bool) -> None:
    again = typed(text_of(value))
    assert again == value or (isinstance(value, str | int) and text_of(again) == text_of(value))
    assert xml_text(xml_text(text_of(value))) == xml_text(text_of(value))


def test_attributes_hold_what_has_no_other_place() -> None:
    made = Provenance("adjusted", Box(1, 2, 3.5, 4), "cat", "anna")
    item = DatasetBox(Box(1, 1, 2, 2), 0, None, frozenset({"crowd", "occluded"}), None, {"age": 3}, made)
    found = attributes_of(item, ("crowd",))
    assert found == {
        "age": 3,
        "occluded": True,
        "boxwright_origin": "adjusted",
        "boxwright_annotator": "anna",
        "boxwright_source_box": "1 2 3.5 4",
        "boxwright_source_class": "cat",
    }
    assert extras_of(found, ("crowd",)).on(DatasetBox(item.box, 0)) == item
