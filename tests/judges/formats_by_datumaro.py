"""Datumaro's own loader reads our Datumaro and CVAT exports and must see what the COCO export says.

Runs in an environment of its own, because the loader brings half a gigabyte of packages:

    for f in coco datumaro cvat; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install datumaro
    JUDGE/bin/python tests/judges/formats_by_datumaro.py OUT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import datumaro as dm
import numpy as np

Boxes = dict[tuple[str, str], list[tuple[str, tuple[float, ...]]]]
# A CVAT file of images without a subset gets its own name as theirs.
SUBSETS = {"Train": "train", "Validation": "val", "Test": "test", "annotations": "default"}


def expected(folder: Path) -> Boxes:
    """By subset and image name without suffix: class names and corners, from the COCO export."""
    found: Boxes = {}
    for file in sorted((folder / "annotations").glob("instances*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        subset = file.stem.removeprefix("instances").removeprefix("_") or "default"
        names = {c["id"]: c["name"] for c in data["categories"]}
        files = {i["id"]: (subset, i["file_name"].rsplit(".", 1)[0]) for i in data["images"]}
        found.update({key: [] for key in files.values()})
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            found[files[a["image_id"]]].append((names[a["category_id"]], (x, y, x + w, y + h)))
    return found


def seen(folder: Path, format_: str) -> Boxes:
    dataset = dm.Dataset.import_from(str(folder), format_)
    names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
    found: Boxes = {}
    for item in dataset:
        assert item.media is not None and Path(item.media.path).is_file(), f"{format_}: no image for {item.id}"
        boxes = [(names[a.label], tuple(map(float, a.points))) for a in item.annotations]
        found[SUBSETS.get(item.subset, item.subset), item.id] = boxes
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
    for format_ in ("datumaro", "cvat"):
        count, worst = compare(format_, truth, seen(out / format_, format_))
        print(f"{format_:8} {len(truth):5} images {count:6} boxes, largest difference {worst:.6f} px")
        if worst > 0.001:
            sys.exit(f"{format_}: corners differ by more than a thousandth of a pixel")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
