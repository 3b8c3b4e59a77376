"""A small project on disk, ready to be labelled, for tests of the hand of the annotator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.labels import ImageLabels
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

WIDTH, HEIGHT = 400, 300
CLASSES = ("fish", "shark", "starfish")

Found = tuple[tuple[float, float, float, float], tuple[float, float, float]]
"""A box and its class vector."""

FOUND: tuple[Found, ...] = (
    ((40, 40, 120, 100), (0.9, 0.05, 0.02)),
    ((200, 50, 300, 150), (0.1, 0.6, 0.5)),
    ((60, 180, 160, 280), (0.3, 0.29, 0.28)),
    ((300, 200, 340, 240), (0.05, 0.1, 0.12)),
)
"""Four pre-labels: sure, torn between two, torn between three, and one under the usual threshold."""


def make_project(folder: Path, images: int = 2, found: Sequence[Found] = FOUND) -> Project:
    """`images` of WIDTH x HEIGHT with ids from 1, the classes with ids 1, 2, 3, and `found` on every image."""
    project = Project.create(folder, CLASSES)
    with project.transaction():
        project.store.write("INSERT INTO root(name, folder) VALUES ('images', ?)", [str(folder)])
        for i in range(images):
            project.store.write(
                "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) VALUES (1,?,?,?,?,1,1)",
                [f"{i:03}.png", WIDTH, HEIGHT, f"{i:032}"],
            )
        card = DetectorCard("yolov8", ProbKind.SIGMOID, CLASSES, InputSpec(320, 320))
        model = project.models.add("finder", "models/finder.onnx", "0" * 64, card, {0: 1, 1: 2, 2: 3})
        project.models.activate(model.id)
        project.predictions.replace(model.id, [ImagePredictions(i + 1, _detections(found)) for i in range(images)])
    return project


def _detections(found: Sequence[Found]) -> Detections:
    probs = np.array([p for _, p in found], dtype=np.float32).reshape(-1, len(CLASSES))
    return Detections(
        boxes=np.array([b for b, _ in found], dtype=np.float32).reshape(-1, 4),
        scores=probs.max(axis=1, initial=0),
        labels=probs.argmax(axis=1).astype(np.int64),
        probs=probs,
        kind=ProbKind.SIGMOID,
        best_raw=float(probs.max(initial=0)),
    )


@dataclass
class Desk:
    """An open project with its writer."""

    project: Project
    writer: WriteQueue

    def stored(self, image_id: int = 1) -> ImageLabels:
        """What a fresh reader finds on disk once everything submitted so far is written."""
        assert self.writer.flush()
        with Project.open(self.project.folder, read_only=True) as reader:
            return reader.labels.load(image_id)

    def close(self) -> None:
        self.writer.close()
        self.project.close()


@contextmanager
def desk_on(folder: Path) -> Iterator[Desk]:
    """A desk on a new project in `folder`."""
    project = make_project(folder)
    desk = Desk(project, WriteQueue(project))
    yield desk
    desk.close()


def judged(labels: ImageLabels | None) -> tuple[object, ...]:
    """All that a person decided about an image, for comparing memory with disk."""
    assert labels is not None
    return dict(labels.annotations), dict(labels.standings), labels.state, labels.skip_reason
