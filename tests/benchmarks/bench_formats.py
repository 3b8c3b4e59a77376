"""How long a large COCO file takes to read, to import and to export, beside the bare parsing of its JSON.

python tests/benchmarks/bench_formats.py [--boxes 200000]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from PIL import Image

from boxwright.formats.coco import Coco
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.project.project import Project

PER_IMAGE = 100


def make(folder: Path, boxes: int) -> Path:
    """A COCO file of `boxes` boxes, `PER_IMAGE` on each of its small, all different images."""
    rng = np.random.default_rng(1)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    (folder / "images").mkdir(parents=True)
    for i in range(1, boxes // PER_IMAGE + 1):
        pixels = np.full((16, 16, 3), i % 251, np.uint8)
        pixels[0, 0] = (i % 256, i // 256 % 256, i // 65536)
        Image.fromarray(pixels).save(folder / "images" / f"{i:07}.bmp")
        images.append({"id": i, "file_name": f"{i:07}.bmp", "width": 16, "height": 16})
        corners = rng.random((PER_IMAGE, 2)) * 8
        sides = rng.random((PER_IMAGE, 2)) * 7 + 0.5
        for (x, y), (w, h) in zip(corners.tolist(), sides.tolist(), strict=True):
            number = len(annotations) + 1
            annotations.append({"id": number, "image_id": i, "category_id": 1 + number % 80, "bbox": [x, y, w, h]})
    categories = [{"id": i, "name": f"class {i}"} for i in range(1, 81)]
    file = folder / "instances.json"
    file.write_bytes(orjson.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=200_000)
    boxes = parser.parse_args().boxes
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = make(folder / "set", boxes)
        with Project.create(folder / "project") as project:
            add_folders(project, [folder / "set"])
            began = time.perf_counter()
            orjson.loads(file.read_bytes())
            seconds["orjson.loads"] = time.perf_counter() - began
            began = time.perf_counter()
            dataset = Coco().read(file, [])
            seconds["read"] = time.perf_counter() - began
            assert dataset.box_count == boxes
            del dataset
            began = time.perf_counter()
            result = import_dataset(project, file)
            seconds["import"] = time.perf_counter() - began
            assert result.boxes == boxes
            for name in ("coco", "yolo"):
                began = time.perf_counter()
                export_dataset(project, folder / name, name)
                seconds[f"export {name}"] = time.perf_counter() - began
    for what, taken in seconds.items():
        print(f"{what:14} {taken:8.2f} s {boxes / taken / 1000:10.0f} thousand boxes/s")
    ratios = {what: round(taken / seconds["orjson.loads"], 1) for what, taken in seconds.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"boxes": boxes, "seconds": seconds, "times_orjson": ratios, "peak_rss_mb": round(peak)}))


if __name__ == "__main__":
    main()
