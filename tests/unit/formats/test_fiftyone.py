"""FiftyOne datasets as FiftyOne exports them, and as they come broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.fiftyone import FiftyOne
from boxwright.formats.registry import recognise
from boxwright.formats.staging import ImageMode

CAT: dict[str, Any] = {
    "_id": {"$oid": "61829d971346ff92a0302ad3"},
    "_cls": "Detection",
    "attributes": {},
    "tags": [],
    "label": "cat",
    "bounding_box": [0.25, 0.5, 0.5, 0.25],
}


def field(*detections: Any) -> dict[str, Any]:
    return {"_cls": "Detections", "detections": list(detections)}


def put(folder: Path, *samples: Any, **metadata: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "samples.json").write_text('{"samples": [\n' + ",\n".join(map(json.dumps, samples)) + "\n]}")
    (folder / "metadata.json").write_text(json.dumps({"version": "1.0", "media_type": "image", **metadata}))
    return folder


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return FiftyOne().read(path, problems), problems


def test_an_export_of_fiftyone_is_read(tmp_path: Path) -> None:
    size = {"_cls": "ImageMetadata", "width": 352, "height": 230, "size_bytes": 1, "mime_type": "image/jpeg"}
    first = {"filepath": "data/a.jpg", "tags": ["mine", "validation"], "metadata": size, "ground_truth": field(CAT)}
    second: dict[str, Any] = {"filepath": "data/b.jpg", "tags": [], "metadata": None, "ground_truth": field()}
    third: dict[str, Any] = {"filepath": "data/c.jpg", "tags": [], "metadata": None, "ground_truth": None}
    put(tmp_path / "d", first, second, third, default_classes=["dog", "cat"])
    (tmp_path / "d" / "data").mkdir()
    (tmp_path / "d" / "data" / "a.jpg").write_bytes(b"x")
    for path in (tmp_path, tmp_path / "d", tmp_path / "d" / "samples.json"):
        assert [guess.format for guess in recognise(path)] == ["fiftyone"]
        dataset, problems = read(path)
        assert problems == []
        assert [known.name for known in dataset.classes] == ["dog", "cat"]
        a, b, c = dataset.images
        assert (a.path, a.file, a.split) == ("a.jpg", tmp_path / "d" / "data" / "a.jpg", Split.VALIDATION)
        assert (a.width, a.height) == (352, 230)
        assert a.pixel_boxes(400, 200) == [DatasetBox(Box(100, 100, 300, 150), 1)]
        assert (b.labeled, b.boxes, c.labeled) == (True, [], False)


def test_a_persons_field_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    guessed = {**CAT, "label": "lion", "confidence": 0.25}
    kind = {"_cls": "Classification", "label": "indoors"}
    sample = {"filepath": "a.jpg", "a_model": field(guessed, guessed), "ground_truth": field(CAT), "scene": kind}
    dataset, problems = read(put(tmp_path, sample))
    assert [known.name for known in dataset.classes] == ["cat"]
    assert [problem.kind for problem in problems] == ["another field of boxes", "field without boxes"]
    assert "'a_model' holds 2 boxes" in problems[0].what


def test_a_models_field_keeps_its_scores(tmp_path: Path) -> None:
    dataset, problems = read(put(tmp_path, {"filepath": "a.jpg", "predictions": field({**CAT, "confidence": 0.25})}))
    assert problems == []
    assert [item.score for item in dataset.images[0].boxes] == [0.25]


def test_the_classes_of_the_field_come_before_those_of_the_dataset(tmp_path: Path) -> None:
    classes = {"ground_truth": ["cat", "owl"]}
    dataset, _ = read(put(tmp_path, {"filepath": "a", "ground_truth": field()}, classes=classes, default_classes=["x"]))
    assert [known.name for known in dataset.classes] == ["cat", "owl"]


def test_an_absolute_path_of_another_machine_finds_the_image_by_its_end(tmp_path: Path) -> None:
    put(tmp_path, {"filepath": "/srv/sets/one/data/left/a.jpg", "ground_truth": field(CAT)})
    (tmp_path / "data" / "left").mkdir(parents=True)
    (tmp_path / "data" / "left" / "a.jpg").write_bytes(b"x")
    dataset, problems = read(tmp_path)
    assert problems == []
    assert [(m.path, m.file) for m in dataset.images] == [("left/a.jpg", tmp_path / "data" / "left" / "a.jpg")]


@pytest.mark.parametrize(
    ("change", "kind", "kept"),
    [
        ({"bounding_box": [0.5, 0.5, 0, 0.1]}, "box without area", 0),
        ({"bounding_box": [0.5, 0.5, float("nan"), 0.1]}, "coordinate is no number", 0),
        ({"bounding_box": [0.5, 0.5, 0.1]}, "coordinate is no number", 0),
        ({"bounding_box": [0.5, 0.5, "x", 0.1]}, "coordinate is no number", 0),
        ({"bounding_box": None}, "coordinate is no number", 0),
        ({"bounding_box": [10, 20, 200, 100]}, "not fractions", 0),
        ({"bounding_box": [0.5, 0.5, -0.25, 0.1]}, "corners swapped", 1),
        ({"bounding_box": [0.5, 0.5, 0.7, 0.1]}, "box cut at the edge", 1),
        ({"label": ""}, "box without a class", 0),
        ({"label": [3]}, "box without a class", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, change: dict[str, Any], kind: str, kept: int) -> None:
    sound = {"filepath": "a.jpg", "ground_truth": field(CAT)}
    put(tmp_path, sound, {"filepath": "b.jpg", "ground_truth": field({**CAT, **change})})
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("samples.json", 3, kind)]
    assert (len(dataset.images[1].boxes), dataset.images[1].refused) == (kept, 1 - kept)


@pytest.mark.parametrize("sample", [None, 3, [], {}, {"filepath": 7}, {"filepath": "../.."}])
def test_a_sample_without_an_image_is_left_out(tmp_path: Path, sample: Any) -> None:
    dataset, problems = read(put(tmp_path, {"filepath": "a.jpg"}, sample))
    assert [image.path for image in dataset.images] == ["a.jpg"]
    assert [p.kind for p in problems] == ["sample without an image"]


def test_a_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="'video', not of images"):
        read(put(tmp_path, {"filepath": "a.mp4"}, media_type="video"))


def test_without_the_size_of_an_image_nothing_is_written(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, boxes=[DatasetBox(Box(1, 2, 3, 4), 0)])
    with pytest.raises(FormatError, match="nothing was written"):
        FiftyOne().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out", ImageMode.NONE)
    assert not (tmp_path / "out").exists()
