"""Somebody else's reader of TFRecord files reads our export and must see what the COCO export says.

Runs in an environment of its own:

    for f in coco tfrecord; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install tfrecord
    JUDGE/bin/python tests/judges/tfrecord_by_tfrecord.py OUT
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
from tfrecord.reader import tfrecord_loader

SIDES = ("xmin", "ymin", "xmax", "ymax")
Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]


def expected(folder: Path) -> Boxes:
    """By image name: class names and corners, from the COCO export."""
    found: Boxes = {}
    for file in sorted((folder / "annotations").glob("instances*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        names = {c["id"]: c["name"] for c in data["categories"]}
        files = {i["id"]: i["file_name"] for i in data["images"]}
        found.update({name: [] for name in files.values()})
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            found[files[a["image_id"]]].append((names[a["category_id"]], (x, y, x + w, y + h)))
    return found


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    label_map = (folder / "label_map.pbtxt").read_text(encoding="utf-8")
    names = {int(n): name for name, n in re.findall(r'name: "([^"]*)"\s+id: (\d+)', label_map)}
    for file in sorted(folder.glob("*.tfrecord")):
        # Without an index file the loader walks the lengths; every feature is asked for by the name of the API.
        for record in tfrecord_loader(str(file), None):
            name = bytes(record["image/filename"]).decode()
            content = bytes(record["image/encoded"])
            assert hashlib.sha256(content).hexdigest() == bytes(record["image/key/sha256"]).decode()
            scale = np.array([record["image/width"][0], record["image/height"][0]] * 2, np.float64)
            if f"image/object/bbox/{SIDES[0]}" not in record:
                found[name] = []
                continue
            corners = np.stack([record[f"image/object/bbox/{side}"] for side in SIDES], axis=1) * scale
            # Of several texts in one feature the loader gives the first, so the classes are told by their numbers.
            labels = [names[int(n)] for n in record["image/object/class/label"]]
            found[name] = [(label, tuple(map(float, row))) for label, row in zip(labels, corners, strict=True)]
    return found


def main(out: Path) -> None:
    truth, found = expected(out / "coco"), seen(out / "tfrecord")
    if sorted(truth) != sorted(found):
        sys.exit(f"images differ: {sorted(set(truth) ^ set(found))[:5]}")
    worst, count = 0.0, 0
    for name, boxes in truth.items():
        if [c for c, _ in boxes] != [c for c, _ in found[name]]:
            sys.exit(f"classes of {name} differ")
        for (_, a), (_, b) in zip(boxes, found[name], strict=True):
            worst, count = max(worst, float(np.abs(np.subtract(a, b)).max())), count + 1
    print(f"tfrecord {len(truth):5} images {count:6} boxes, largest difference {worst:.6f} px")
    if worst > 0.01:
        sys.exit("corners differ by more than a hundredth of a pixel")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
