"""LabelMe's own reader opens our LabelMe export and must see what the COCO export says.

for f in coco labelme; do boxwright export PROJECT OUT/$f --format $f; done
python -m venv JUDGE && JUDGE/bin/pip install labelme
JUDGE/bin/python tests/judges/labelme_by_labelme.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from labelme._label_file import LabelFile
from truth import Boxes, expected, judge


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    for file in sorted(folder.rglob("*.json")):
        read = LabelFile(str(file))
        boxes = []
        for shape in read.shapes:
            assert shape["shape_type"] == "rectangle"
            (x1, y1), (x2, y2) = shape["points"]
            boxes.append((shape["label"], (x1, y1, x2, y2)))
        found[Path(read.image_path).name] = boxes
    return found


def main(out: Path) -> None:
    judge("labelme", expected(out / "coco"), seen(out / "labelme"), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
