"""Somebody else's loader reads our YOLO and VOC exports and must see what the COCO export says.

Runs in an environment of its own, because the loader brings half a gigabyte of packages:

    for f in coco yolo voc; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install supervision
    JUDGE/bin/python tests/judges/formats_by_supervision.py OUT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import supervision as sv

Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]


def expected(folder: Path) -> dict[str, Boxes]:
    """By split, by file name: class names and corners, from the COCO export."""
    found: dict[str, Boxes] = {}
    for file in sorted((folder / "annotations").glob("instances*.json")):
        data = json.loads(file.read_text())
        names = {c["id"]: c["name"] for c in data["categories"]}
        # COCO keeps the folders of a name, the other two are flat.
        files = {i["id"]: Path(i["file_name"]).name for i in data["images"]}
        boxes: Boxes = {name: [] for name in files.values()}
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            boxes[files[a["image_id"]]].append((names[a["category_id"]], (x, y, x + w, y + h)))
        found[file.stem.removeprefix("instances").removeprefix("_") or "train"] = boxes
    return found


def seen(dataset: sv.DetectionDataset, root: Path) -> Boxes:
    found: Boxes = {}
    for path, _, detections in dataset:
        name = Path(path).relative_to(root).as_posix()
        classes = [] if detections.class_id is None else [dataset.classes[int(c)] for c in detections.class_id]
        corners = [tuple(map(float, box)) for box in detections.xyxy]
        found[name] = list(zip(classes, corners, strict=True))
    return found


def compare(what: str, truth: Boxes, found: Boxes, shift: tuple[int, int, int, int]) -> tuple[int, int, float]:
    """Images, boxes and the largest difference of a corner in pixels. Exits on a missing image, box or class."""
    worst, count = 0.0, 0
    if sorted(truth) != sorted(found):
        sys.exit(f"{what}: images differ: {sorted(set(truth) ^ set(found))[:5]}")
    for name, boxes in truth.items():
        if [c for c, _ in boxes] != [c for c, _ in found[name]]:
            sys.exit(f"{what}: classes of {name} differ")
        for (_, a), (_, b) in zip(boxes, found[name], strict=True):
            worst = max(worst, float(np.abs(np.subtract(a, b) - shift).max()))
            count += 1
    return len(truth), count, worst


def main(out: Path) -> None:
    truth = expected(out / "coco")
    for split, boxes in truth.items():
        images = out / "yolo" / "images" / split
        yolo = sv.DetectionDataset.from_yolo(
            str(images), str(out / "yolo" / "labels" / split), str(out / "yolo" / "data.yaml")
        )
        n, count, worst = compare(f"yolo {split}", boxes, seen(yolo, images), (0, 0, 0, 0))
        print(f"yolo {split:6} {n:5} images {count:6} boxes, largest difference {worst:.6f} px")
        if worst > 0.001:
            sys.exit("yolo: corners differ by more than a thousandth of a pixel")
    voc = sv.DetectionDataset.from_pascal_voc(str(out / "voc" / "JPEGImages"), str(out / "voc" / "Annotations"))
    # The loader takes every VOC file for one that counts pixels from 1: the box then begins one pixel earlier.
    everything = {name: boxes for part in truth.values() for name, boxes in part.items()}
    n, count, worst = compare("voc", everything, seen(voc, out / "voc" / "JPEGImages"), (1, 1, 0, 0))
    print(f"voc  all    {n:5} images {count:6} boxes, largest difference {worst:.6f} px beyond that shift")
    if worst > 0.001:
        sys.exit("voc: corners differ by more than a thousandth of a pixel")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
