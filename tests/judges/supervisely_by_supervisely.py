"""Supervisely's own package opens our export as a project and must see what the COCO export says.

The package counts whole pixels: it rounds a fraction off, and a box that ends at the right or lower border of the image
ends at the last pixel for it, one before the border.

    for f in coco supervisely; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install supervisely
    JUDGE/bin/python tests/judges/supervisely_by_supervisely.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import supervisely
from truth import Boxes, expected, judge


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    project = supervisely.Project(str(folder), supervisely.OpenMode.READ)
    for dataset in project.datasets:
        for name in dataset:
            boxes = [
                (label.obj_class.name, (r.left, r.top, r.right, r.bottom))
                for label in dataset.get_ann(name, project.meta).labels
                for r in (label.geometry.to_bbox(),)
            ]
            found[name] = boxes
    return found


def main(out: Path) -> None:
    judge("supervisely", expected(out / "coco"), seen(out / "supervisely"), 1.0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
