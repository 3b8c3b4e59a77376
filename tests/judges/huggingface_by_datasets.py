"""Hugging Face's own loader reads our image folder and Parquet exports and must see what the COCO export says.

Runs in an environment of its own, because the loader brings a hundred megabytes of packages:

    for f in coco huggingface parquet; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install datasets pillow
    JUDGE/bin/python tests/judges/huggingface_by_datasets.py OUT
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from datasets import load_dataset

Boxes = list[tuple[str, tuple[float, ...]]]
SPLITS = {"train": "train", "val": "validation", "test": "test", "": "train"}


def expected(folder: Path) -> dict[str, list[tuple[tuple[int, int], Boxes]]]:
    """By split, in order: size of the image, class names and corners, from the COCO export."""
    found: dict[str, list[tuple[tuple[int, int], Boxes]]] = {}
    for file in sorted((folder / "annotations").glob("instances*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        names = {c["id"]: c["name"] for c in data["categories"]}
        boxes: dict[int, Boxes] = {i["id"]: [] for i in data["images"]}
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            boxes[a["image_id"]].append((names[a["category_id"]], (x, y, x + w, y + h)))
        split = SPLITS[file.stem.removeprefix("instances").removeprefix("_")]
        found[split] = [((i["width"], i["height"]), boxes[i["id"]]) for i in data["images"]]
    return found


def seen(dataset: Any) -> list[tuple[tuple[int, int], Boxes]]:
    """Every image decoded by the loader, in its own order."""
    categories = dataset.features["objects"]["categories"].feature
    names = getattr(categories, "names", None)
    found = []
    for row in dataset:
        labels = [names[c] if names else c for c in row["objects"]["categories"]]
        corners = [(x, y, x + w, y + h) for x, y, w, h in row["objects"]["bbox"]]
        found.append((row["image"].size, list(zip(labels, corners, strict=True))))
    return found


def main(out: Path) -> None:
    truth = expected(out / "coco")
    for kind, name in (("huggingface", "imagefolder"), ("parquet", "parquet")):
        with tempfile.TemporaryDirectory() as cache:
            where = {"data_dir": str(out / kind / ("data" if kind == "parquet" else ""))}
            loaded = load_dataset(name, cache_dir=cache, **where)
            if sorted(loaded) != sorted(truth):
                sys.exit(f"{kind}: splits differ: {sorted(loaded)}, {sorted(truth)}")
            worst, count = 0.0, 0
            for split, images in truth.items():
                # The loader has an order of its own; an image is known by its size and its boxes.
                key = lambda item: (item[0], [(c, np.round(b, 2).tolist()) for c, b in item[1]])  # noqa: E731
                theirs, ours = sorted(seen(loaded[split]), key=key), sorted(images, key=key)
                if [(s, [c for c, _ in b]) for s, b in theirs] != [(s, [c for c, _ in b]) for s, b in ours]:
                    sys.exit(f"{kind}: images or classes of {split} differ")
                for (_, a), (_, b) in zip(ours, theirs, strict=True):
                    for (_, x), (_, y) in zip(a, b, strict=True):
                        worst, count = max(worst, float(np.abs(np.subtract(x, y)).max())), count + 1
            print(
                f"{kind:12} {sum(map(len, truth.values())):5} images {count:6} boxes, largest difference {worst:.6f} px"
            )
            if worst > 0.001:
                sys.exit(f"{kind}: corners differ by more than a thousandth of a pixel")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
