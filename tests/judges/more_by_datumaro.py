"""Datumaro's own loaders read our KITTI, Darknet and Open Images exports and must see what the COCO export says.

    for f in coco kitti darknet openimages; do boxwright export PROJECT OUT/$f --format $f; done
    JUDGE/bin/python tests/judges/more_by_datumaro.py OUT

The environment is that of `formats_by_datumaro.py`. Images of all splits are put together, and their names must differ.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import datumaro as dm
import numpy as np

Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]
LOADERS = {"kitti": "kitti_detection", "darknet": "yolo", "openimages": "open_images"}


def expected(folder: Path) -> Boxes:
    """By image name without suffix: class names and corners, from the COCO export."""
    found: Boxes = {}
    for file in sorted((folder / "annotations").glob("instances*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        names = {c["id"]: c["name"] for c in data["categories"]}
        files = {i["id"]: Path(i["file_name"]).stem for i in data["images"]}
        found.update({name: [] for name in files.values()})
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            found[files[a["image_id"]]].append((names[a["category_id"]], (x, y, x + w, y + h)))
    return found


def seen(folder: Path, loader: str) -> Boxes:
    dataset = dm.Dataset.import_from(str(folder), loader)
    names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
    if loader == "open_images":
        # The loader calls a class by the label that stands in the table of boxes.
        with (folder / "annotations" / "class-descriptions.csv").open(encoding="utf-8", newline="") as file:
            described = dict(csv.reader(file))
        names = [described[name] for name in names]
    found: Boxes = {}
    for item in dataset:
        boxes = [a for a in item.annotations if a.type == dm.AnnotationType.bbox]
        found[Path(item.id).name] = [(names[a.label], tuple(map(float, a.points))) for a in boxes]
    return found


def compare(what: str, truth: Boxes, found: Boxes) -> tuple[int, float]:
    """Boxes and the largest difference of a corner in pixels. Exits on a missing image, box or class."""
    worst, count = 0.0, 0
    if sorted(truth) != sorted(found):
        sys.exit(f"{what}: images differ: {sorted(set(truth) ^ set(found))[:5]}")
    for name, boxes in truth.items():
        if [c for c, _ in boxes] != [c for c, _ in found[name]]:
            sys.exit(f"{what}: classes of {name} differ")
        for (_, a), (_, b) in zip(boxes, found[name], strict=True):
            worst = max(worst, float(np.abs(np.subtract(a, b)).max()))
            count += 1
    return count, worst


def main(out: Path) -> None:
    truth = expected(out / "coco")
    for ours, loader in LOADERS.items():
        count, worst = compare(ours, truth, seen(out / ours, loader))
        print(f"{ours:10} {len(truth):5} images {count:6} boxes, largest difference {worst:.6f} px")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
