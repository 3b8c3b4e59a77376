"""COCO files without boxes in pixels: masks as runs, and boxes in shares of the image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as judge

from boxwright.formats.coco import Coco
from boxwright.formats.coco_masks import mask_bounds
from boxwright.formats.dataset import Dataset, Problem


def read(folder: Path, *annotations: dict[str, Any], **size: int) -> tuple[Dataset, list[Problem]]:
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", **(size or {"width": 40, "height": 30})}],
        "categories": [{"id": 1, "name": "nut"}],
        "annotations": [{"id": k, "image_id": 1, "category_id": 1, **a} for k, a in enumerate(annotations, 1)],
    }
    (folder / "a.json").write_text(json.dumps(content))
    problems: list[Problem] = []
    return Coco().read(folder / "a.json", problems), problems


@pytest.mark.parametrize("seed", range(20))
def test_the_box_of_a_packed_mask_is_that_of_pycocotools(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((30, 40), np.uint8, order="F")
    for _ in range(seed % 3 + 1):
        x, y = rng.integers(0, 35), rng.integers(0, 25)
        mask[y : y + rng.integers(1, 30), x : x + rng.integers(1, 40)] = 1
    packed = judge.encode(mask)
    x, y, w, h = judge.toBbox(packed).tolist()
    size, counts = [int(side) for side in packed["size"]], packed["counts"]
    assert isinstance(counts, bytes)
    assert mask_bounds({"size": size, "counts": counts.decode()}) == (x, y, x + w, y + h)
    runs, inside = [0], 0
    for value in mask.flatten(order="F").tolist():
        if value != inside:
            inside = value
            runs.append(0)
        runs[-1] += 1
    assert mask_bounds({"size": size, "counts": runs}) == (x, y, x + w, y + h)


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, {"size": [3, 3]}, {"size": [3, 3], "counts": [9]}, {"size": [3, 3], "counts": [1, 99]},
        {"size": [0, 3], "counts": [1, 1]}, {"size": [3, 3], "counts": "\x00"}, {"size": [3, 3], "counts": "o" * 99},
        {"size": ["3", 3], "counts": [1, 1]}, {"size": [3, 3], "counts": [1, -1, 3]},
        {"size": [3, 3], "counts": [1, 1.5]},
    ],
)  # fmt: skip
def test_what_is_no_mask_has_no_box(value: object) -> None:
    assert mask_bounds(value) is None


def test_an_annotation_with_only_a_mask_gets_the_box_around_it_and_a_word(tmp_path: Path) -> None:
    dataset, problems = read(
        tmp_path, {"segmentation": {"size": [30, 40], "counts": [62, 5, 25, 5, 1103]}, "iscrowd": 1}
    )
    box = dataset.images[0].boxes[0].box
    assert (box.x1, box.y1, box.x2, box.y2) == (2, 2, 4, 7)
    assert "box from outline" in {problem.kind for problem in problems}


def test_boxes_in_shares_are_read_as_shares_and_told(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, {"bbox": [0.25, 0.5, 0.5, 0.25]}, {"bbox": [0, 0, 1, 1]})
    boxes = [(b.box.x1, b.box.y1, b.box.x2, b.box.y2) for b in dataset.images[0].pixel_boxes(40, 30)]
    assert boxes == [(10, 15, 30, 22.5), (0, 0, 40, 30)]
    assert [problem.kind for problem in problems] == ["boxes are shares"]


def test_pixels_stay_pixels(tmp_path: Path) -> None:
    dataset, problems = read(tmp_path, {"bbox": [0.25, 0.5, 0.5, 0.25]}, {"bbox": [0, 0, 2, 1]})
    assert (dataset.images[0].relative, problems) == (False, [])
