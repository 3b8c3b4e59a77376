"""Ultralytics' own loader reads our YOLO exports, with the splits as folders and as lists, and must see what the COCO
export says. The project needs all three splits.

    for f in coco yolo yolo-lists; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install ultralytics
    JUDGE/bin/python tests/judges/yolo_by_ultralytics.py OUT

The loader leaves its cache in the folder it reads, so it reads a copy.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from truth import Boxes, expected, judge
from ultralytics.data.dataset import YOLODataset
from ultralytics.data.utils import check_det_dataset


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    data = check_det_dataset(str(folder / "data.yaml"), autodownload=False)
    for split in ("train", "val", "test"):
        for entry in YOLODataset(img_path=data[split], data=data, task="detect", augment=False).labels:
            height, width = entry["shape"]
            boxes = []
            for label, (x, y, w, h) in zip(entry["cls"].ravel(), entry["bboxes"].tolist(), strict=True):
                corners = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
                boxes.append((data["names"][int(label)], corners))
            found[Path(entry["im_file"]).name] = boxes
    return found


def main(out: Path) -> None:
    truth = expected(out / "coco")
    for name in ("yolo", "yolo-lists"):
        with tempfile.TemporaryDirectory() as copy:
            judge(name, truth, seen(Path(shutil.copytree(out / name, Path(copy) / name))), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
