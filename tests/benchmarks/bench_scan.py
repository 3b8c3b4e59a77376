"""How fast folders of images come into the pool, beside a bare loop that only hashes and reads the header.

python tests/benchmarks/bench_scan.py [--images 20000] [--folder EXISTING]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project

PER_FOLDER = 1000


def make_images(folder: Path, count: int) -> None:
    """Different small JPEG files: one picture with a number in a comment."""
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    source = folder / "source.jpg"
    Image.fromarray(noise).resize((640, 480)).save(source, quality=70)
    content = source.read_bytes()
    source.unlink()
    for n in range(count):
        place = folder / f"{n // PER_FOLDER:04d}"
        if n % PER_FOLDER == 0:
            place.mkdir()
        comment = b"\xff\xfe" + (2 + 8).to_bytes(2, "big") + f"{n:08d}".encode()
        (place / f"image {n}.jpg").write_bytes(content[:2] + comment + content[2:])


def bare(files: list[Path]) -> float:
    """Files per second of reading, hashing and opening the header, in one thread and with nothing stored."""
    began = time.perf_counter()
    for path in files:
        content = path.read_bytes()
        hashlib.blake2b(content, digest_size=16).hexdigest()
        with Image.open(path) as image:
            image.size  # noqa: B018 - the header is read by now
    return len(files) / (time.perf_counter() - began)


def scan(project: Project, folder: Path) -> tuple[float, int]:
    began = time.perf_counter()
    result = add_folders(project, [folder])
    return result.found / (time.perf_counter() - began), result.added


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, help="measure this folder instead of made-up images")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "images"
        if given.folder is None:
            folder.mkdir()
            make_images(folder, given.images)
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
        bare(files)  # so that neither pays for reading from the disk
        alone = bare(files)
        with Project.create(Path(temporary) / "project") as project:
            first, added = scan(project, folder)
            again, _ = scan(project, folder)
            database = project.store.value("PRAGMA page_count") * project.store.value("PRAGMA page_size")
    rows = {"bare loop": alone, "scan": first, "second scan": again}
    for name, speed in rows.items():
        print(f"{name:12} {speed:10.0f} files/s   {speed / alone:6.2f} x bare")
    figures = {
        "images": len(files),
        "added": added,
        "bare_per_second": round(alone),
        "scan_per_second": round(first),
        "rescan_per_second": round(again),
        "scan_to_bare": round(first / alone, 3),
        "bytes_per_image": round(database / max(1, added)),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
