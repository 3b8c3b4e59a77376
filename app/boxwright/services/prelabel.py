"""Lay the detector's guess on every image that nobody has labelled yet."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.image import ImageState
from boxwright.domain.model import Model
from boxwright.domain.prediction import ImagePredictions
from boxwright.domain.progress import Progress, Report, ShouldStop, ignore, never
from boxwright.domain.scores import BOX_FLOOR
from boxwright.domain.suppression import Suppression
from boxwright.sampling.scores import pool_scores
from boxwright.services.chunks import Chunk, chunk_of
from boxwright.services.first_looks import most_uncertain_first
from boxwright.services.models import open_detector
from boxwright.services.pipeline import Outcome, Source, detect_all, workers_for
from boxwright.services.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector

# Images in one transaction: what a killed run loses at most, and what a window's writer does in one go.
CHUNK_IMAGES = 32
LOOKED_UP = 1_000
SUPPRESSION_KEY = "suppression"
RATE_SECONDS = 10.0


@dataclass(frozen=True)
class PrelabelResult:
    """One run. `predicted` images got pre-labels, `empty` of them without any box; `kept` were left alone because a
    person has touched them; `already` had been done before. `dropped`: boxes per model class that no project class
    stands for. `problems`: image id and why it could not be read. `stopped`: the person ended it before the end."""

    model_id: int
    device: str = ""
    device_note: str = ""
    predicted: int = 0
    empty: int = 0
    boxes: int = 0
    kept: int = 0
    already: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[tuple[int, str], ...] = ()
    seconds: float = 0.0
    stopped: bool = False

    @property
    def per_second(self) -> float:
        """Images a second, 0 when none was read."""
        done = self.predicted + self.kept
        return done / self.seconds if self.seconds > 0 else 0.0


def prelabel(
    project: Project,
    model: Model,
    device: str = "auto",
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> PrelabelResult:
    """Run `model` on every unlabelled image it has not seen and store boxes and scores, a chunk at a time; a run that
    was stopped or killed goes on from its last chunk. An unreadable image is marked and stepped over. An image that a
    person has touched keeps what it has. Raises `ModelError`, `ReadOnlyProject`."""
    project.require_writable()
    todo, already = to_do(project, model)
    tally = Tally(model, already)
    if not len(todo):
        return tally.result()
    detector = open_for_pipeline(project, model, device)
    begin(project, model)
    tally.runs_on(detector.device, detector.device_note)
    speed = Speed(len(todo), report)
    for chunk in detect_chunks(project, detector, todo, should_stop):
        tally.add(commit_chunk(project, model, chunk))
        speed.add(len(chunk))
    tally.stopped = speed.done < len(todo)
    project.scores.compact(model.id)
    return tally.result()


def to_do(project: Project, model: Model) -> tuple[NDArray[np.int64], int]:
    """Ids of the images to run on, int64, those that another detector was unsure of first, and how many unlabelled
    ones the model has seen already."""
    unlabeled = project.images.ids(state=ImageState.UNLABELED)
    seen = np.zeros(0, np.int64)
    if not _outdated(project, model):
        # A touched image gets no pre-labels, so only its scores tell that it was done.
        seen = np.union1d(project.predictions.predicted_ids(model.id), project.scores.read(model.id, []).image_ids)
    todo = np.setdiff1d(unlabeled, seen, assume_unique=True)
    return most_uncertain_first(project, model, todo), len(unlabeled) - len(todo)


def begin(project: Project, model: Model) -> None:
    """Note what the pre-labels are made with, before the first is stored. What was made otherwise, with another class
    map or suppression, is made again: boxes may be missing from it, or belong to a class that is no longer meant."""
    with project.transaction():
        if _outdated(project, model):
            project.predictions.outdate(model.id)
            project.scores.clear(model.id)
        project.settings[_made_with_key(model)] = _made_with(project, model)


def _outdated(project: Project, model: Model) -> bool:
    stored: object = project.settings.get(_made_with_key(model))
    return stored is not None and stored != _made_with(project, model)


def _made_with_key(model: Model) -> str:
    return f"prelabels_of_model_{model.id}"


def _made_with(project: Project, model: Model) -> dict[str, object]:
    class_map = {str(label): class_id for label, class_id in sorted(model.class_map.items())}
    return {"floor": BOX_FLOOR, **asdict(suppression_of(project)), "class_map": class_map}


def suppression_of(project: Project) -> Suppression:
    """What the project's pre-labels are made with, whether a command or the window makes them."""
    return Suppression(**project.settings.get(SUPPRESSION_KEY, {}))


def set_suppression(project: Project, suppression: Suppression) -> None:
    """From now on; pre-labels that were made otherwise are made again by the next `prelabel`."""
    with project.transaction():
        project.settings[SUPPRESSION_KEY] = asdict(suppression)


def open_for_pipeline(project: Project, model: Model, device: str) -> Detector:
    """The detector with as many threads for one image as the pipeline leaves it."""
    from boxwright.inference.session import usable_cores

    return open_detector(project, model, device, workers_for("CPU", usable_cores()).threads)


def detect_chunks(
    project: Project, detector: Detector, image_ids: NDArray[np.int64], should_stop: ShouldStop
) -> Iterator[Chunk]:
    """What the detector finds, `CHUNK_IMAGES` images at a time; the last may be smaller. Ends early when asked to."""
    from boxwright.inference.session import usable_cores

    workers = workers_for(detector.device, usable_cores())
    outcomes: list[Outcome] = []
    found = detect_all(detector, _sources(project, image_ids), workers, BOX_FLOOR, suppression_of(project))
    try:
        for outcome in found:
            outcomes.append(outcome)
            if should_stop():
                break
            if len(outcomes) == CHUNK_IMAGES:
                yield chunk_of(outcomes)
                outcomes = []
    finally:
        found.close()
    if outcomes:
        yield chunk_of(outcomes)


@dataclass(frozen=True)
class Committed:
    """What one chunk changed. `dropped` by the model's class index."""

    predicted: int
    empty: int
    boxes: int
    kept: int
    dropped: Mapping[int, int]
    problems: tuple[tuple[int, str], ...]


def commit_chunk(project: Project, model: Model, chunk: Chunk) -> Committed:
    """Store pre-labels, scores and unreadable images of a chunk in one transaction."""
    mapped = [(i, found.only(found.mapped(model.class_map))) for i, found in chunk.found]
    with project.transaction():
        replaced = project.predictions.replace(model.id, [ImagePredictions(i, found) for i, found in chunk.found])
        if mapped:
            ids, detections = zip(*mapped)
            project.scores.append(model.id, pool_scores(ids, detections, model.card.kind))
        for image_id, problem in chunk.problems:
            project.images.mark_problem(image_id, problem)
    kept = set(replaced.kept)
    return Committed(
        predicted=len(mapped) - len(kept),
        empty=sum(not len(found) for i, found in mapped if i not in kept),
        boxes=replaced.boxes,
        kept=len(kept),
        dropped=replaced.dropped,
        problems=chunk.problems,
    )


class Tally:
    """Adds up committed chunks to a `PrelabelResult`."""

    def __init__(self, model: Model, already: int) -> None:
        self._model = model
        self._already = already
        self._device = self._note = ""
        self._chunks: list[Committed] = []
        self._dropped: Counter[int] = Counter()
        self._began = time.perf_counter()
        self.stopped = False

    def runs_on(self, device: str, note: str) -> None:
        self._device, self._note = device, note
        self._began = time.perf_counter()

    def add(self, part: Committed) -> None:
        self._chunks.append(part)
        self._dropped.update(part.dropped)

    def result(self) -> PrelabelResult:
        names = self._model.card.classes
        return PrelabelResult(
            self._model.id,
            self._device,
            self._note,
            predicted=sum(c.predicted for c in self._chunks),
            empty=sum(c.empty for c in self._chunks),
            boxes=sum(c.boxes for c in self._chunks),
            kept=sum(c.kept for c in self._chunks),
            already=self._already,
            dropped={names[i] if i < len(names) else str(i): n for i, n in self._dropped.most_common()},
            problems=tuple(p for c in self._chunks for p in c.problems),
            seconds=time.perf_counter() - self._began,
            stopped=self.stopped,
        )


class Speed:
    """Reports progress with the rate of the last `RATE_SECONDS`, so that a slow start does not spoil the time left."""

    def __init__(self, total: int, report: Report, what: str = "") -> None:
        self.done = 0
        self._total = total
        self._report = report
        self._what = what
        self._marks: deque[tuple[float, int]] = deque([(time.perf_counter(), 0)])
        report(Progress(0, total, what))

    def add(self, count: int) -> None:
        now = time.perf_counter()
        self.done += count
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[0][0] > RATE_SECONDS:
            self._marks.popleft()
        since, before = self._marks[0]
        rate = (self.done - before) / (now - since) if now > since else 0.0
        self._report(Progress(self.done, self._total, self._what, rate))


def _sources(project: Project, image_ids: NDArray[np.int64]) -> Iterator[Source]:
    """In the order of `image_ids`, looked up a thousand at a time."""
    roots = {root.name: root.folder for root in project.roots.all()}
    for start in range(0, len(image_ids), LOOKED_UP):
        for image in project.images.many(image_ids[start : start + LOOKED_UP].tolist()):
            root = roots[image.root]
            yield Source(image.id, root, root / image.path, image.width, image.height)
