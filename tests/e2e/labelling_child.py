"""Labels for ever through the real canvas with real mouse and key events: `labelling_child.py PROJECT SEED`.

After each edit one JSON line: the time (monotonic seconds, the same clock in every process), the image, and what a
person has decided about it so far. Made to be killed at any moment.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import orjson
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxwright.domain.labels import ImageLabels
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.session import SessionModel

LONGEST_PAUSE_MS = 30


def decided(labels: ImageLabels) -> dict[str, object]:
    """In JSON types, so that the reader can compare it with what it finds on disk."""
    return {
        "image": labels.image_id,
        "state": str(labels.state),
        "reason": labels.skip_reason,
        "annotations": sorted(
            [a.uid, a.class_id, str(a.origin), [a.box.x1, a.box.y1, a.box.x2, a.box.y2]]
            for a in labels.annotations.values()
        ),
        "standings": sorted([i, str(standing)] for i, standing in labels.standings.items()),
    }


class Annotator:
    """A hand that does something else each time."""

    def __init__(self, project: Project, rng: random.Random) -> None:
        self.project, self.rng = project, rng
        self.writer = WriteQueue(project)
        self.model = SessionModel(self.writer, project.classes.all())
        self.model.edited.connect(self.tell)
        self.view = CanvasView(self.model)
        self.view.resize(640, 520)
        self.view.show()
        self.images = project.images.ids().tolist()

    def tell(self, labels: ImageLabels) -> None:
        line = {"t": time.monotonic(), **decided(labels)}
        os.write(1, orjson.dumps(line) + b"\n")

    def show(self) -> None:
        self.writer.flush()
        self.model.show(self.project.labels.load(self.rng.choice(self.images)))
        QApplication.processEvents()

    def point(self) -> QPoint:
        labels = self.model.labels
        assert labels is not None
        point = QPointF(self.rng.uniform(0, labels.width), self.rng.uniform(0, labels.height))
        return self.view.viewportTransform().map(point).toPoint()

    def drag(self) -> None:
        port, button, keys = self.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        start, end = self.point(), self.point()
        QTest.mousePress(port, button, keys, start)
        QTest.mouseMove(port, (start + end) / 2)
        QTest.mouseMove(port, end)
        QTest.mouseRelease(port, button, keys, end)

    def act(self) -> None:
        model, rng = self.model, self.rng
        acts = (
            self.drag, self.draw, self.draw, self.show, model.undo, model.redo,
            lambda: commands.next_doubtful(model), lambda: commands.accept_selected(model),
            lambda: commands.set_class(model, rng.randint(1, 3)), lambda: commands.nudge(model, rng.randint(-9, 9), 1),
            lambda: commands.accept_all(model), lambda: commands.reject_or_delete_selected(model),
            lambda: commands.skip(model, "blurred"), lambda: commands.duplicate(model),
        )  # fmt: skip
        rng.choice(acts)()

    def draw(self) -> None:
        self.view.tool = "draw"
        self.drag()
        self.view.tool = "select"


def main() -> None:
    folder, seed = sys.argv[1:3]
    app = QApplication([])
    annotator = Annotator(Project.open_for_writing(Path(folder)), random.Random(int(seed)))
    annotator.show()
    while True:
        annotator.act()
        app.processEvents()
        QTest.qWait(annotator.rng.randint(0, LONGEST_PAUSE_MS))


if __name__ == "__main__":
    main()
