"""Image folders as the documentation of Hugging Face's `datasets` shows them, and as they come broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.huggingface import HuggingFace
from boxwright.formats.registry import recognise
from boxwright.formats.staging import ImageMode

CAT: dict[str, Any] = {"bbox": [[10, 20, 30, 40]], "categories": ["cat"]}
CARD = """---
dataset_info:
  features:
  - name: objects
    sequence:
    - name: category
      dtype:
        class_label:
          names:
            '0': dog
            '1': cat
            '2': owl
---
# Animals
"""


def put(file: Path, *entries: Any, images: tuple[str, ...] = ()) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    for name in images:
        (file.parent / name).write_bytes(b"x")
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return HuggingFace().read(path, problems), problems


@pytest.mark.parametrize(
    "objects",
    [
        CAT,
        {"bbox": [[10, 20, 30, 40]], "category": ["cat"]},
        {"bbox": [[10.0, 20.0, 30.0, 40.0]], "label": ["cat"], "id": [7], "area": [1200]},
        [{"bbox": [10, 20, 30, 40], "category": "cat"}],
    ],
)
def test_each_way_to_list_objects(tmp_path: Path, objects: Any) -> None:
    put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": objects}, images=("a.png",))
    assert [guess.format for guess in recognise(tmp_path)] == ["huggingface"]
    dataset, problems = read(tmp_path)
    assert problems == []
    assert dataset.classes == [DatasetClass(0, "cat")]
    (image,) = dataset.images
    assert (image.file, image.split) == (tmp_path / "a.png", None)
    assert [item.box for item in image.boxes] == [Box(10, 20, 40, 60)]


def test_numbers_are_named_by_the_card(tmp_path: Path) -> None:
    objects = {"bbox": [[1, 2, 3, 4]] * 3, "category": [1, 0, 3]}
    put(tmp_path / "train" / "metadata.jsonl", {"file_name": "a.png", "objects": objects})
    (tmp_path / "README.md").write_text(CARD)
    dataset, problems = read(tmp_path)
    assert [known.name for known in dataset.classes] == ["dog", "cat", "owl"]
    assert [item.label for item in dataset.images[0].boxes] == [1, 0]
    assert [(p.file, p.line, p.kind) for p in problems] == [("train/metadata.jsonl", 1, "box without a class")]


def test_numbers_without_a_card_are_told(tmp_path: Path) -> None:
    objects = {"bbox": [[1, 2, 3, 4]], "category": [12]}
    dataset, problems = read(put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": objects}))
    assert [known.name for known in dataset.classes] == ["class 12"]
    assert [p.kind for p in problems] == ["classes without names"]


def test_a_broken_card_leaves_the_boxes(tmp_path: Path) -> None:
    put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": CAT})
    (tmp_path / "README.md").write_text("---\na: [\n---\n")
    dataset, problems = read(tmp_path)
    assert dataset.box_count == 1
    assert [p.kind for p in problems] == ["card cannot be read"]


def test_folders_are_splits_and_images_that_no_line_lists_are_unlabelled(tmp_path: Path) -> None:
    for folder, names in (("train", ("a.png", "b.png")), ("validation", ("a.png",)), ("test", ("c.png",))):
        put(tmp_path / folder / "metadata.jsonl", {"file_name": names[0], "objects": CAT}, images=names)
    dataset, problems = read(tmp_path)
    assert problems == []
    found = {(image.path, image.split, image.labeled, image.file) for image in dataset.images}
    assert found == {
        ("a.png", Split.TRAIN, True, tmp_path / "train/a.png"),
        ("b.png", Split.TRAIN, False, tmp_path / "train/b.png"),
        ("a.png", Split.VALIDATION, True, tmp_path / "validation/a.png"),
        ("c.png", Split.TEST, True, tmp_path / "test/c.png"),
    }
    for path in (tmp_path / "test", tmp_path / "test" / "metadata.jsonl"):
        assert [(image.path, image.split) for image in read(path)[0].images] == [("c.png", Split.TEST)]


@pytest.mark.parametrize(
    ("entry", "kind", "kept"),
    [
        ({"objects": {"bbox": [[1, 2, 0, 4]], "categories": ["cat"]}}, "box without area", 0),
        ({"objects": {"bbox": [[1, 2, float("nan"), 4]], "categories": ["cat"]}}, "coordinate is no number", 0),
        ({"objects": {"bbox": [[1, 2, 3]], "categories": ["cat"]}}, "coordinate is no number", 0),
        ({"objects": {"bbox": [7], "categories": ["cat"]}}, "coordinate is no number", 0),
        ({"objects": {"bbox": [[9, 9, -5, 4]], "categories": ["cat"]}}, "corners swapped", 1),
        ({"objects": {"bbox": [[9, 9, 50, 4]], "categories": ["cat"]}, "width": 20, "height": 20},
         "box cut at the edge", 1),
        ({"objects": {"bbox": [[90, 9, 5, 4]], "categories": ["cat"]}, "width": 20, "height": 20},
         "box outside the image", 0),
        ({"objects": {"bbox": [[1, 2, 3, 4]], "categories": [None]}}, "box without a class", 0),
    ],
)  # fmt: skip
def test_each_flaw_is_told_with_its_line(tmp_path: Path, entry: Any, kind: str, kept: int) -> None:
    put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": CAT}, {"file_name": "b.png", **entry})
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("metadata.jsonl", 2, kind)]
    assert (len(dataset.images[1].boxes), dataset.images[1].refused) == (kept, 1 - kept)


def test_lists_of_unlike_length_are_not_guessed_at(tmp_path: Path) -> None:
    objects = {"bbox": [[1, 2, 3, 4]], "categories": []}
    dataset, problems = read(put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": objects}))
    assert not dataset.images[0].labeled
    assert [p.kind for p in problems] == ["objects not understood"]


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    file = put(tmp_path / "metadata.jsonl", {"file_name": "a.png", "objects": CAT}, 3, {"file_name": "../.."})
    with file.open("a") as handle:
        handle.write('{"file_name": "b.p')
    dataset, problems = read(tmp_path)
    assert [image.path for image in dataset.images] == ["a.png"]
    assert [(p.line, p.kind) for p in problems] == [(n, "line not understood") for n in (2, 3, 4)]


def test_unlabelled_is_null_and_empty_is_a_list_of_nothing(tmp_path: Path) -> None:
    box = DatasetBox(Box(1, 2, 3, 4), 0)
    images = [DatasetImage("a.png", boxes=[box]), DatasetImage("b.png"), DatasetImage("c.png", labeled=False)]
    HuggingFace().write(Dataset([DatasetClass(5, "cat")], images), tmp_path / "out", ImageMode.NONE)
    lines = (tmp_path / "out" / "train" / "metadata.jsonl").read_text().splitlines()
    assert [json.loads(line)["objects"] for line in lines] == [
        {"bbox": [[1.0, 2.0, 2.0, 2.0]], "categories": ["cat"]},
        {"bbox": [], "categories": []},
        None,
    ]
