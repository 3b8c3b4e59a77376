"""Survey of a detector: what it finds on a few images, and how much of that helps whatever its classes are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import iou_matrix
from boxwright.domain.class_lists import numbers
from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import Message, joined, plural
from boxwright.domain.prediction import Detections
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.services.child import Event, Job
from boxwright.services.detectors.admission import project_pictures
from boxwright.services.detectors.registry import chosen_model, open_detector
from boxwright.services.detectors.use import only_best
from boxwright.services.prelabelling.pipeline import PipelineImage, detect_all, workers_for
from boxwright.services.prelabelling.plan import suppression_of
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector

SURVEY_IMAGES = 20
LABELLED_IMAGES = 10
"""As many of them as there are have boxes of a person, to compare with."""
SURE, FAINT = 0.25, 0.05
MATCHED = 0.5
"""IoU from which a box is about a true one."""
# Labels of a file that does not even tell how many classes it has.
_MOST_CLASSES = 1000
_UNHURT = Message("nothing was changed")


@dataclass(frozen=True)
class FoundClass:
    """Class of a detector that was found: `boxes` with a score of at least `SURE` on `images`."""

    label: int
    boxes: int
    images: int


@dataclass(frozen=True)
class TrueBox:
    """Box of a person: its class, the detector's labels of the boxes on it (IoU of at least `MATCHED`) with a score of
    at least `SURE`, and whether any from `FAINT` on is on it."""

    class_id: int
    labels: tuple[int, ...]
    faint: bool


@dataclass(frozen=True)
class DetectorSurvey:
    """Survey on `images` images, of which `labelled` have boxes of a person, which are `truth`.

    `found`: most boxes first. `boxes`, `faint`: all boxes from `SURE` and from `FAINT` on, of those that overlap only
    the best. `astray`: of `boxes` those on labelled images that are on no true box. `names`: those of the detector's
    classes, none where nobody told them.
    """

    images: int
    found: tuple[FoundClass, ...]
    boxes: int
    faint: int
    labelled: int
    truth: tuple[TrueBox, ...]
    astray: int
    names: tuple[str, ...]

    @property
    def placed(self) -> int:
        """True boxes that a box is on, whatever it is called."""
        return sum(bool(t.labels) for t in self.truth)

    @property
    def faintly_placed(self) -> int:
        """As `placed`, from `FAINT` on."""
        return sum(t.faint for t in self.truth)

    def named(self, class_map: Mapping[int, int]) -> int:
        """True boxes that a box of the right class is on. `class_map` as in `Model`."""
        return sum(any(class_map.get(label) == t.class_id for label in t.labels) for t in self.truth)

    def of_class(self, class_id: int) -> int:
        """Of `placed` those of one class of the project."""
        return sum(bool(t.labels) and t.class_id == class_id for t in self.truth)

    def lies_on(self, label: int) -> tuple[int, int] | None:
        """The class of the project that boxes of `label` are most often on, and how often."""
        met = Counter(t.class_id for t in self.truth if label in t.labels)
        return met.most_common(1)[0] if met else None

    def to_json(self) -> dict[str, Any]:
        return {
            "images": self.images,
            "found": [[f.label, f.boxes, f.images] for f in self.found],
            "boxes": self.boxes,
            "faint": self.faint,
            "labelled": self.labelled,
            "truth": [[t.class_id, list(t.labels), t.faint] for t in self.truth],
            "astray": self.astray,
            "names": list(self.names),
        }

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> DetectorSurvey:
        """What `to_json` made."""
        truth = tuple(TrueBox(int(id_), tuple(labels), bool(faint)) for id_, labels, faint in said["truth"])
        found = tuple(FoundClass(*map(int, row)) for row in said["found"])
        counts = {key: int(said[key]) for key in ("images", "boxes", "faint", "labelled", "astray")}
        return DetectorSurvey(found=found, truth=truth, names=tuple(said["names"]), **counts)


def survey(
    project: Project,
    detector: Path | int,
    said: Mapping[str, Any] | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> DetectorSurvey:
    """Run a detector file, of which `said` is known, or the detector of the project with that number on up to
    `SURVEY_IMAGES` images of the project. Nothing is stored. Raises ModelError, ProjectError, Cancelled."""
    opened, names = _opened(project, detector, said or {})
    labelled, ids = _chosen(project)
    truth = project.labels.annotations(labelled)
    rule = suppression_of(project)
    tally = _Tally(rule.iou)
    files = [(image, project.images.file(image.id)) for image in project.images.many(ids)]
    sources = [PipelineImage(i.id, file.parent, file, i.width, i.height) for i, file in files]
    outcomes = detect_all(opened, sources, workers_for(opened.device, _cores()), FAINT, rule)
    try:
        for done, outcome in enumerate(outcomes, start=1):
            check(should_stop)
            if outcome.detections is not None:
                tally.add(outcome.detections, truth.get(outcome.image_id, []))
            report(Progress(done, len(sources)))
    finally:
        outcomes.close()
    return tally.survey(names)


def _cores() -> int:
    from boxwright.inference.session import usable_cores

    return usable_cores()


def _opened(project: Project, detector: Path | int, said: Mapping[str, Any]) -> tuple[Detector, tuple[str, ...]]:
    """On the CPU: starting a device takes longer than twenty images; and the names of its classes, which do not
    matter."""
    from boxwright.inference.detector import Detector
    from boxwright.inference.inspect import inspect_model

    threads = workers_for("CPU", _cores()).threads
    if isinstance(detector, int):
        model = chosen_model(project, detector)
        return open_detector(project, model, "cpu", threads), model.card.classes
    told = dict(said)
    inspection = inspect_model(detector, told, project_pictures(project))
    names = inspection.card.classes if inspection.card is not None else ()
    if inspection.card is not None and not names:
        told["classes"] = numbers(inspection.class_count or _MOST_CLASSES)
        inspection = inspect_model(detector, told, project_pictures(project))
    return Detector.open(detector, inspection.settled_card(), "cpu", threads), names


def _chosen(project: Project) -> tuple[list[int], list[int]]:
    """Ids of labelled images, and of these and others, both from all over the pool."""
    done = project.begun.done_ids(begun=True)
    boxed = [i for i, found in project.labels.annotations(done.tolist()).items() if found] if len(done) else []
    labelled = _spread(boxed, LABELLED_IMAGES)
    others = np.setdiff1d(project.images.ids(), labelled).tolist()
    return labelled, [*labelled, *_spread(others, SURVEY_IMAGES - len(labelled))]


def _spread(ids: Sequence[int], most: int) -> list[int]:
    return [ids[i] for i in np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int)] if ids else []


class _Tally:
    """Sum over images."""

    def __init__(self, iou: float) -> None:
        self._iou = iou
        self._images = self._boxes = self._faint = self._labelled = self._astray = 0
        self._by_label: Counter[int] = Counter()
        self._images_by_label: Counter[int] = Counter()
        self._truth: list[TrueBox] = []

    def add(self, found: Detections, truth: Sequence[Annotation]) -> None:
        sure = found.only(found.scores >= SURE)
        best = only_best(found, self._iou)
        best_sure = best.only(best.scores >= SURE)
        self._images += 1
        self._boxes += len(best_sure)
        self._faint += len(best)
        self._by_label.update(sure.labels.tolist())
        self._images_by_label.update(set(sure.labels.tolist()))
        if not truth:
            return
        self._labelled += 1
        true = np.array([a.box.array() for a in truth], np.float64)
        on_sure = iou_matrix(true, sure.boxes) >= MATCHED
        on_any = np.any(iou_matrix(true, found.boxes) >= MATCHED, axis=1).tolist()
        for annotation, hits, faint in zip(truth, on_sure, on_any, strict=True):
            labels = tuple(sorted(set(sure.labels[hits].tolist())))
            self._truth.append(TrueBox(annotation.class_id, labels, bool(faint)))
        self._astray += int(np.sum(~np.any(iou_matrix(best_sure.boxes, true) >= MATCHED, axis=1)))

    def survey(self, names: tuple[str, ...]) -> DetectorSurvey:
        found = tuple(
            FoundClass(label, boxes, self._images_by_label[label]) for label, boxes in self._by_label.most_common()
        )
        return DetectorSurvey(
            self._images, found, self._boxes, self._faint, self._labelled, tuple(self._truth), self._astray, names
        )


def start_survey(
    project: Path,
    detector: Path | int,
    said: Mapping[str, Any],
    on_progress: Report,
    on_done: Callable[[DetectorSurvey], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """`survey` in a child process with limits. The callbacks run on the job's thread; `on_error` gets `Cancelled` after
    `Job.cancel()`. Raises `JobFailed` when no process can be started."""

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            on_error(Cancelled("Stopped; nothing was changed."))
        else:
            on_done(DetectorSurvey.from_json(result))

    def progressed(event: Event, _folder: Path) -> None:
        if event["event"] == "progress":
            on_progress(Progress(int(event["done"]), int(event["total"])))

    is_file = isinstance(detector, Path)
    arguments = {
        "project": str(project),
        "file": str(detector) if is_file else "",
        "model_id": 0 if is_file else detector,
        "said": dict(said),
    }
    return Job("survey", arguments, progressed, done, on_error, _UNHURT)


def looked_words(found: DetectorSurvey) -> Message:
    """What was looked at."""
    looked = plural("1 image looked at", "{0} images looked at", found.images)
    if not found.truth:
        return Message("{0}, none of them labelled: what its boxes would save cannot be told yet.", looked)
    return Message(
        "{0}, {1} of them labelled with {2} boxes. What they save is calculated on those.",
        looked, found.labelled, len(found.truth),
    )  # fmt: skip


def names_words(found: DetectorSurvey, class_map: Mapping[int, int]) -> Message:
    """What its boxes are worth by name."""
    if not found.truth:
        boxes = sum(f.boxes for f in found.found if f.label in class_map)
        return Message("{0} boxes of classes that are yours.", boxes)
    return Message("{0} boxes need not be drawn: placed and named right.", _share(found.named(class_map), found))


def one_class_words(found: DetectorSurvey, class_id: int | None) -> Message:
    """What they are worth as pre-labels of one class."""
    if not found.truth:
        return Message("{0} boxes, whatever they are called.", found.boxes)
    right = found.of_class(class_id) if class_id is not None else 0
    return joined(
        " ",
        (
            Message("{0} boxes need not be drawn, {1} of them are of this class;", _share(found.placed, found), right),
            plural("1 is on nothing that was labelled.", "{0} are on nothing that was labelled.", found.astray),
        ),
    )


def guesses_words(found: DetectorSurvey) -> Message:
    """What they are worth as guesses while drawing."""
    if not found.truth:
        return Message("{0} boxes to guess from.", found.faint)
    return Message("{0} boxes take one click instead of a drag.", _share(found.faintly_placed, found))


def base_words() -> Message:
    """What a base saves."""
    return Message("Saves no box now; a detector that is trained from it may.")


def _share(count: int, found: DetectorSurvey) -> Message:
    total = len(found.truth)
    return Message("{0} of {1} ({2:.0%})", count, total, count / total)
