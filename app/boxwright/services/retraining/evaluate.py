"""Evaluation of a detector: on the frozen validation split of a project, or from two files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from boxwright.domain.begun import NOTHING_BEGUN, Begun
from boxwright.domain.errors import FormatError, ProjectError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.model import Model
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.domain.suppression import Suppression
from boxwright.evaluation.coco import Metrics, measure
from boxwright.evaluation.coco_entries import entry_of, results_of, truth_of
from boxwright.evaluation.fixes import fixes_per_image
from boxwright.evaluation.matching import checked_truth, match_results
from boxwright.services.detectors.registry import naming, open_detector
from boxwright.services.detectors.use import mapped
from boxwright.services.images.file_check import check_labelled
from boxwright.services.prelabelling.pipeline import PipelineImage, detect_all, workers_for
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector

OTHER_FILE = Message("is not the file that was labelled")

# Low enough for the whole precision-recall curve, high enough to leave out noise that never counts.
CONFIDENCE = 0.01


@dataclass(frozen=True)
class Evaluation:
    """Result of an evaluation.

    `images` and `boxes` are the true ones measured against. `other_images`, `other_classes`: results that the truth
    has no image or class for. `problems`: path and why an image could not be read. `fixes_per_image`: see
    `boxwright.evaluation.fixes`; None for files, whose scores may mean anything. `begun`: images of the validation
    split that nobody has marked as labelled; they are among the others where they were taken.
    """

    metrics: Metrics
    images: int
    boxes: int
    other_images: int = 0
    other_classes: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    fixes_per_image: float | None = None
    begun: Begun = NOTHING_BEGUN

    def to_json(self) -> dict[str, Any]:
        return {
            **self.metrics.to_json(),
            "images": self.images,
            "boxes": self.boxes,
            "fixes_per_image": self.fixes_per_image,
            "other_images": self.other_images,
            "other_classes": self.other_classes,
            "begun": self.begun.images,
            "begun_boxes": self.begun.boxes,
            "problems": [{"file": file, "what": what} for file, what in self.problems],
        }

    def to_metrics(self) -> dict[str, Any]:
        """What a project keeps with a detector; see `Model.metrics`."""
        measured = self.to_json()
        return {key: measured[key] for key in ("AP", "AP50", "images", "fixes_per_image", "per_class")}


def evaluate_files(truth_file: Path, results_file: Path) -> Evaluation:
    """COCO results against a COCO file of true boxes. Raises FormatError."""
    truth = checked_truth(_load(truth_file), truth_file.name)
    matched = match_results(truth, _load(results_file), results_file.name)
    metrics = measure(truth, matched.results)
    return Evaluation(
        metrics, len(truth["images"]), len(truth["annotations"]), matched.other_images, matched.other_classes
    )


def evaluate_project(
    project: Project,
    model: Model,
    device: str = "auto",
    report: Report = ignore,
    should_stop: ShouldStop = never,
    begun: bool = False,
) -> Evaluation:
    """Run `model` on the labelled images of the validation split, with `begun` on those as well, and keep the figures
    with it, where the project may be written. Raises ProjectError when there is nothing to measure on, and
    ModelError."""
    from boxwright.inference.session import usable_cores

    with naming(model):
        detector = open_detector(project, model, device, workers_for("CPU", usable_cores()).threads)
        evaluation = evaluate_detector(project, detector, model.class_map, usable_cores(), report, should_stop, begun)
    if not project.read_only:
        project.models.set_metrics(model.id, {**model.metrics, **evaluation.to_metrics()})
    return evaluation


def evaluate_detector(
    project: Project,
    detector: Detector,
    class_map: Mapping[int, int],
    cores: int,
    report: Report = ignore,
    should_stop: ShouldStop = never,
    begun: bool = False,
) -> Evaluation:
    """As `evaluate_project`, for a detector that need not be one of the project's; `class_map` as in `Model`. Uses up
    to `cores` cores, and stores nothing."""
    ids = [int(i) for i in project.begun.done_ids(Split.VALIDATION, begun)]
    left = project.begun.count(Split.VALIDATION)
    if not ids and left:
        raise ProjectError(
            "No image of the validation split of {0} is marked as labelled: {1} wait for that; "
            "label them, or take begun images too.",
            project.folder,
            Message(left.words),
        )
    if not ids:
        raise ProjectError(
            "The project {0} has no labelled images in its validation split; label some of them, or "
            "import labels, and evaluate again.",
            project.folder,
        )
    checked = check_labelled(project, project.images.many(ids))
    ids = [image.id for image in checked.good]
    truth = project_truth(project, ids)
    results, problems = _results(project, detector, class_map, ids, cores, report, should_stop)
    unreadable = {image_id for image_id, _ in problems}
    truth["images"] = [i for i in truth["images"] if i["id"] not in unreadable]
    truth["annotations"] = [a for a in truth["annotations"] if a["image_id"] not in unreadable]
    metrics = measure(truth, results)
    kinds = {"is not there": checked.missing, "cannot be read": checked.unreadable, OTHER_FILE: checked.replaced}
    named = (
        *((project.images.get(i).path, what) for i, what in problems),
        *((image.path, what) for what, images in kinds.items() for image in images),
    )
    return Evaluation(
        metrics,
        len(truth["images"]),
        len(truth["annotations"]),
        problems=named,
        fixes_per_image=fixes_per_image(truth, results),
        begun=left,
    )


def project_truth(project: Project, ids: list[int]) -> dict[str, Any]:
    """The labels of these images as a COCO dictionary; ids of images and classes are those of the project."""
    annotations = [
        entry_of(image_id, annotation.class_id, annotation.box)
        for image_id, boxes in project.labels.annotations(ids).items()
        for annotation in boxes
    ]
    images = ((i.id, i.width, i.height) for i in project.images.many(ids))
    return truth_of(images, ((c.id, c.name) for c in project.classes.all()), annotations, "the project")


def _results(
    project: Project,
    detector: Detector,
    class_map: Mapping[int, int],
    ids: list[int],
    cores: int,
    report: Report,
    should_stop: ShouldStop,
) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    files = [(i, project.images.file(i.id)) for i in project.images.many(ids)]
    sources = [PipelineImage(i.id, file.parent, file, i.width, i.height) for i, file in files]
    workers = workers_for(detector.device, cores)
    results: list[dict[str, Any]] = []
    problems: list[tuple[int, str]] = []
    outcomes = detect_all(detector, sources, workers, CONFIDENCE, Suppression())
    try:
        for done, outcome in enumerate(outcomes, start=1):
            check(should_stop)
            if outcome.detections is None:
                problems.append((outcome.image_id, outcome.problem or Message("cannot be read")))
            else:
                found = mapped(detector.card.classes, class_map, outcome.detections, Suppression())
                results += results_of(outcome.image_id, found, class_map)
            report(Progress(done, len(sources), "measuring"))
    finally:
        outcomes.close()
    return results, problems


def _load(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except OSError as error:
        raise FormatError("{0} cannot be read: {1}.", file, reason_of(error)) from error
    except orjson.JSONDecodeError as error:
        raise FormatError("{0} is no JSON file: {1}.", file.name, error) from error
