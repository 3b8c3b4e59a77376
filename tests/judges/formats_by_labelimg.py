"""labelImg's own readers open our Pascal VOC, Create ML and bare YOLO exports and must see what the COCO export says.

labelImg counts whole pixels: of VOC files it cuts off the fraction, of YOLO files it rounds.

    for f in coco voc createml labelimg; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install labelImg lxml numpy
    QT_QPA_PLATFORM=offscreen JUDGE/bin/python tests/judges/formats_by_labelimg.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from libs.create_ml_io import CreateMLReader
from libs.pascal_voc_io import PascalVocReader
from libs.yolo_io import YoloReader
from PyQt5.QtGui import QImage
from truth import Boxes, expected, judge

SUFFIXES = (".jpg", ".jpeg", ".png")


def boxes_of(reader: Any) -> list[tuple[str, tuple[float, ...]]]:
    return [(label, (*points[0], *points[2])) for label, points, *_ in reader.get_shapes()]


def voc(folder: Path) -> Boxes:
    images = {file.stem: file.name for file in (folder / "JPEGImages").iterdir()}
    return {images[f.stem]: boxes_of(PascalVocReader(str(f))) for f in sorted((folder / "Annotations").iterdir())}


def createml(folder: Path) -> Boxes:
    found: Boxes = {}
    for file in sorted(folder.rglob("*.json")):
        for image in sorted(file.parent.iterdir()):
            if image.suffix.lower() in SUFFIXES:
                found[image.name] = boxes_of(CreateMLReader(str(file), str(image)))
    return found


def yolo(folder: Path) -> Boxes:
    found: Boxes = {}
    for image in sorted(folder.rglob("*")):
        labels = image.with_suffix(".txt")
        if image.suffix.lower() in SUFFIXES and labels.is_file():
            found[image.name] = boxes_of(YoloReader(str(labels), QImage(str(image))))
    return found


def main(out: Path) -> None:
    truth = expected(out / "coco")
    judge("voc", truth, voc(out / "voc"), 1.0)
    judge("createml", truth, createml(out / "createml"), 0.001)
    judge("yolo beside the images", truth, yolo(out / "labelimg"), 0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
