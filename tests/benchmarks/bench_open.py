"""A project of 10,000 annotated images: from the wish to open it to the first image with its boxes on screen and the
queue beside it, beside the first paint of an empty window. `python tests/benchmarks/bench_open.py [--pool 10000]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtWidgets import QMainWindow
from tests.benchmarks.window_bench import SIZES, Paints, make_project, option, pump, rest, show, until

from boxwright.config.settings import Settings
from boxwright.services.project.project import Project
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow
from boxwright.ui.shell.warm_up import warm_up

REAL, BOXES, ROUNDS = 8, 8, 9
SIZE = (1366, 768)


def annotate(project_folder: Path) -> None:
    """`BOXES` boxes on every image, all of them labelled."""
    with Project.open(project_folder) as project, project.transaction():
        project.store.write("UPDATE image SET state = 'labeled', touched = 1, changed_at = '2026-01-02'")
        for number in range(BOXES):
            left = 40 + 150 * number
            project.store.write(
                "INSERT INTO annotation(uid, image_id, class_id, x1, y1, x2, y2, origin) "
                f"SELECT 'u' || id || '-{number}', id, 1 + id % 2, {left}, 100, {left + 120}, 300, 'drawn' FROM image"
            )


def first_paint(window: QMainWindow) -> float:
    painted = Paints()
    window.installEventFilter(painted)
    began = time.perf_counter()
    window.show()
    until(lambda: painted.count)
    return (time.perf_counter() - began) * 1000


def opened(window: MainWindow, project: Path) -> float:
    """Milliseconds until the first image is painted with its boxes, and the queue knows its rows."""
    began = time.perf_counter()
    window.open_project(project)
    assert window.opened is not None and window.opened is not None
    workspace, canvas, painted = window.opened.workspace, window.opened.area.canvas, Paints()
    canvas.viewport().installEventFilter(painted)
    until(lambda: workspace.queue_loaded and workspace.model.labels is not None and workspace.shown_scale is not None)
    # It may be painted already; once more is at most a frame too much.
    canvas.viewport().update()
    painted.count = 0
    until(lambda: painted.count)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    pool = option("--pool", 10_000)
    app = make_application()
    apply_theme(app, "light")
    bare: list[float] = []
    for _ in range(ROUNDS):
        empty = QMainWindow()
        empty.resize(*SIZE)
        bare.append(first_paint(empty))
        empty.close()
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), pool, SIZES["2 MP"], REAL, linked=True)
        annotate(project)
        window = MainWindow(Settings())
        window.resize(*SIZE)
        window.show()
        pump(window.isVisible)
        # As long as a person takes at least to choose one.
        warm_up()
        rest(2)
        for _ in range(ROUNDS):
            times.append(opened(window, project))
            rest(0.5)
            assert window.opened is not None and len(window.opened.workspace.queue) == pool
            window.close_project()
        window.close()
    empty_ms = float(np.median(bare))
    rows = {
        name: {
            "first ms": values[0],
            "median ms": float(np.median(values)),
            "x empty": float(np.median(values)) / empty_ms,
        }
        for name, values in (("empty window, shown", bare), (f"{pool:,} images, {BOXES} boxes each", times))
    }
    show("opening a project", rows)


if __name__ == "__main__":
    main()
