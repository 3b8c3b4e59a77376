"""A small labelled project, and what a retraining of it tells, for tests of the turn."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.colours import CLASSES, PICTURE, make_pool, write_detector
from tests.conftest import REPOSITORY
from tests.puppet_trainer import install

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.image import ImageState, Split
from boxwright.services.child import Job
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import RetrainEvent, RetrainResult
from boxwright.services.retraining.run import start_retrain

COLOURS = ((204, 51, 0), (0, 204, 51), (51, 0, 204))
MIDDLE = Box(PICTURE / 4, PICTURE / 4, PICTURE * 3 / 4, PICTURE * 3 / 4)


def use_puppets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on child processes find the trainers of `tests.puppet_trainer`."""
    paths = [str(install(folder)), str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))


def label(project: Project, image_id: int, class_id: int | None = None) -> None:
    """As a person who sees the picture would, or with that class; an odd class makes a wrong label."""
    if class_id is None:
        class_id = 1 + (image_id - 1) % len(CLASSES)
    edits = [add(drawn(MIDDLE, class_id)), set_state(project.labels.load(image_id), ImageState.LABELED, EditKind.OTHER)]
    project.labels.apply(image_id, combined(EditKind.DRAW_BOX, edits))


def labelled_pool(folder: Path, train: int = 6, validation: int = 3, unlabeled: int = 3) -> Project:
    """Pictures that are red, green, blue in turn; the first `train` of them labelled, the next `validation` labelled
    and set aside for measuring, the others untouched. The active detector is right on all of them."""
    count = train + validation + unlabeled
    project = make_pool(folder, [COLOURS[i % 3] for i in range(count)])
    for image_id in range(1, train + validation + 1):
        label(project, image_id)
    project.images.set_split(range(train + 1, train + validation + 1), Split.VALIDATION)
    return project


def good(folder: Path) -> str:
    return str(write_detector(folder / "good.onnx"))


def bad(folder: Path) -> str:
    """Its box is half beside the thing."""
    return str(write_detector(folder / "bad.onnx", middle=(22, 16)))


def asked(detector: str, trainer: str = "puppet", time_limit: float | None = None, **options: Any) -> RetrainRequest:
    return RetrainRequest(
        trainer, device="cpu", threads=1, time_limit=time_limit, options={"detector": detector, **options}
    )


def state_of(project: Project) -> Mapping[str, Any]:
    """What a retraining that came to nothing must leave as it was: detectors, labels, rounds, files of `models`."""
    ids = project.images.ids().tolist()
    return {
        "models": project.models.all(),
        "labels": project.labels.annotations(ids),
        "states": [image.state for image in project.images.many(ids)],
        "rounds": project.rounds.all(),
        "files": sorted(path.relative_to(project.folder) for path in (project.folder / "models").rglob("*")),
    }


class Ending:
    """Collects the callbacks of a job."""

    def __init__(self, at_event: Callable[[RetrainEvent], None] = lambda _: None) -> None:
        self.events: list[RetrainEvent] = []
        self.results: list[RetrainResult | None] = []
        self.errors: list[BoxwrightError] = []
        self.arrived = threading.Event()
        self._at_event = at_event

    def start(self, project: Project, queue: WriteQueue, request: RetrainRequest) -> Job:
        return start_retrain(project, queue, request, self._on_event, self.results.append, self.errors.append)

    def _on_event(self, event: RetrainEvent) -> None:
        self.events.append(event)
        self._at_event(event)

    @property
    def result(self) -> RetrainResult:
        assert not self.errors, self.errors
        assert len(self.results) == 1
        assert self.results[0] is not None
        return self.results[0]
