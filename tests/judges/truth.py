"""What the judges hold a reader to: the boxes of the COCO export, by the name of their image."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

# By file name of the image, without its folders: class name and corners x1, y1, x2, y2 in pixels.
Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]


def coco_boxes(file: Path) -> Boxes:
    """Everything in one COCO file."""
    data = json.loads(file.read_text(encoding="utf-8"))
    names = {c["id"]: c["name"] for c in data["categories"]}
    files = {i["id"]: Path(i["file_name"]).name for i in data["images"]}
    found: Boxes = {name: [] for name in files.values()}
    for a in data["annotations"]:
        x, y, w, h = a["bbox"]
        found[files[a["image_id"]]].append((names[a["category_id"]], (x, y, x + w, y + h)))
    return found


def expected_by_split(folder: Path) -> dict[str, Boxes]:
    """Everything in the COCO export in `folder`, by the name of the split."""
    files = sorted((folder / "annotations").glob("instances*.json"))
    return {file.stem.removeprefix("instances").removeprefix("_") or "train": coco_boxes(file) for file in files}


def expected(folder: Path) -> Boxes:
    """Everything in the COCO export in `folder`, all splits together."""
    return {name: boxes for part in expected_by_split(folder).values() for name, boxes in part.items()}


def judge(
    what: str, truth: Boxes, found: Boxes, at_most: float, shift: tuple[float, float, float, float] = (0, 0, 0, 0)
) -> None:
    """Print the counts and the largest difference of a corner. Exits on a missing image, box or class, and when a
    corner is off by more than `at_most` pixels, after `shift`, how far the judge's own corners lie before ours."""
    worst, count = 0.0, 0
    if sorted(truth) != sorted(found):
        sys.exit(f"{what}: images differ: {sorted(set(truth) ^ set(found))[:5]}")
    for name, boxes in truth.items():
        if [c for c, _ in boxes] != [c for c, _ in found[name]]:
            sys.exit(f"{what}: classes of {name} differ")
        for (_, a), (_, b) in zip(boxes, found[name], strict=True):
            worst, count = max(worst, float(np.abs(np.subtract(a, b) - shift).max())), count + 1
    print(f"{what:24} {len(truth):5} images {count:6} boxes, largest difference {worst:.6f} px")
    if worst > at_most:
        sys.exit(f"{what}: corners differ by more than {at_most:g} pixels")
