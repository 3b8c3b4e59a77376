"""Key to paint of the next image: decoded ahead and not, 2 and 24 megapixels, a pool of 100 and of 100,000, beside the
repaint of an empty window of the same size. `python tests/benchmarks/bench_next_image.py [--small | --images 100]`."""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.benchmarks.window_bench import SIZES, Paints, at_row, make_project, option, pump, rest, show, until

from boxwright.config.settings import Settings
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow

REAL = 14


def empty_repaint(app: QApplication) -> float:
    """Milliseconds of a synchronous repaint of a bare window."""
    bare = QWidget()
    bare.resize(1366, 768)
    bare.show()
    pump(bare.isVisible)
    painted = Paints()
    bare.installEventFilter(painted)
    times = []
    for _ in range(30):
        painted.count = 0
        began = time.perf_counter()
        bare.update()
        until(lambda: painted.count)
        times.append(time.perf_counter() - began)
    bare.close()
    return float(np.median(times) * 1000)


def measure(project: Path, ahead: bool, images: int) -> list[float]:
    """Milliseconds from the key press until the window with the new image is painted."""
    window = MainWindow(Settings())
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    window.open_project(project)
    pump(lambda: window.opened is not None and window.opened.workspace.model.labels is not None)
    assert window.opened is not None and window.opened is not None
    workspace, canvas = window.opened.workspace, window.opened.area.canvas
    painted = Paints()
    canvas.viewport().installEventFilter(painted)
    times = []
    for row in range(1, images + 1):
        rest(0.6 if ahead else 0.05)
        if not ahead:
            workspace.pictures.want([])
            rest(0.3)
            workspace.pictures.forget()
        painted.count = 0
        began = time.perf_counter()
        QTest.keyClick(canvas, Qt.Key.Key_D)
        until(partial(at_row, workspace, row))
        until(lambda: workspace.shown_scale is not None)
        # It may be painted already; once more is at most a frame too much.
        canvas.viewport().update()
        painted.count = 0
        until(lambda: painted.count)
        times.append((time.perf_counter() - began) * 1000)
    window.close()
    return times


def main() -> None:
    app = make_application()
    apply_theme(app, "light")
    bare = empty_repaint(app)
    images = option("--images", REAL - 4)
    rows = {"empty window, repaint": {"median ms": bare, "p99 ms": bare, "max ms": bare, "x empty": 1.0}}
    sizes = {"2 MP": SIZES["2 MP"]} if "--small" in sys.argv else SIZES
    pools = (images + 5,) if "--small" in sys.argv or "--images" in sys.argv else (100, 100_000)
    for name, size in sizes.items():
        for pool in pools:
            with tempfile.TemporaryDirectory() as folder:
                project = make_project(Path(folder), pool, size, REAL, linked=pool <= 1000)
                for ahead in (True, False):
                    times = measure(project, ahead, images)
                    words = f"{name}, pool {pool:,}, {'decoded ahead' if ahead else 'not decoded'}"
                    median = float(np.median(times))
                    p99, most = float(np.percentile(times, 99)), max(times)
                    rows[words] = {
                        "median ms": median,
                        "p99 ms": p99,
                        "max ms": most,
                        "x empty": median / max(bare, 1e-6),
                    }
    show("next image, key to paint", rows)


if __name__ == "__main__":
    main()
