"""X-AnyLabeling's own reader opens our export and must see what the COCO export says.

for f in coco xanylabeling; do boxwright export PROJECT OUT/$f --format $f; done
python -m venv JUDGE
JUDGE/bin/pip install --no-deps x-anylabeling-cvhub
JUDGE/bin/pip install pyqt6 pillow numpy opencv-python-headless termcolor natsort tqdm pyyaml
QT_QPA_PLATFORM=offscreen JUDGE/bin/python tests/judges/xanylabeling_by_xanylabeling.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from anylabeling.views.labeling.label_file import LabelFile
from truth import Boxes, expected, judge


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    for file in sorted(folder.rglob("*.json")):
        read = LabelFile(str(file))
        boxes = []
        for shape in read.shapes:
            assert shape.shape_type == "rectangle" and len(shape.points) == 4
            xs, ys = [p.x() for p in shape.points], [p.y() for p in shape.points]
            boxes.append((shape.label, (min(xs), min(ys), max(xs), max(ys))))
        found[Path(read.image_path).name] = boxes
    return found


def main(out: Path) -> None:
    judge("xanylabeling", expected(out / "coco"), seen(out / "xanylabeling"), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
