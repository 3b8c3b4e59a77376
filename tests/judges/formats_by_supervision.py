"""Somebody else's loader reads our YOLO and VOC exports and must see what the COCO export says.

Runs in an environment of its own, because the loader brings half a gigabyte of packages:

    for f in coco yolo voc; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install supervision
    JUDGE/bin/python tests/judges/formats_by_supervision.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import supervision as sv
from truth import Boxes, expected, expected_by_split, judge


def seen(dataset: sv.DetectionDataset, root: Path) -> Boxes:
    found: Boxes = {}
    for path, _, detections in dataset:
        name = Path(path).relative_to(root).as_posix()
        classes = [] if detections.class_id is None else [dataset.classes[int(c)] for c in detections.class_id]
        corners = [tuple(map(float, box)) for box in detections.xyxy]
        found[name] = list(zip(classes, corners, strict=True))
    return found


def main(out: Path) -> None:
    for split, boxes in expected_by_split(out / "coco").items():
        images = out / "yolo" / "images" / split
        yolo = sv.DetectionDataset.from_yolo(
            str(images), str(out / "yolo" / "labels" / split), str(out / "yolo" / "data.yaml")
        )
        judge(f"yolo {split}", boxes, seen(yolo, images), 0.001)
    voc = sv.DetectionDataset.from_pascal_voc(str(out / "voc" / "JPEGImages"), str(out / "voc" / "Annotations"))
    # The loader takes every VOC file for one that counts pixels from 1: the box then begins one pixel earlier.
    judge("voc", expected(out / "coco"), seen(voc, out / "voc" / "JPEGImages"), 0.001, (1, 1, 0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
