"""Label Studio tasks: as its documentation shows them, and with what people do to them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import ImageMarks
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem, Provenance
from boxwright.formats.labelstudio import LabelStudio
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode


def region(label: str = "Airplane", **more: Any) -> dict[str, Any]:
    """A region with the numbers of the documentation's example of units: an image of 600 x 403."""
    value = {"x": 5.33, "y": 23.57, "width": 29.16, "height": 31.26, "rotation": 0, "rectanglelabels": [label]}
    value |= more.pop("value", {})
    whole = {"id": "Dx_aB91ISN", "type": "rectanglelabels", "from_name": "tag", "to_name": "img", "value": value}
    return whole | {"original_width": 600, "original_height": 403, "image_rotation": 0} | more


def task(*regions: dict[str, Any], image: str = "https://example.com/a/1.jpg", **more: Any) -> dict[str, Any]:
    annotations = [{"id": 1, "was_cancelled": False, "result": list(regions)}]
    return {"id": 1, "annotations": annotations, "predictions": []} | more | {"data": {"image": image}}


def read(folder: Path, *tasks: Any, name: str = "tasks.json") -> tuple[Dataset, list[Problem]]:
    (folder / name).write_text(json.dumps(list(tasks)))
    problems: list[Problem] = []
    return LabelStudio().read(folder, problems), problems


def test_percent_become_pixels_as_documented(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, task(region()))
    assert reader_for(tmp_path).name == reader_for(tmp_path / "tasks.json").name == "labelstudio"
    assert problems == []
    (image,) = dataset.images
    assert (image.path, image.width, image.height) == ("a/1.jpg", 600, 403)
    box = image.pixel_boxes(600, 403)[0].box
    assert (box.x1, box.y1, box.width, box.height) == pytest.approx((31.98, 94.9871, 174.96, 125.9778))


def test_a_prediction_is_read_with_its_score_where_no_person_has_been(tmp_path: Path) -> None:
    own = task(predictions=[{"result": [region(score=0.25), region("Car", id="other")], "score": 0.75}])
    own["annotations"] = []
    dataset, problems = read(tmp_path, own)
    assert [(b.label, b.score) for b in dataset.images[0].boxes] == [(0, 0.25), (1, 0.75)]
    assert problems == []


def test_a_persons_annotation_outweighs_the_prediction(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, task(region(score=0.5), predictions=[{"result": [region("Car")], "score": 1}]))
    assert [(dataset.classes[b.label].name, b.score) for b in dataset.images[0].boxes] == [("Airplane", None)]
    assert [p.kind for p in problems] == ["predictions beside annotations"]


def test_a_prediction_without_a_score_is_told(tmp_path: Path) -> None:
    own = task(predictions=[{"result": [region()]}])
    own["annotations"] = []
    assert [p.kind for p in read(tmp_path, own)[1]] == ["prediction without a score"]


def test_untouched_skipped_and_empty_tasks_are_told_apart(tmp_path: Path) -> None:
    untouched, skipped = task(image="u.jpg", annotations=[]), task(image="s.jpg")
    skipped["annotations"][0]["was_cancelled"] = True
    dataset, _ = read(tmp_path, untouched, skipped, task(image="e.jpg"))
    assert [(i.path, i.labeled) for i in dataset.images] == [("u.jpg", False), ("s.jpg", False), ("e.jpg", True)]


def test_of_several_annotations_the_ground_truth_or_the_newest_is_read(tmp_path: Path) -> None:
    old = {"result": [region("Old")], "updated_at": "2021-03-09T22:16:08.728378Z"}
    new = {"result": [region("New")], "updated_at": "2022-03-09T22:16:08.728378Z"}
    true = {"result": [region("True")], "ground_truth": True}
    for several, name in (([new, old], "New"), ([new, true, old], "True")):
        dataset, problems = read(tmp_path, task(annotations=several))
        assert [c.name for c in dataset.classes] == [name]
        assert [p.kind for p in problems] == ["several annotations"]


@pytest.mark.parametrize(
    "reference",
    ["/data/local-files/?d=some/where/my%20photo.jpg", "/data/upload/3/9ca4f6e2-my%20photo.jpg", "my photo.jpg",
     "s3://bucket/some/where/my%20photo.jpg", "https://host/my%20photo.jpg?token=1#x", "C:\\images\\my photo.jpg"],
)  # fmt: skip
def test_every_way_to_name_an_image_leads_to_it(tmp_path: Path, reference: str) -> None:
    (tmp_path / "my photo.jpg").write_bytes(b"x")
    dataset, _ = read(tmp_path, task(region(), image=reference))
    assert dataset.images[0].file == tmp_path / "my photo.jpg"


def test_a_turned_box_gets_the_upright_one_around_it(tmp_path: Path) -> None:
    turned = region(original_width=200, original_height=100, value={"x": 50, "y": 50, "width": 10, "height": 30})
    turned["value"]["rotation"] = 30
    dataset, problems = read(tmp_path, task(turned))
    box = dataset.images[0].pixel_boxes(200, 100)[0].box
    # 20 x 30 pixels, turned clockwise by 30 degrees about (100, 50).
    cos, sin = math.cos(math.pi / 6), 0.5
    assert tuple(box.array()) == pytest.approx((100 - 30 * sin, 50, 100 + 20 * cos, 50 + 20 * sin + 30 * cos))
    assert [p.kind for p in problems] == ["turned box"]


@pytest.mark.parametrize(
    ("change", "kind", "kept"),
    [
        ({"value": {"width": 0}}, "box without area", 0),
        ({"value": {"x": float("nan")}}, "coordinate is no number", 0),
        ({"value": {"x": "left"}}, "coordinate is no number", 0),
        ({"value": {"x": 90}}, "box cut at the edge", 1),
        ({"value": {"rectanglelabels": []}}, "box without a class", 0),
        ({"value": {"rotation": 10}, "original_width": None}, "turned box", 0),
        ({"image_rotation": 90}, "image turned", 0),
        ({"type": "brushlabels", "value": {"rle": [1]}}, "result without a box", 0),
    ],
)
def test_each_flaw_is_told_with_its_task(tmp_path: Path, change: dict[str, Any], kind: str, kept: int) -> None:
    flawed = region(**change)
    if "rle" in flawed["value"]:
        flawed["value"] = {"rle": [1], "brushlabels": ["a"]}
    dataset, problems = read(tmp_path, task(flawed))
    assert [p.kind for p in problems] == [kind]
    assert (len(dataset.images[0].boxes), dataset.images[0].refused) == (kept, 1 - kept)


def test_outlines_and_rectangles_with_labels_apart(tmp_path: Path) -> None:
    outline = {"type": "polygonlabels", "value": {"points": [[10, 10], [20, 40], [5, 30]], "polygonlabels": ["a"]}}
    sides = {"x": 1, "y": 2, "width": 3, "height": 4}
    bare = {"id": "r", "type": "rectangle", "value": sides}
    words = {"id": "r", "type": "labels", "value": {**sides, "labels": ["b"]}}
    choice = {"id": "c", "type": "choices", "value": {"choices": ["sunny"]}}
    dataset, problems = read(tmp_path, task(outline, bare, words, choice))
    boxes = [(dataset.classes[b.label].name, b.box) for b in dataset.images[0].pixel_boxes(100, 100)]
    assert boxes == [("a", Box(5, 10, 20, 40)), ("b", Box(1, 2, 4, 6))]
    assert [p.kind for p in problems] == ["box from outline"]
    assert dataset.images[0].marks.tags == {"sunny"}


def test_what_is_said_besides_boxes_of_a_region_and_of_the_image(tmp_path: Path) -> None:
    of_region = [
        {"id": "r", "type": "choices", "from_name": "colour", "value": {"choices": ["red"]}},
        {"id": "r", "type": "number", "from_name": "doors", "value": {"number": 4}},
        {"id": "r", "type": "taxonomy", "from_name": "kind", "value": {"taxonomy": [["car", "van"]]}},
    ]
    of_image = [
        {"id": "i", "type": "taxonomy", "from_name": "where", "value": {"taxonomy": [["street", "night"]]}},
        {"id": "n", "type": "textarea", "from_name": "note", "value": {"text": ["look", "again"]}},
    ]
    made = task(region(id="r", meta={"text": ["mine"]}), *of_region, *of_image)
    made["annotations"][0]["completed_by"] = {"email": "anna@example.com"}
    dataset, problems = read(tmp_path, made)
    (image,) = dataset.images
    (box,) = image.boxes
    assert box.attributes == {"text": "mine", "colour": "red", "doors": 4, "kind": "car / van"}
    assert box.provenance == Provenance(annotator="anna@example.com")
    assert image.marks == ImageMarks(frozenset({"street / night"}), "look\nagain")
    assert problems == []


def test_a_task_without_an_image_is_told(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, {"data": {"text": ""}, "annotations": []}, 7, task(region()))
    assert len(dataset.images) == 1
    assert [p.kind for p in problems] == ["task without an image"] * 2


def test_what_is_written_is_what_label_studio_imports(tmp_path: Path) -> None:
    image = DatasetImage("b/my photo.jpg", None, 200, 100, [DatasetBox(Box(20, 10, 120, 60), 0)], Split.VALIDATION)
    guess = DatasetImage("g.jpg", None, 200, 100, [DatasetBox(Box(20, 10, 120, 60), 0, 0.5)])
    dataset = Dataset([DatasetClass(0, 'a "quoted" <name>')], [image, guess])
    LabelStudio().write(dataset, tmp_path / "out", ImageMode.NONE)
    (written,) = json.loads((tmp_path / "out/tasks_val.json").read_text())
    assert written["data"]["image"] == "/data/local-files/?d=images/b/my%20photo.jpg"
    (found,) = written["annotations"][0]["result"]
    assert {k: found["value"][k] for k in ("x", "y", "width", "height")} == {
        "x": 10,
        "y": 10,
        "width": 50,
        "height": 50,
    }
    (other,) = json.loads((tmp_path / "out/tasks.json").read_text())
    assert other["annotations"] == []
    assert other["predictions"][0]["result"][0]["score"] == 0.5
    assert [c.name for c in LabelStudio().read(tmp_path / "out", []).classes] == ['a "quoted" <name>']


def test_an_image_without_a_size_is_refused_in_one_sentence(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, 0, 0, [DatasetBox(Box(1, 2, 3, 4), 0)])
    with pytest.raises(FormatError, match="size of every image"):
        LabelStudio().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out", ImageMode.NONE)
