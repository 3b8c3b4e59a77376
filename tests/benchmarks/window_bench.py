"""What the window's benchmarks share: projects of a given size, an exposed window, percentiles, a table and JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXWRIGHT_HOME"] = tempfile.mkdtemp(prefix="boxwright-bench-")

import numpy as np
import psutil
from PIL import Image as PillowImage
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from boxwright.services.project.project import Project
from boxwright.ui.project.workspace import Workspace

SIZES = {"2 MP": (1632, 1224), "24 MP": (6000, 4000)}


class Paints(QObject):
    """Counts the paint events of a widget."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def make_project(folder: Path, pool: int, size: tuple[int, int], real: int, linked: bool = False) -> Path:
    """`pool` images of which the first `real` are true JPEG files of `size`; the others are rows of the pool only, or,
    `linked`, further names of these files."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    rng = np.random.default_rng(1)
    small = rng.integers(0, 255, (size[1] // 16, size[0] // 16, 3), dtype=np.uint8)
    for number in range(real):
        shifted = np.roll(small, 7 * number, axis=1)
        PillowImage.fromarray(shifted).resize(size).save(pictures / f"{number:06}.jpg", quality=90)
    for number in range(real, pool if linked else real):
        os.link(pictures / f"{number % real:06}.jpg", pictures / f"{number:06}.jpg")
    with Project.create(folder / "project", ["nut", "bolt"]) as project, project.transaction():
        root = project.roots.add(pictures)
        project.store.write_many(
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) VALUES (?,?,?,?,?,?,?)",
            [(root.id, f"{n:06}.jpg", *size, f"{n:032x}", 1, 1) for n in range(pool)],
        )
    return folder / "project"


def option(name: str, default: int) -> int:
    """The number after `name` on the command line."""
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def resident() -> float:
    """Of this process, MB."""
    return float(psutil.Process().memory_info().rss / 1e6)


def pump(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Run the event loop until `condition`."""
    end = time.monotonic() + seconds
    while not condition():
        QApplication.processEvents()
        time.sleep(0.0005)
        if time.monotonic() > end:
            raise SystemExit("the window did not get ready")


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Run the event loop until `condition`, asleep between events as a window is: a loop that spins takes Python's lock
    from the threads that it waits for."""
    end, tick = time.monotonic() + seconds, QTimer(interval=2)
    tick.start()
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() > end:
            raise SystemExit("what was waited for did not come")


def at_row(workspace: Workspace, row: int) -> bool:
    """The image of this row is on screen with its labels."""
    return workspace.row == row and workspace.model.labels is not None


def rest(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def show(title: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """A table for people, then one JSON object."""
    columns = list(next(iter(rows.values())))
    print(title)
    print(f"{'':44}" + "".join(f"{c:>14}" for c in columns))
    for name, values in rows.items():
        print(f"{name:44}" + "".join(f"{values[c]:14.2f}" for c in columns))
    print(json.dumps({"benchmark": title, "rows": rows}))
