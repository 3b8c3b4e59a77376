"""Resident memory of the window on a pool of 100,000 images, before and after paging through images.
`python tests/benchmarks/bench_memory.py [--pool N]`."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtWidgets import QWidget
from tests.benchmarks.window_bench import SIZES, at_row, make_project, option, pump, resident, rest, show
from tests.presence import present

from boxwright.config.settings import Settings
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow

REAL = 24
LAPS = 4


def main() -> None:
    pool = option("--pool", 100_000)
    app = make_application()
    apply_theme(app, "light")
    bare = QWidget()
    bare.show()
    pump(bare.isVisible)
    empty = resident()
    rows = {"imports and an empty window": {"MB": empty}}
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), pool, SIZES["24 MP"], REAL)
        window = MainWindow(Settings())
        window.resize(1366, 768)
        window.show()
        window.open_project(project)
        pump(lambda: window.opened is not None and window.opened.workspace.model.labels is not None)
        workspace = present(window.opened).workspace
        rest(2)
        rows[f"opened on {pool:,} images"] = {"MB": resident()}
        for lap in range(1, LAPS + 1):
            for row in [*range(1, REAL), *range(REAL - 2, -1, -1)]:
                workspace.show_row(row)
                pump(partial(at_row, workspace, row))
            rest(1)
            rows[f"after lap {lap} through {REAL} images of 24 MP"] = {"MB": resident()}
        for place in range(0, pool, max(1, pool // 50)):
            assert window.opened is not None
            panel = window.opened.area.queue_panel
            panel.view.scrollTo(panel.model.index(place, 0))
            rest(0.02)
        rows["after scrolling the queue to its end"] = {"MB": resident()}
        window.close()
    show("memory of the window", rows)


if __name__ == "__main__":
    main()
