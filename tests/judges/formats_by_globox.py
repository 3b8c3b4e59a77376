"""Globox reads our COCO, VIA, LabelMe and CVAT exports and must see what the COCO export says.

for f in coco via labelme cvat; do boxwright export PROJECT OUT/$f --format $f; done
python -m venv JUDGE && JUDGE/bin/pip install globox numpy
JUDGE/bin/python tests/judges/formats_by_globox.py OUT
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from globox import AnnotationSet
from truth import Boxes, expected, judge


def seen(sets: Iterable[AnnotationSet]) -> Boxes:
    found: Boxes = {}
    for listed in sets:
        for image in listed:
            boxes = [(box.label, (box.xmin, box.ymin, box.xmax, box.ymax)) for box in image.boxes]
            found[Path(image.image_id).name] = boxes
    return found


def main(out: Path) -> None:
    truth = expected(out / "coco")
    sets = {
        "coco": map(AnnotationSet.from_coco, sorted((out / "coco" / "annotations").glob("instances*.json"))),
        "via": (AnnotationSet.from_via_json(f, label_key="label") for f in sorted((out / "via").glob("*.json"))),
        "labelme": (
            AnnotationSet.from_labelme(d) for d in sorted({f.parent for f in (out / "labelme").rglob("*.json")})
        ),
        "cvat": [AnnotationSet.from_cvat(out / "cvat" / "annotations.xml")],
    }
    for name, listed in sets.items():
        judge(name, truth, seen(listed), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
