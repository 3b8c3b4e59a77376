"""Trial of a detector file in each way that it may be meant, on one image of the project, with its boxes drawn."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.class_lists import numbers
from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.image import Image
from boxwright.domain.messages import Message
from boxwright.domain.prediction import Detections
from boxwright.services.child import Job
from boxwright.services.detectors.admission import images_all_over, read_small
from boxwright.services.importing.pictures import picture
from boxwright.services.importing.preview import Sample
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.readings import CardOption

_TRIED_IMAGES = 6
_MOST_BOXES = 12
# Boxes surer than this are shown, and where none is, the surest few.
_SURE, _FLOOR, _FEW = 0.25, 0.05, 5
# Labels of a file that does not even tell how many classes it has.
_MOST_CLASSES = 1000
_UNHURT = Message("nothing was changed; say it in the card or with an option of the command instead")


@dataclass(frozen=True)
class ReadingResult:
    """Picture of one reading. `said`: points of a card. `picture`: a PNG with the boxes, empty where `problem` tells
    why not."""

    words: str
    said: Mapping[str, Any]
    picture: bytes
    boxes: int
    problem: str


@dataclass(frozen=True)
class ReadingResults:
    """Pictures of all readings. `image`: the name of the image that was looked at, "" when the project has none that
    can be read."""

    image: str
    readings: tuple[ReadingResult, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "image": self.image,
            "readings": [
                {**r.__dict__, "said": dict(r.said), "picture": base64.b64encode(r.picture).decode()}
                for r in self.readings
            ],
        }

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> ReadingResults:
        readings = (ReadingResult(**{**r, "picture": base64.b64decode(r["picture"])}) for r in found["readings"])
        return ReadingResults(str(found["image"]), tuple(readings))


def read_in_ways(project: Project, file: Path, said: Mapping[str, Any], point: str) -> ReadingResults:
    """Run `file`, of which `said` is known, in each way that `point` may be meant. Raises ModelError when it cannot be
    opened at all."""
    from boxwright.inference.inspect import inspect_model
    from boxwright.inference.readings import ways

    images = _some_images(project)
    if not images:
        return ReadingResults("", ())
    told = dict(said)
    inspection = inspect_model(file, told)
    if not told.get("classes") and (inspection.card is None or not inspection.card.classes):
        # Numbers serve to look at boxes.
        told["classes"] = numbers(inspection.class_count or _MOST_CLASSES)
    tries = [_tried(file, told, way, images) for way in ways(point, inspection)]
    best = max(range(len(images)), key=lambda i: max((_surest(t.found[i]) for t in tries if t.found), default=0.0))
    image = images[best][0]
    return ReadingResults(image.path, tuple(_reading(project, image, best, one) for one in tries))


@dataclass(frozen=True)
class _Try:
    """What was found on each image one way, and the names of the classes; or why it could not be looked at."""

    way: CardOption
    found: list[Detections]
    names: tuple[str, ...]
    problem: str = ""


def _some_images(project: Project) -> list[tuple[Image, NDArray[np.uint8]]]:
    usable = (i for i in images_all_over(project, _TRIED_IMAGES) if i.usable and min(i.width, i.height) > 0)
    return [(image, pixels) for image in usable if (pixels := read_small(project, image)) is not None]


def _tried(file: Path, told: Mapping[str, Any], way: CardOption, images: list[tuple[Image, NDArray[np.uint8]]]) -> _Try:
    from boxwright.inference.cards import merged
    from boxwright.inference.detector import Detector
    from boxwright.inference.inspect import inspect_model

    try:
        card = inspect_model(file, merged(told, way.said)).usable_card()
        detector = Detector.open(file, card, "cpu")
        found = []
        for image, pixels in images:
            prepared = [detector.prepare(pixels, (image.width, image.height))]
            found += detector.finish(detector.run(prepared), prepared, _FLOOR)
    except BoxwrightError as error:
        return _Try(way, [], (), str(error))
    return _Try(way, found, card.classes)


def _surest(found: Detections) -> float:
    return float(found.scores[0]) if len(found) else 0.0


def _reading(project: Project, image: Image, at: int, one: _Try) -> ReadingResult:
    words, said = one.way.words, one.way.said
    if one.problem:
        return ReadingResult(words, said, b"", 0, one.problem)
    boxes = one.found[at]
    sure = int((boxes.scores >= _SURE).sum())
    shown = min(sure or _FEW, _MOST_BOXES, len(boxes))
    drawn = tuple(
        ((float(b[0]), float(b[1]), float(b[2]), float(b[3])), int(label), float(score))
        for b, label, score in zip(boxes.boxes[:shown], boxes.labels[:shown], boxes.scores[:shown])
    )
    sample = Sample(image.path, str(project.images.file(image.id)), image.width, image.height, drawn)
    return ReadingResult(words, said, picture(sample, one.names), shown, "")


def start_readings(
    project: Path,
    file: Path,
    said: Mapping[str, Any],
    point: str,
    on_done: Callable[[ReadingResults], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """`read_in_ways` in a child process with limits. The callbacks run on the job's thread; `on_error` gets `Cancelled`
    after `Job.cancel()`. Raises `JobFailed` when no process can be started."""

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(Cancelled("Stopped; nothing was changed."))
        else:
            on_done(ReadingResults.from_json(result))

    arguments = {"project": str(project), "file": str(file), "said": dict(said), "point": point}
    return Job("readings", arguments, lambda _event, _folder: None, done, on_error, _UNHURT)
