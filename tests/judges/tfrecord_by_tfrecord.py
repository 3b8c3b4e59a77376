"""Somebody else's reader of TFRecord files reads our export and must see what the COCO export says.

Runs in an environment of its own:

    for f in coco tfrecord; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install tfrecord
    JUDGE/bin/python tests/judges/tfrecord_by_tfrecord.py OUT
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import numpy as np
from tfrecord.reader import tfrecord_loader
from truth import Boxes, expected, judge

SIDES = ("xmin", "ymin", "xmax", "ymax")


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    label_map = (folder / "label_map.pbtxt").read_text(encoding="utf-8")
    names = {int(n): name for name, n in re.findall(r'name: "([^"]*)"\s+id: (\d+)', label_map)}
    for file in sorted(folder.glob("*.tfrecord")):
        # Without an index file the loader walks the lengths; every feature is asked for by the name of the API.
        for record in tfrecord_loader(str(file), None):
            name = Path(bytes(record["image/filename"]).decode()).name
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
    judge("tfrecord", expected(out / "coco"), seen(out / "tfrecord"), 0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
