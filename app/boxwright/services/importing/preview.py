"""Preview of an import: what it would bring, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from boxwright.domain.image import Image
from boxwright.domain.names import ByName
from boxwright.domain.progress import Report, ShouldStop
from boxwright.formats.base import FormatGuess
from boxwright.formats.dataset import Boxes, Dataset, DatasetImage, Problem
from boxwright.services.importing.classes import new_names
from boxwright.services.importing.columns import fitted
from boxwright.services.importing.orientation import turned_photos
from boxwright.services.importing.pool_index import PoolIndex, match
from boxwright.services.importing.read import ReadDataset
from boxwright.services.importing.result import by_kind
from boxwright.services.project.project import Project

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class ClassPreview:
    """Class in the preview.

    `boxes` of the class in the dataset. `becomes`: its name in the project, "" when it is left out; `new`: the
    project has no class of that name yet.
    """

    name: str
    boxes: int
    becomes: str
    new: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """Image in the preview with its boxes as they would be stored: corners in pixels of the upright image `width` x
    `height`, the index of the class, a score or None."""

    path: str
    file: str
    width: int
    height: int
    boxes: tuple[tuple[tuple[float, float, float, float], int, float | None], ...]


@dataclass(frozen=True)
class Preview:
    """Preview of an import.

    `known`: images of the dataset that are in the pool; `new`: on disk and to be added; `missing`: neither,
    `doubtful` of these have the name of one image of the pool in another folder. `conflicts`: known ones that a person
    has labelled, begun or skipped. `scored`: boxes with a detector's score.
    """

    path: str
    format: str
    guesses: tuple[FormatGuess, ...]
    images: int = 0
    boxes: int = 0
    empty: int = 0
    unlabeled: int = 0
    scored: int = 0
    known: int = 0
    new: int = 0
    missing: int = 0
    doubtful: int = 0
    turned: int = 0
    conflicts: int = 0
    splits: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[ClassPreview, ...] = ()
    samples: tuple[Sample, ...] = ()
    problems: tuple[Problem, ...] = ()

    def by_kind(self) -> dict[str, list[Problem]]:
        """The flaws, like ones together, the most frequent kind first."""
        return by_kind(self.problems)

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Preview:
        """What `to_json` gave."""
        made = {
            "guesses": tuple(FormatGuess(**guess) for guess in data["guesses"]),
            "classes": tuple(ClassPreview(**known) for known in data["classes"]),
            "samples": tuple(Sample(**sample) for sample in data["samples"]),
            "problems": tuple(Problem(**problem) for problem in data["problems"]),
        }
        return cls(**{**data, **made})


def preview_of(
    project: Project, read: ReadDataset, class_map: Mapping[str, str], report: Report, should_stop: ShouldStop
) -> Preview:
    """Look the dataset over beside what `project` has; neither is changed."""
    dataset = read.dataset
    places = match(PoolIndex(project), dataset.images, report, should_stop)
    ids = [place.image_id for place in places]
    labeled = [item for item in dataset.images if item.labeled]
    known = sorted({i for i in ids if i is not None})
    splits: dict[str, int] = {}
    for item in dataset.images:
        name = "none" if item.split is None else str(item.split)
        splits[name] = splits.get(name, 0) + 1
    return Preview(
        path=str(read.path),
        format=read.format,
        guesses=read.guesses,
        images=len(dataset.images),
        boxes=dataset.box_count,
        empty=sum(not len(item.boxes) and not item.refused for item in labeled),
        unlabeled=len(dataset.images) - len(labeled),
        scored=sum(item.scored for item in labeled),
        known=sum(i is not None for i in ids),
        new=sum(i is None and item.file is not None for i, item in zip(ids, dataset.images, strict=True)),
        missing=sum(i is None and item.file is None for i, item in zip(ids, dataset.images, strict=True)),
        doubtful=sum(len(place.near) == 1 for place in places),
        turned=turned_photos(
            (item, item.file or project.images.file(i or 0))
            for item, i in zip(dataset.images, ids, strict=True)
            if item.labeled and (item.file is not None or i is not None)
        ),
        conflicts=len(known) - len(project.labels.open_ids(known)),
        splits=splits,
        classes=_classes(project, dataset, class_map),
        samples=tuple(_samples(project, dataset, ids)),
        problems=tuple(read.problems),
    )


def _classes(project: Project, dataset: Dataset, class_map: Mapping[str, str]) -> tuple[ClassPreview, ...]:
    counts = np.zeros(len(dataset.classes), np.int64)
    for item in dataset.images:
        boxes = item.boxes if isinstance(item.boxes, Boxes) else Boxes(item.boxes)
        found = np.bincount(boxes.columns()[1])
        counts[: len(found)] += found
    present = ByName((c.name, c.id) for c in project.classes.all())
    names = new_names(dataset.classes, class_map)
    return tuple(
        ClassPreview(known.name, count, name, bool(name) and present.find(name) is None)
        for known, count, name in zip(dataset.classes, counts.tolist(), names, strict=True)
    )


def _samples(project: Project, dataset: Dataset, ids: Sequence[int | None]) -> list[Sample]:
    """Images from all over the dataset, those with boxes first."""
    places = [i for i, item in enumerate(dataset.images) if ids[i] is not None or item.file is not None]
    filled = [i for i in places if len(dataset.images[i].boxes)]
    chosen = filled or places
    spread = np.linspace(0, len(chosen) - 1, min(SAMPLES, len(chosen))).astype(int).tolist()
    found = (_sample(project, dataset.images[chosen[i]], ids[chosen[i]]) for i in dict.fromkeys(spread))
    return [sample for sample in found if sample is not None]


def _sample(project: Project, item: DatasetImage, image_id: int | None) -> Sample | None:
    """None for an image that cannot be read."""
    from boxwright.imaging.probe import probe

    file = item.file if item.file is not None else project.images.file(image_id or 0)
    seen = probe(file)
    if seen.problem is not None:
        return None
    image = Image(image_id or 0, "", item.path, seen.width, seen.height)
    columns = fitted([(image, item)], [], lambda _: file)
    scores = [None if np.isnan(score) else float(score) for score in columns.scores]
    boxes = tuple(
        ((x1, y1, x2, y2), label, score)
        for (x1, y1, x2, y2), label, score in zip(
            columns.corners.tolist(), columns.labels.tolist(), scores, strict=True
        )
    )
    return Sample(item.path, str(file), image.width, image.height, boxes)
