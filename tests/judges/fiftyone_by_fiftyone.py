"""FiftyOne's own importer reads our export and must see what the COCO export says.

The importer of samples as they stand in the file is what `fo.Dataset.from_dir` uses for a folder like ours; used by
itself it needs no database.

    for f in coco fiftyone; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install fiftyone
    JUDGE/bin/python tests/judges/fiftyone_by_fiftyone.py OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import fiftyone.utils.data as importers
from truth import Boxes, expected, judge


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    with importers.LegacyFiftyOneDatasetImporter(str(folder)) as importer:
        for sample in importer:
            assert Path(sample.filepath).is_file()
            size = sample.metadata
            boxes = []
            for detection in sample.ground_truth.detections:
                x, y, w, h = detection.bounding_box
                corners = (x * size.width, y * size.height, (x + w) * size.width, (y + h) * size.height)
                boxes.append((detection.label, corners))
            found[Path(sample.filepath).name] = boxes
    return found


def main(out: Path) -> None:
    judge("fiftyone", expected(out / "coco"), seen(out / "fiftyone"), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
