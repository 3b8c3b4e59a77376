"""A COCO export of 100,000 images and 1,000,000 boxes beside a bare streaming writer: time, its ratio, peak memory.

The bare writer reads rows of the same pool by one cursor and writes the same keys, a line for each image and box; it
names no files apart, hashes nothing, and leaves no manifest. Each part runs in a process of its own.

python tests/benchmarks/bench_export.py [--images 100000] [--boxes 1000000] [--formats coco,yolo]
    [--history none|drawn|adjusted]

`--history`: what the pool knows of a box besides: nothing, who drew it, or the pre-label that it was made from and who
corrected it. Both sides write it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson

from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.project.project import Project
from boxwright.store.imported import LabelColumns

WIDTH, HEIGHT = 1920, 1080


def make(folder: Path, images: int, boxes: int, history: str) -> None:
    """A pool of labels without image files."""
    rng = np.random.default_rng(1)
    with Project.create(folder, [f"class {n}" for n in range(80)]) as project, project.transaction():
        project.store.write("INSERT INTO root(name, folder) VALUES ('images', ?)", [str(folder)])
        project.store.write_many(
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns, split) "
            "VALUES (1, ?, ?, ?, ?, 1, 1, ?)",
            (
                (f"{n // 1000:03}/{n:07}.jpg", WIDTH, HEIGHT, f"{n:032}", "validation" if n % 10 == 0 else "train")
                for n in range(images)
            ),
        )
        corners = rng.random((boxes, 4)) * [WIDTH / 2, HEIGHT / 2, WIDTH / 2, HEIGHT / 2]
        corners[:, 2:] += corners[:, :2]
        ids = np.arange(1, images + 1)
        owner, classes = np.arange(boxes) * images // boxes, rng.integers(1, 81, boxes)
        project.labels.import_columns(LabelColumns(ids, owner, classes, corners, {}))
        if history != "none":
            project.store.write("UPDATE annotation SET origin = ?, annotator = 'Ada'", [history])
        if history == "adjusted":
            project.store.write(
                "UPDATE annotation SET source_x1 = x1 + 1, source_y1 = y1 + 1, source_x2 = x2 + 2, source_y2 = y2 + 2, "
                "source_class_id = class_id"
            )


def bare(folder: Path, out: Path, history: bool) -> None:
    """What has to be done in any case: rows out of the pool, lines into a file. `history`: boxes have one."""
    import sqlite3

    connection = sqlite3.connect(folder / "project.db")
    with out.open("wb", buffering=1 << 20) as handle:
        handle.write(b'{"images": [\n')
        mark = b""
        for id_, path, width, height in connection.execute("SELECT id, path, width, height FROM image ORDER BY id"):
            handle.write(mark + orjson.dumps({"id": id_, "file_name": path, "width": width, "height": height}))
            mark = b",\n"
        handle.write(b'],\n"annotations": [\n')
        mark = b""
        names = dict(connection.execute("SELECT id, name FROM class ORDER BY id"))
        more = ", origin, annotator, source_class_id, source_x1, source_y1, source_x2, source_y2" if history else ""
        query = f"SELECT id, image_id, class_id, x1, y1, x2, y2{more} FROM annotation ORDER BY image_id, id"
        for id_, image, class_id, x1, y1, x2, y2, *said in connection.execute(query):
            w, h = round(x2 - x1, 6), round(y2 - y1, 6)
            entry = {
                "id": id_,
                "image_id": image,
                "category_id": class_id,
                "bbox": [round(x1, 6), round(y1, 6), w, h],
                "area": round(w * h, 6),
                "iscrowd": 0,
                "segmentation": [],
            }
            if said:
                origin, who, source, sx1, sy1, sx2, sy2 = said
                attributes = entry["attributes"] = {"boxwright_origin": origin, "boxwright_annotator": who}
                if source is not None:
                    attributes["boxwright_source_box"] = f"{sx1:.9g} {sy1:.9g} {sx2:.9g} {sy2:.9g}"
                    attributes["boxwright_source_class"] = names[source]
            handle.write(mark + orjson.dumps(entry))
            mark = b",\n"
        listed = [{"id": id_, "name": name} for id_, name in names.items()]
        handle.write(b'],\n"categories": ' + orjson.dumps(listed) + b"}\n")


def part(name: str, folder: Path, history: bool) -> None:
    """One measurement, told as a line of JSON: seconds and peak memory beyond that of the imports, MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    if name == "bare":
        bare(folder, folder.parent / "bare.json", history)
    else:
        with Project.open(folder, read_only=True) as project:
            export_dataset(project, folder.parent / name, name, ImageMode.NONE)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak / 1024, "beyond_mb": (peak - before) / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--boxes", type=int, default=1_000_000)
    parser.add_argument("--formats", default="coco")
    parser.add_argument("--history", choices=("none", "drawn", "adjusted"), default="none")
    parser.add_argument("--part", nargs=2, metavar=("NAME", "PROJECT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        part(asked.part[0], Path(asked.part[1]), asked.history != "none")
        return
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "project"
        # In a child, whose memory the others do not inherit as their own peak.
        context = multiprocessing.get_context("spawn")
        maker = context.Process(target=make, args=(folder, asked.images, asked.boxes, asked.history))
        maker.start()
        maker.join()
        for name in ["bare", *asked.formats.split(",")]:
            words = [sys.executable, __file__, "--part", name, str(folder), "--history", asked.history]
            figures[name] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
            ratio = figures[name]["cpu"] / figures["bare"]["cpu"]
            print(
                f"{name:12} {figures[name]['seconds']:7.2f} s, {figures[name]['cpu']:7.2f} s of CPU  "
                f"{ratio:5.2f} times bare  "
                f"peak {figures[name]['peak_mb']:5.0f} MB, {figures[name]['beyond_mb']:5.0f} MB beyond the imports",
                flush=True,
            )
    print(json.dumps({"images": asked.images, "boxes": asked.boxes, "history": asked.history, "figures": figures}))


if __name__ == "__main__":
    main()
