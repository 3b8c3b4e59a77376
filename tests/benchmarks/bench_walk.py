"""Memory of the window while 5,000 images are walked with the keyboard, each with pre-labels of a detector, beside that
of an empty window: `python tests/benchmarks/bench_walk.py [--images 5000]`."""

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
from PySide6.QtWidgets import QMainWindow
from tests.benchmarks.bench_gallery import fill
from tests.benchmarks.window_bench import SIZES, at_row, make_project, option, pump, resident, rest, show, until

from boxwright.config.settings import Settings
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.project.queue import View
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow

REAL = 32
STEPS = 20


def main() -> None:
    images = option("--images", 5000)
    app = make_application()
    apply_theme(app, "light")
    bare = QMainWindow()
    bare.show()
    pump(bare.isVisible)
    rows = {"imports and an empty window": {"MB": resident(), "MB per image": 0.0}}
    bare.close()
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), images, SIZES["2 MP"], REAL, linked=True)
        fill(project)
        window = MainWindow(Settings())
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        window.open_project(project)
        assert window.opened is not None and window.opened is not None
        workspace, canvas = window.opened.workspace, window.opened.area.canvas
        pump(lambda: workspace.queue_loaded)
        workspace.show_list(View.ALL)
        pump(lambda: workspace.queue.view is View.ALL and workspace.queue_loaded and workspace.model.labels is not None)
        workspace.show_row(0)
        pump(lambda: workspace.row == 0 and workspace.shown_scale is not None)
        canvas.setFocus()
        rest(2)
        walked, sizes = [0], [resident()]
        began = time.perf_counter()
        for row in range(1, images):
            QTest.keyClick(canvas, Qt.Key.Key_D)
            until(partial(at_row, workspace, row))
            until(lambda: workspace.shown_scale is not None)
            if row % max(1, images // STEPS) == 0:
                walked.append(row)
                sizes.append(resident())
        seconds = time.perf_counter() - began
        rest(1)
        # The memory for pictures fills up first, which has a size of its own.
        settled = [k for k, count in enumerate(walked) if count >= images // 5]
        line = np.polyfit([walked[k] for k in settled], [sizes[k] for k in settled], 1)
        off = [sizes[k] - np.polyval(line, walked[k]) for k in settled]
        for place in range(0, len(walked), STEPS // 5):
            rows[f"after {walked[place]:,} images"] = {"MB": sizes[place], "MB per image": 0.0}
        rows["slope after the first fifth"] = {"MB": float(np.std(off)), "MB per image": float(line[0])}
        print(f"{images:,} images in {seconds:.0f} s; the slope's MB are the spread about its line")
        window.close()
    show("memory over images walked", rows)


if __name__ == "__main__":
    main()
