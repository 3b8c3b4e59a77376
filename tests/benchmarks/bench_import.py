"""How long a large COCO file takes to import, beside parsing its JSON and one `executemany` of the same rows.

python tests/benchmarks/bench_import.py [--images 100000] [--boxes 1000000]

Both sides write to a pool of the same schema, indexes and settings, on the same disk; the rows are those of the boxes.
Seconds are of the processor (user and system), which other programs do not stretch, and of the clock in brackets.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson

SIDE = 1000
CLASSES = 80


def make(folder: Path, images: int, boxes: int) -> Path:
    """A COCO file, its boxes in no order of images, as exports of detectors and of many people have them."""
    rng = np.random.default_rng(1)
    corners = np.round(rng.random((boxes, 2)) * 800, 2).tolist()
    sides = np.round(rng.random((boxes, 2)) * 150 + 1, 2).tolist()
    owners = rng.integers(1, images + 1, boxes).tolist()
    file = folder / "instances.json"
    with file.open("wb") as out:
        out.write(b'{"images": [')
        out.write(
            b",\n".join(
                orjson.dumps({"id": i, "file_name": f"{i:07}.jpg", "width": SIDE, "height": SIDE})
                for i in range(1, images + 1)
            )
        )
        out.write(b'],\n"annotations": [')
        rows = zip(corners, sides, owners, strict=True)
        for number, ((x, y), (w, h), owner) in enumerate(rows, start=1):
            entry = {"id": number, "image_id": owner, "category_id": 1 + number % CLASSES, "bbox": [x, y, w, h]}
            entry |= {"area": round(w * h, 2), "iscrowd": 0}
            out.write((b",\n" if number > 1 else b"") + orjson.dumps(entry))
        categories = [{"id": i, "name": f"class {i}"} for i in range(1, CLASSES + 1)]
        out.write(b'],\n"categories": ' + orjson.dumps(categories) + b"}")
    return file


def make_project(folder: Path, images: int) -> None:
    """A pool that knows the images, as after a scan of their folder."""
    from boxwright.services.project.project import Project
    from boxwright.store.files import FileRow

    with Project.create(folder, [f"class {i}" for i in range(1, CLASSES + 1)]) as project, project.transaction():
        root = project.roots.add(folder.parent / "pictures")
        project.files.add(
            [FileRow(root.id, f"{i:07}.jpg", SIDE, SIDE, f"{i:032x}", 1, 1, None) for i in range(1, images + 1)]
        )


def run_bare(file: Path, folder: Path) -> dict[str, float]:
    """`orjson.loads`, then the rows of its boxes by one `executemany`."""
    from boxwright.services.project.project import Project

    with Project.open_for_writing(folder) as project:
        began = Watch()
        data = orjson.loads(file.read_bytes())
        loaded = began.seconds()
        rows = [
            (a["image_id"], f"{a['id']:032x}", a["category_id"], x, y, x + w, y + h)
            for a in data["annotations"]
            for x, y, w, h in (a["bbox"],)
        ]
        began = Watch()
        with project.transaction():
            project.store.write_many(
                "INSERT INTO annotation(image_id, uid, class_id, x1, y1, x2, y2, origin) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'imported')",
                rows,
            )
        stored = began.seconds()
    names = ("loads", "loads_clock", "executemany", "executemany_clock")
    return dict(zip(names, (*loaded, *stored), strict=True))


def run_import(file: Path, folder: Path) -> dict[str, float]:
    from boxwright.services.importing.dataset import import_dataset
    from boxwright.services.project.project import Project

    with Project.open_for_writing(folder) as project:
        before = peak_mb()
        began = Watch()
        result = import_dataset(project, file)
        cpu, clock = began.seconds()
        return {"import": cpu, "import_clock": clock, "boxes": result.boxes, "idle_mb": before}


class Watch:
    def __init__(self) -> None:
        self._began = (time.process_time(), time.perf_counter())

    def seconds(self) -> tuple[float, float]:
        """Of the processor and of the clock."""
        return time.process_time() - self._began[0], time.perf_counter() - self._began[1]


def peak_mb() -> float:
    """Of this process alone: what getrusage tells begins with the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def in_child(what: str, file: Path, folder: Path) -> dict[str, float]:
    """In a process of its own, so that the peak of memory is that of `what` alone."""
    out = subprocess.run([sys.executable, __file__, "--child", what, file, folder], check=True, capture_output=True)
    found: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--boxes", type=int, default=1_000_000)
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "FILE", "PROJECT"))
    given = parser.parse_args()
    if given.child:
        what, file, folder = given.child
        run = run_bare if what == "bare" else run_import
        print(json.dumps(run(Path(file), Path(folder)) | {"peak_mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = make(folder, given.images, given.boxes)
        for name in ("bare", "import"):
            make_project(folder / name, given.images)
        bare = in_child("bare", file, folder / "bare")
        own = in_child("import", file, folder / "import")
        size = file.stat().st_size / 1e6
    assert own["boxes"] == given.boxes
    base = bare["loads"] + bare["executemany"]
    base_clock = bare["loads_clock"] + bare["executemany_clock"]
    print(f"{given.images:,} images, {given.boxes:,} boxes, {size:.0f} MB")
    print(f"orjson.loads {bare['loads']:.1f} s + executemany {bare['executemany']:.1f} s = {base:.1f} s", end="")
    print(f" ({base_clock:.1f} s), peak {bare['peak_mb']:.0f} MB")
    print(f"import       {own['import']:.1f} s ({own['import_clock']:.1f} s), peak {own['peak_mb']:.0f} MB", end="")
    print(f" ({own['idle_mb']:.0f} MB before it began)")
    print(f"ratio        {own['import'] / base:.2f} ({own['import_clock'] / base_clock:.2f}), at most 3")


if __name__ == "__main__":
    main()
