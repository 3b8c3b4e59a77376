"""How long a frame of the canvas takes, beside a bare QGraphicsView that holds the same rectangles as items.

`python tests/benchmarks/bench_canvas.py [--frames 60] [--json FILE]`: from the event to the end of its paint, median
and 95th percentile in ms, for a drag, a hover and a zoom step, over 100 to 10,000 boxes on a 2 MP image in a window of
1600 x 1000. Both views paint the same picture from the same events; `ratio` is ours / bare. `cpu` columns count the
processor time of all threads instead of the clock: on a machine that does other things as well only they say anything.
While a crowd is zoomed ours leaves out tags and casings; they follow when the picture has stood still for 0.12 s.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPen, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.classes import LabelClass, default_color
from boxwright.domain.labels import ImageLabels
from boxwright.domain.prediction import Prediction, ProbKind
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.session import SessionModel

WIDTH, HEIGHT = 1920, 1080
COUNTS = (100, 1000, 3000, 10000)
TARGETS_MS = {("drag", 1000): 8.0, ("hover", 1000): 2.0, ("zoom", 1000): 25.0, ("drag", 3000): 16.0}
CLASSES = [LabelClass(i + 1, f"class {i}", default_color(i), i) for i in range(8)]


class NoDisk:
    """A writer that drops everything: the canvas alone is measured."""

    def submit(self, work: Callable[..., Any], /) -> Future[Any]:
        return Future()


def boxes_of(count: int) -> list[Box]:
    """`count` boxes of 12 to 80 pixels, the first in the middle of the image on a spot of its own."""
    rng = np.random.default_rng(count)
    sides = rng.integers(12, 80, (count, 2))
    corners = rng.integers(0, np.array([WIDTH, HEIGHT]) - sides)
    boxes = [Box(*map(float, (x, y, x + w, y + h))) for (x, y), (w, h) in zip(corners, sides)]
    boxes[0] = Box(WIDTH / 2 - 5, HEIGHT / 2 - 5, WIDTH / 2 + 5, HEIGHT / 2 + 5)
    return boxes


def picture() -> QImage:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (HEIGHT // 8, WIDTH // 8, 4), dtype=np.uint8)
    small = QImage(noise.tobytes(), WIDTH // 8, HEIGHT // 8, QImage.Format.Format_RGB32)
    return small.scaled(WIDTH, HEIGHT, mode=Qt.TransformationMode.SmoothTransformation)


def our_view(boxes: list[Box], image: QImage) -> CanvasView:
    """Half of the boxes confirmed, half pre-labels."""
    model = SessionModel(NoDisk(), CLASSES)
    half = len(boxes) // 2
    annotations = [drawn(box, i % 8 + 1) for i, box in enumerate(boxes[:half])]
    probs = np.full(8, 0.5, dtype=np.float32)
    predictions = [
        Prediction(i, 1, b, i % 8 + 1, i % 8, 0.5, probs, ProbKind.SIGMOID) for i, b in enumerate(boxes[half:])
    ]
    view = CanvasView(model)
    view.resize(1600, 1000)
    view.show()
    model.show(
        ImageLabels(
            1, WIDTH, HEIGHT, annotations={a.uid: a for a in annotations}, predictions={p.id: p for p in predictions}
        )
    )
    view.set_image(image, WIDTH, HEIGHT)
    return view


class HoverRect(QGraphicsRectItem):
    """The usual way: each box an item that moves itself and brightens under the pointer."""

    def __init__(self, box: Box, color: QColor, dashed: bool) -> None:
        super().__init__(QRectF(box.x1, box.y1, box.width, box.height))
        pen = QPen(color, 2, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setAcceptHoverEvents(True)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setZValue(-box.area)

    def hoverEnterEvent(self, event: Any) -> None:
        self.setBrush(QBrush(QColor(255, 255, 255, 40)))

    def hoverLeaveEvent(self, event: Any) -> None:
        self.setBrush(QBrush())


class BareView(QGraphicsView):
    """Qt's own view with one item per box: no handles, no tags."""

    def __init__(self, boxes: list[Box], image: QImage) -> None:
        super().__init__()
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self.setMouseTracking(True)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        pixmap = scene.addPixmap(QPixmap.fromImage(image))
        pixmap.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        pixmap.setZValue(-1e9)
        for i, box in enumerate(boxes):
            scene.addItem(HoverRect(box, QColor(default_color(i % 8)), dashed=i >= len(boxes) // 2))
        self.resize(1600, 1000)
        self.show()
        self.fitInView(pixmap, Qt.AspectRatioMode.KeepAspectRatio)

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.25 ** (event.angleDelta().y() / 120)
        self.scale(factor, factor)


def on_screen(view: QGraphicsView, x: float, y: float) -> QPoint:
    return view.viewportTransform().map(QPointF(x, y)).toPoint()


Frame = tuple[float, float]
"""Milliseconds by the clock, and of processor time of all threads."""


def frame(view: QGraphicsView, act: Callable[[], None]) -> Frame:
    """From the event until everything it made dirty is painted."""
    start, worked = time.perf_counter(), time.process_time()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - start) * 1e3, (time.process_time() - worked) * 1e3


def drag(view: QGraphicsView, frames: int) -> list[Frame]:
    start = on_screen(view, WIDTH / 2, HEIGHT / 2)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    times = [
        frame(view, partial(QTest.mouseMove, view.viewport(), start + QPoint(4 * i, 2 * i))) for i in range(1, frames)
    ]
    QTest.mouseMove(view.viewport(), start)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    return times


def hover(view: QGraphicsView, frames: int) -> list[Frame]:
    rng = np.random.default_rng(1)
    points = [QPoint(*map(int, p)) for p in rng.integers((50, 100), (1550, 900), (frames, 2))]
    return [frame(view, partial(QTest.mouseMove, view.viewport(), p)) for p in points]


def zoom(view: QGraphicsView, frames: int) -> list[Frame]:
    at = QPointF(800, 500)

    def turn(notches: int) -> None:
        event = QWheelEvent(
            at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    # Two steps in, two steps out: most of the boxes stay in sight.
    return [frame(view, partial(turn, 1 if i % 4 < 2 else -1)) for i in range(frames)]


class Timed:
    """Median and 95th percentile of a gesture's frames, and the median of their processor time."""

    def __init__(self, frames: list[Frame]) -> None:
        clock = sorted(ms for ms, _ in frames)
        self.ms, self.p95 = round(statistics.median(clock), 2), round(clock[int(len(clock) * 0.95)], 2)
        self.cpu = round(statistics.median(cpu for _, cpu in frames), 2)


COLUMNS = ("ms", "p95", "bare_ms", "bare_p95", "ratio", "target_ms", "cpu_ms", "bare_cpu_ms", "cpu_ratio")


def row(gesture: str, count: int, ours: Timed, bare: Timed) -> dict[str, Any]:
    return {
        "gesture": gesture, "boxes": count, "ms": ours.ms, "p95": ours.p95, "bare_ms": bare.ms, "bare_p95": bare.p95,
        "ratio": round(ours.ms / bare.ms, 2), "target_ms": TARGETS_MS.get((gesture, count), ""),
        "cpu_ms": ours.cpu, "bare_cpu_ms": bare.cpu, "cpu_ratio": round(ours.cpu / bare.cpu, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    app = QApplication([])
    image = picture()
    rows: list[dict[str, Any]] = []
    head = ("ours", "p95", "bare", "p95", "ratio", "target", "cpu", "bare", "ratio")
    print(f"{'gesture':8} {'boxes':>6} " + " ".join(f"{name:>8}" for name in head))
    for count in COUNTS:
        boxes = boxes_of(count)
        for gesture in (hover, drag, zoom):
            measured = []
            for view in (our_view(boxes, image), BareView(boxes, image)):
                app.processEvents()
                gesture(view, 6)
                measured.append(Timed(gesture(view, options.frames)))
                view.close()
                view.deleteLater()
                app.processEvents()
            rows.append(row(gesture.__name__, count, *measured))
            print(f"{gesture.__name__:8} {count:6} " + " ".join(f"{rows[-1][name]!s:>8}" for name in COLUMNS))
    text = json.dumps({"frames": options.frames, "rows": rows})
    print(text)
    if options.json:
        options.json.write_text(text)


if __name__ == "__main__":
    main()
