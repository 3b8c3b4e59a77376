"""Prediction on files and folders by a detector, outside any project."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import BoxwrightError, FormatError
from boxwright.domain.prediction import Detections
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.domain.suppression import Suppression
from boxwright.services.images.walk import Walk, walk
from boxwright.services.prelabelling.pipeline import Outcome, PipelineImage, detect_all, workers_for

if TYPE_CHECKING:
    from boxwright.inference.card_checks import CardFields
    from boxwright.inference.detector import Detector


# Pixels of the longer side, as much as a detector's input has.
_LOOKED_AT = 640


@dataclass
class PredictResult:
    """Result of a prediction.

    `results`: COCO results, each with `file_name` (relative to the folder given), `category` and `probs` besides.
    `problems`: path and why it could not be read.
    """

    images: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0


def open_file(
    file: Path, said: CardFields | None = None, device: str = "auto", images: Sequence[tuple[Path, str]] = ()
) -> Detector:
    """The detector in `file`, opened so that several images can be in inference at once. `said`: points of a card.
    `images`: what `find_images` found, to look at where the file does not tell how it is to be read.

    Raises ModelError.
    """
    from boxwright.inference.detector import Detector
    from boxwright.inference.inspect import inspect_model
    from boxwright.inference.session import usable_cores

    card = inspect_model(file, said, _pixels(images)).settled_card()
    return Detector.open(file, card, device, workers_for("CPU", usable_cores()).threads)


def _pixels(images: Sequence[tuple[Path, str]]) -> Iterator[NDArray[np.uint8]]:
    from boxwright.imaging.read import read_image

    for path, _ in images:
        try:
            yield read_image(path, _LOOKED_AT)
        except BoxwrightError:
            continue


def find_images(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each image below `paths` once, with its name relative to the folder given. Raises FormatError for a path that is
    not there, and when there is no image at all."""
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_file():
            found.setdefault(path, path.name)
        elif path.is_dir():
            for file in walk(path, lambda _: False, Walk()):
                found.setdefault(file, file.relative_to(path).as_posix())
        else:
            raise FormatError(f"{path} is not there; give image files or folders of them.")
    if not found:
        raise FormatError(f"There is no image in {', '.join(map(str, paths))}; give image files or folders of them.")
    return list(found.items())


def predict_images(
    detector: Detector,
    images: Sequence[tuple[Path, str]],
    conf: float,
    suppression: Suppression,
    image_ids: dict[str, int] | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> PredictResult:
    """Detect on every (path, name). conf: 0..1. image_ids: name -> the `image_id` to write; an image that is not
    in it, and every one without it, gets the number in its name or else its position from 1."""
    from boxwright.inference.session import usable_cores

    result, began = PredictResult(), time.monotonic()
    numbers = _numbers([name for _, name in images], image_ids or {})
    outcomes = detect_all(detector, _sources(images), workers_for(detector.device, usable_cores()), conf, suppression)
    try:
        for (path, name), number, outcome in zip(images, numbers, outcomes):
            check(should_stop)
            result.images += 1
            _take(result, outcome, str(path), {"image_id": number, "file_name": name}, detector.card.classes)
            result.seconds = time.monotonic() - began
            report(Progress(result.images, len(images), per_second=result.images / max(result.seconds, 1e-6)))
    finally:
        outcomes.close()
    return result


def _sources(images: Sequence[tuple[Path, str]]) -> Iterator[PipelineImage]:
    # Without a known size the picture is decoded whole.
    return (PipelineImage(i, path.parent, path, 0, 0) for i, (path, _) in enumerate(images))


def _numbers(names: Sequence[str], known: dict[str, int]) -> list[int]:
    """The images' ids: those known, then the numbers that are all of a name, unless two names hold the same."""
    stems = [Path(name).stem for name in names]
    own = [int(stem) for stem in stems if stem.isascii() and stem.isdigit()]
    if known or len(own) != len(names) or len(set(own)) != len(own):
        free = max(known.values(), default=0)
        return [known.get(name, known.get(Path(name).name, free + i)) for i, name in enumerate(names, start=1)]
    return own


def _take(result: PredictResult, outcome: Outcome, path: str, about: dict[str, Any], classes: tuple[str, ...]) -> None:
    if outcome.detections is None:
        result.problems.append((path, outcome.problem or "cannot be read"))
    else:
        result.results += [{**about, **box} for box in coco_boxes(outcome.detections, classes)]


def coco_boxes(found: Detections, classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """One image's boxes as COCO results: `category_id` is the index of the class from 0, `bbox` x, y, width, height."""
    probs = np.round(found.probs.astype(np.float64), 6).tolist()
    rows = zip(found.boxes.tolist(), found.scores.tolist(), found.labels.tolist(), probs, strict=True)
    return [
        {
            "category_id": label,
            "category": classes[label],
            "bbox": [round(x1, 3), round(y1, 3), round(x2 - x1, 3), round(y2 - y1, 3)],
            "score": round(score, 6),
            "probs": vector,
            "kind": str(found.kind),
        }
        for (x1, y1, x2, y2), score, label, vector in rows
    ]
