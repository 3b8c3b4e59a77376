"""What the window takes: every figure beside that of something bare, from one run, as docs/speed.md shows them.

    python tests/benchmarks/table_window.py [--small] [--out docs/speed.md]

Each part is a process of its own. A quarter of an hour; `--small` is a minute, and its figures mean little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Rows = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Line:
    """`goal` in the unit of `figure`; None where only the comparison counts."""

    what: str
    figure: float
    bare: float | None
    unit: str
    goal: float | None = None

    def words(self) -> str:
        told = (
            "–"
            if self.goal is None
            else f"{self.goal:g} {self.unit}: {'met' if self.figure <= self.goal else 'missed'}"
        )
        bare = "–" if self.bare is None else f"{self.bare:.3g} {self.unit}"
        return f"| {self.what} | {self.figure:.3g} {self.unit} | {bare} | {told} |"


def measured(name: str, *arguments: str) -> dict[str, Any]:
    """What a benchmark prints last, as an object."""
    print(f"{name} {' '.join(arguments)}", file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def start(_small: bool) -> list[Line]:
    rows = measured("bench_window")["rows"]
    ours, bare = rows["Boxwright"], rows["empty PySide6 window"]
    return [
        Line("Start to first paint", ours["median ms"] / 1000, bare["median ms"] / 1000, "s", 0.8),
        Line("Memory at the first paint", ours["MB"], bare["MB"], "MB", 150),
    ]


def opening(small: bool) -> list[Line]:
    rows = list(measured("bench_open", *(["--pool", "500"] if small else []))["rows"].values())
    bare, ours = rows[0]["median ms"] / 1000, rows[1]
    return [
        Line("Open a project of 10,000 annotated images", ours["median ms"] / 1000, bare, "s", 0.3),
        Line("The same, two seconds after the program was started", ours["first ms"] / 1000, bare, "s"),
    ]


def walking(small: bool) -> list[Line]:
    rows: dict[str, Any] = measured("bench_walk", *(["--images", "100"] if small else []))["rows"]
    bare = rows.pop("imports and an empty window")["MB"]
    slope = rows.pop("slope after the first fifth")
    walked = [Line(f"Memory {name}", row["MB"], bare, "MB") for name, row in rows.items()]
    return [*walked, Line("Memory for each further image walked", slope["MB per image"], 0.0, "MB", 0.01)]


def next_image(small: bool) -> list[Line]:
    rows = measured("bench_next_image", *(["--small"] if small else ["--images", "100"]))["rows"]
    bare = rows.pop("empty window, repaint")["median ms"]
    return [
        Line(f"Next image, key to paint: {name.replace(f', pool {pool}', '')}, {which}", row[key], bare, "ms")
        for name, row in rows.items()
        for pool in [name.split("pool ")[1].split(",")[0]]
        for which, key in (("median", "median ms"), ("99th percentile", "p99 ms"))
    ]


def canvas(small: bool) -> list[Line]:
    rows = measured("bench_canvas", *(["--frames", "8"] if small else []))["rows"]
    return [
        Line(f"{row['gesture'].capitalize()}, {row['boxes']:,} boxes", row["ms"], row["bare_ms"], "ms",
             float(row["target_ms"]) if row["target_ms"] != "" else None)
        for row in rows
    ]  # fmt: skip


def gallery(small: bool) -> list[Line]:
    rows = measured("bench_gallery", *(["--pool", "2000"] if small else []))["rows"]
    ways = {"wheel, not decoded": "wheel", "wheel, from the disk": "wheel", "bar dragged, not decoded": "bar dragged"}
    return [
        Line(
            f"Gallery of 100,000: {way}, {which}",
            rows[f"gallery, {way}"][key],
            rows[f"bare QListView, {bare}"][key],
            "ms",
        )
        for way, bare in ways.items()
        for which, key in (("median", "median ms"), ("99th percentile", "p99 ms"))
    ]


PARTS: tuple[Callable[[bool], list[Line]], ...] = (start, opening, walking, next_image, canvas, gallery)
HEAD = """# What the window takes

Made by `make bench-window` (`python tests/benchmarks/table_window.py`): all figures are from one run, each beside that
of something bare on the same machine at the same time: an empty PySide6 window for starting, opening, memory and the
next image, a bare QGraphicsView with as many rectangles for the canvas, a bare QListView with as many rows for the
gallery. Medians, unless it says otherwise; {machine}.

Starting counts from the start of the interpreter. Opening counts until the first image is painted with its boxes and
the queue has its rows. Walking is done by the key for the next image, on JPEG files of 2 megapixels with pre-labels;
memory first fills the room for decoded pictures, which **Edit → Settings… → Memory for images** sets.

| what | Boxwright | bare | goal |
|---|---|---|---|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path, help="write the page there as well")
    given = parser.parse_args()
    lines = [line for part in PARTS for line in part(given.small)]
    machine = f"{os.cpu_count()} cores, no GPU, {platform.system()}, Qt's platform “offscreen”"
    page = HEAD.format(machine=machine) + "\n".join(line.words() for line in lines) + "\n"
    print(page)
    print(json.dumps([line.__dict__ for line in lines]))
    if given.out is not None:
        given.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
