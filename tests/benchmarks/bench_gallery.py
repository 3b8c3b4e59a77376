"""The gallery of a pool of 100,000 images: a wheel step and a jump of the scroll bar to the finished paint, beside a
bare QListView of as many rows of text, and what each question to the pool takes.

`python tests/benchmarks/bench_gallery.py [--pool 100000]`. Every image is a file of its own (hard links to a few),
with a content hash of its own, so that each preview is decoded and kept on disk the first time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QSize, QStringListModel
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QListView
from tests.benchmarks.window_bench import make_project, option, pump, show
from tests.presence import present

from boxwright.config.settings import Settings
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.pool_query import Kind, Order, PoolQuery
from boxwright.domain.prediction import ProbKind
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.services.project.gallery import find
from boxwright.services.project.project import Project
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow

REAL = 32
FRAMES = 300
WHEEL = 120
SIZE = (1366, 768)


def fill(project_folder: Path) -> None:
    """Half of the images labelled, three pre-labels each, scores of a detector."""
    rng = np.random.default_rng(2)
    with Project.open(project_folder) as project, project.transaction():
        ids = project.images.ids()
        card = DetectorCard("yolov8", ProbKind.SIGMOID, ("nut", "bolt"), InputSpec(320, 320))
        model = project.models.add("bench", "models/b.onnx", "0" * 64, card, {0: 1, 1: 2})
        project.models.activate(model.id)
        probs = np.array([0.6, 0.3], "<f4").tobytes()
        project.store.write_many(
            "INSERT INTO prediction(model_id, image_id, class_id, label, x1, y1, x2, y2, score, kind, probs) "
            "VALUES (?, ?, ?, 0, 1, 1, 9, 9, ?, 'sigmoid', ?)",
            ((model.id, int(i), 1 + n % 2, 0.6, probs) for i in ids for n in range(3)),
        )
        project.store.write_many("INSERT INTO predicted VALUES (?, ?)", ((model.id, int(i)) for i in ids))
        scores = {name: rng.random(3 * len(ids)).astype(np.float32) for name in SCORE_NAMES}
        best = rng.random(len(ids)).astype(np.float32)
        labels = np.zeros(3 * len(ids), np.int32)
        project.scores.append(model.id, PoolScores(ids, np.arange(len(ids) + 1) * 3, scores, best, labels))
        project.store.write("UPDATE image SET state = 'labeled', touched = 1, changed_at = '2026-01-02' WHERE id % 2")
        project.store.write(
            "INSERT INTO annotation(uid, image_id, class_id, x1, y1, x2, y2, origin) "
            "SELECT 'u' || id, id, 1 + id % 2, 1, 1, 9, 9, 'drawn' FROM image WHERE id % 4 = 1"
        )


def frames(view: QAbstractScrollArea, values: list[int]) -> dict[str, float]:
    """Milliseconds from moving the scroll bar until everything that was waiting has been painted."""
    times = []
    for value in values:
        began = time.perf_counter()
        view.verticalScrollBar().setValue(value)
        QApplication.processEvents()
        times.append((time.perf_counter() - began) * 1000)
    return {"median ms": float(np.median(times)), "p99 ms": float(np.percentile(times, 99)), "max ms": max(times)}


def walks(view: QAbstractScrollArea) -> dict[str, list[int]]:
    most = view.verticalScrollBar().maximum()
    rng = np.random.default_rng(3)
    return {
        "wheel": [WHEEL * n for n in range(FRAMES)],
        "bar dragged": [int(v) for v in np.linspace(0, most, FRAMES)],
        "bar clicked anywhere": [int(v) for v in rng.integers(0, most, FRAMES)],
    }


def bare_list(pool: int) -> dict[str, dict[str, float]]:
    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(QSize(160, 156))
    view.setResizeMode(QListView.ResizeMode.Fixed)
    view.setModel(QStringListModel([f"{n:06}.jpg" for n in range(pool)]))
    view.resize(*SIZE)
    view.show()
    pump(lambda: view.verticalScrollBar().maximum() > 0)
    rows = {f"bare QListView, {name}": frames(view, values) for name, values in walks(view).items()}
    view.close()
    return rows


def questions(folder: Path) -> dict[str, dict[str, float]]:
    asked: dict[str, PoolQuery] = {
        "all by name": PoolQuery(),
        "part of a name": PoolQuery(text="0042"),
        "by uncertainty": PoolQuery(order=Order.UNCERTAINTY),
        "a score range": PoolQuery(lowest=0.4, highest=0.6),
        "a class": PoolQuery(class_id=1),
        "confirmed empty": PoolQuery(kind=Kind.EMPTY),
        "flagged": PoolQuery(kind=Kind.FLAGGED),
        "worked on last": PoolQuery(order=Order.WORKED_ON),
    }
    rows = {}
    with Project.open(folder, read_only=True) as project:
        for name, query in asked.items():
            times = [_timed(partial(find, project, query)) for _ in range(5)]
            rows[f"question: {name}"] = {
                "median ms": float(np.median(times)),
                "p99 ms": max(times),
                "max ms": max(times),
            }
    return rows


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    pool = option("--pool", 100_000)
    app = make_application()
    apply_theme(app, "light")
    rows = bare_list(pool)
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), pool, (1024, 768), REAL, linked=True)
        fill(project)
        rows |= questions(project)
        window = MainWindow(Settings())
        window.resize(*SIZE)
        window.show()
        window.open_project(project)
        pump(lambda: window.opened is not None and window.opened.workspace.queue_loaded)
        present(window.opened).gallery.toggle()
        page = present(window.opened).gallery.page
        pump(lambda: len(page.grid.ids) == pool)
        for name, values in walks(page.grid).items():
            rows[f"gallery, {name}, not decoded"] = frames(page.grid, values)
        again = walks(page.grid)["wheel"]
        rows["gallery, wheel, from the disk"] = frames(page.grid, again)
        print(f"previews in memory: {page.source.cached_bytes / 2**20:.1f} MiB")
        window.close()
    show(f"gallery of {pool:,} images", rows)


if __name__ == "__main__":
    main()
