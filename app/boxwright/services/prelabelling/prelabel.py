"""Pre-labelling of a pool: the detector's boxes on every image that nobody has labelled yet."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.domain.model import Model
from boxwright.domain.prediction import ImagePredictions
from boxwright.domain.progress import Progress, Report, ShouldStop, ignore, never
from boxwright.imaging.probe import out_of_reach
from boxwright.sampling.scores import pool_scores
from boxwright.services.detectors.feature_model import feature_model, give_up_features, store_features
from boxwright.services.detectors.use import mapped as mapped_boxes
from boxwright.services.prelabelling.detect import run_plan
from boxwright.services.prelabelling.plan import begin, plan_of, suppression_of
from boxwright.services.prelabelling.prediction_file import PredictionChunk
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector
    from boxwright.services.prelabelling.undo import ReplacedPredictions

RATE_SECONDS = 10.0


@dataclass(frozen=True)
class PrelabelResult:
    """Result of a run.

    One run. `predicted` images got pre-labels, `empty` of them without any box; `kept` were left alone because a
    person has touched them; `already` had been done before. `replaced`: what it replaced, where it looked at chosen
    images again. `features_note`: why images could not be given features to compare them by, "" when nothing is
    missing. `dropped`: boxes per model class that no project class stands for. `problems`: image id and why it could
    not be read. `stopped`: the person ended it before the end.
    """

    model_id: int
    device: str = ""
    device_note: str = ""
    features_note: str = ""
    predicted: int = 0
    empty: int = 0
    boxes: int = 0
    kept: int = 0
    already: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[tuple[int, str], ...] = ()
    seconds: float = 0.0
    stopped: bool = False
    replaced: ReplacedPredictions | None = None

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
    plan = plan_of(project, model)
    tally = PrelabelTally(model, plan.already)
    if not plan.total:
        return tally.result()
    speed = Speed(plan.total, report)

    def started(detector: Detector) -> None:
        begin(project, model, detector.offers_features if plan.asks else None)
        tally.runs_on(detector.device, detector.device_note)

    def no_features(error: ModelError) -> None:
        give_up_features(project)
        tally.features_note = features_failed(str(error))

    for images, chunk in run_plan(project, plan, device, should_stop, started, no_features):
        tally.add(commit_chunk(project, model, chunk))
        speed.add(images)
    tally.stopped = speed.done < len(plan.todo)
    compact(project, model)
    return tally.result()


def features_failed(error: str) -> str:
    """What a person is told when only the features are missing."""
    return Message("{0} Its features were left out; the pre-labels are complete. Remove it if it is of no use.", error)


def compact(project: Project, model: Model) -> None:
    """Many small blocks become few, after a run."""
    project.scores.compact(model.id)
    if (source := feature_model(project)) is not None:
        project.features.compact(source.id)


@dataclass(frozen=True)
class Committed:
    """Changes by one chunk. `dropped` by the model's class index."""

    predicted: int
    empty: int
    boxes: int
    kept: int
    dropped: Mapping[int, int]
    problems: tuple[tuple[int, str], ...]


def commit_chunk(project: Project, model: Model, chunk: PredictionChunk) -> Committed:
    """Store pre-labels, scores and unreadable images of a chunk in one transaction."""
    rule = suppression_of(project)
    mapped = [(i, mapped_boxes(model.card.classes, model.class_map, found, rule)) for i, found in chunk.found]
    with project.transaction():
        replaced = project.predictions.replace(model.id, [ImagePredictions(i, found) for i, found in mapped])
        if mapped:
            ids, detections = zip(*mapped)
            project.scores.append(model.id, pool_scores(ids, detections, model.card.kind))
        if chunk.features is not None:
            store_features(project, chunk.features)
        for image_id, problem in chunk.problems:
            # What an outage hides is no damage: the next run looks at it again.
            if not out_of_reach(problem):
                project.images.mark_problem(image_id, problem)
    kept = set(replaced.kept)
    dropped: Counter[int] = Counter()
    for i, said in chunk.found:
        if i not in kept:
            dropped += Counter(label for label in said.labels.tolist() if label not in model.class_map)
    return Committed(
        predicted=len(mapped) - len(kept),
        empty=sum(not len(found) for i, found in mapped if i not in kept),
        boxes=replaced.boxes,
        kept=len(kept),
        dropped=dropped,
        problems=chunk.problems,
    )


class PrelabelTally:
    """Sum of committed chunks to a `PrelabelResult`."""

    def __init__(self, model: Model, already: int) -> None:
        self._model = model
        self._already = already
        self._device = self._note = ""
        self._chunks: list[Committed] = []
        self._dropped: Counter[int] = Counter()
        self._began = time.perf_counter()
        self.stopped = False
        self.features_note = ""

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
            self.features_note,
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
    """Progress reports with the rate of the last `RATE_SECONDS`, so that a slow start does not spoil the time left."""

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
