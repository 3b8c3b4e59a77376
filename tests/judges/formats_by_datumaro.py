"""Datumaro's own loaders read our Datumaro, CVAT, KITTI, Darknet and Open Images exports and must see what the COCO
export says.

Runs in an environment of its own, because the loaders bring half a gigabyte of packages. Images of all splits are put
together, and their names must differ.

    for f in coco datumaro cvat kitti darknet openimages; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install datumaro
    JUDGE/bin/python tests/judges/formats_by_datumaro.py OUT
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import datumaro as dm
from truth import Boxes, expected, judge

LOADERS = {
    "datumaro": "datumaro", "cvat": "cvat", "kitti": "kitti_detection", "darknet": "yolo", "openimages": "open_images",
}  # fmt: skip


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
        assert loader not in ("datumaro", "cvat") or Path(item.media.path).is_file(), f"no image for {item.id}"
        boxes = [a for a in item.annotations if a.type == dm.AnnotationType.bbox]
        found[Path(item.id).name] = [(names[a.label], tuple(map(float, a.points))) for a in boxes]
    return found


def main(out: Path) -> None:
    # Datumaro names an image without its suffix.
    truth = {Path(name).stem: boxes for name, boxes in expected(out / "coco").items()}
    # KITTI has no blanks in the name of a class.
    tokens = {name: [(label.replace(" ", "_"), box) for label, box in boxes] for name, boxes in truth.items()}
    for ours, loader in LOADERS.items():
        judge(ours, tokens if ours == "kitti" else truth, seen(out / ours, loader), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
