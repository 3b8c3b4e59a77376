"""Pandas reads our table of boxes and our VIA table, by the columns that the TensorFlow tools and VIA document, and
must see what the COCO export says.

    for f in coco csv via-csv; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install pandas
    JUDGE/bin/python tests/judges/tables_by_pandas.py OUT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from truth import Boxes, expected, judge

SIDES = ["xmin", "ymin", "xmax", "ymax"]


def table(folder: Path) -> Boxes:
    found: Boxes = {}
    for file in sorted(folder.glob("*.csv")):
        for row in pd.read_csv(file, keep_default_na=False).to_dict("records"):
            boxes = found.setdefault(Path(row["filename"]).name, [])
            if row["class"]:
                boxes.append((row["class"], tuple(float(row[side]) for side in SIDES)))
    return found


def via(folder: Path) -> Boxes:
    found: Boxes = {}
    for file in sorted(folder.glob("*.csv")):
        for row in pd.read_csv(file).to_dict("records"):
            boxes = found.setdefault(Path(row["filename"]).name, [])
            if row["region_count"]:
                shape = json.loads(row["region_shape_attributes"])
                assert shape["name"] == "rect"
                x, y, w, h = (shape[key] for key in ("x", "y", "width", "height"))
                label = json.loads(row["region_attributes"])["label"]
                boxes.append((label, (x, y, x + w, y + h)))
    return found


def main(out: Path) -> None:
    truth = expected(out / "coco")
    judge("csv", truth, table(out / "csv"), 0.001)
    judge("via-csv", truth, via(out / "via-csv"), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
