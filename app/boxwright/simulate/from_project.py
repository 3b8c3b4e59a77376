"""Experiments on the labels that a person has made in a project."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.domain.image import Split
from boxwright.domain.progress import Report, ShouldStop
from boxwright.sampling import default
from boxwright.services.batches.schedule import schedule_of, step_size
from boxwright.services.detectors.registry import chosen_model
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule
from boxwright.services.retraining.facts import training_set
from boxwright.simulate.arms import RANDOM, arm_of, parse_arms
from boxwright.simulate.cell_runner import FEATURES, feed
from boxwright.simulate.labelled import LabelledSet, check_size
from boxwright.simulate.output import PAGE, write_report
from boxwright.simulate.plan import ExperimentPlan
from boxwright.simulate.resume import ExperimentFolders, keep
from boxwright.simulate.verdict import verdict
from boxwright.training.pace import Pace
from boxwright.training.protocol import BaseModel

_DEFAULT = arm_of(Schedule())
# Rules that are tried where a person did not say which.
RULES = (
    _DEFAULT.name,
    *(replace(_DEFAULT, random_share=share).name for share in (0.2, 0.0)),
    "uncertainty:score=detection_entropy,aggregate=mean",
    default.PUBLISHED,
    "uncertainty",
)
ROUNDS, SEEDS = 4, 10
_STEP, _FEWEST_FIRST = 0.1, 8
# With so many labelled images in the validation split they are what is measured on.
_MEASURABLE = 20
# From about so many labelled images on, rules can be told apart.
TELLING = 300


@dataclass(frozen=True)
class Trial:
    """Settings of such an experiment.

    `arms`: as in `parse_arms`. `seeds`: repeats of it all. `steps`: batches of a training. `jobs`: trainings at
    once.
    """

    arms: str
    seeds: int = SEEDS
    steps: int = Pace().steps
    jobs: int = 1


@dataclass(frozen=True)
class Labels:
    """Labels that an experiment would have.

    `images`: labelled ones that would take part, `test` of them to measure on; `boxes` on all.
    """

    images: int
    test: int
    boxes: int


@dataclass(frozen=True)
class Answer:
    """Answer of an experiment.

    `arm`: the rule to use, or None. `rows`: each rule with the AP points that it is ahead of random batches at equal
    boxes, and its 95 % interval, None where there is none. `page`: the whole report.
    """

    arm: str | None
    text: str
    rows: Sequence[tuple[str, float, float | None, float | None]]
    page: Path

    def to_json(self) -> dict[str, Any]:
        return {"arm": self.arm, "text": self.text, "rows": [list(row) for row in self.rows], "page": str(self.page)}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> Answer:
        rows = [(str(row[0]), float(row[1]), row[2], row[3]) for row in told["rows"]]
        return Answer(told["arm"], str(told["text"]), rows, Path(told["page"]))


def labels_of(project: Project) -> Labels:
    """From the database alone, in a moment."""
    found = project_set(project)
    return Labels(len(found.images), found.test_size, sum(len(image.labels) for image in found.images))


def project_set(project: Project) -> LabelledSet:
    """The labelled images of the train and validation splits. Reads no image file."""
    train, validation = training_set(project), training_set(project, Split.VALIDATION)
    images = (*train.images, *validation.images)
    test = None
    if len(validation.images) >= _MEASURABLE:
        test = np.arange(len(train.images), len(images))
    return LabelledSet(train.classes, images, test)


def try_rules(project: Project, trial: Trial, report: Report, should_stop: ShouldStop) -> Answer:
    """Let rules compete on the project's own labels, from its active detector. A run that was stopped goes on as long
    as the labels are the same. Nothing of the project changes but its cache.

    Raises `FormatError` for too few labels, `ModelError` without a detector, `TrainingError` and `Cancelled`.
    """
    labelled = project_set(project)
    check_size(labelled)
    model, size = chosen_model(project), labelled.pool_size
    base = BaseModel(project.folder / model.file, model.card, feed)
    # 2 % of few images are one or two, from which nothing is learnt that could choose.
    first = max(_FEWEST_FIRST, step_size(schedule_of(project).initial, size))
    plan = ExperimentPlan(
        parse_arms(trial.arms), first, step_size(_STEP, size), ROUNDS, trial.seeds, pace=Pace(steps=trial.steps)
    )
    out = experiments(project) / labelled.digest
    keep(
        plan,
        labelled,
        base,
        ExperimentFolders(out, out, trial.jobs),
        {"dataset": project.folder.name},
        report,
        should_stop,
    )
    told = write_report(out)
    shutil.rmtree(out / FEATURES, ignore_errors=True)
    said = verdict(told)
    return Answer(said.arm, said.text, _rows(told), out / PAGE)


def experiments(project: Project) -> Path:
    """Safe to delete at any time."""
    return project.folder / "cache" / "experiments"


def _rows(report: Mapping[str, Any]) -> list[tuple[str, float, float | None, float | None]]:
    axis, metric = report["primary"]["axis"], report["primary"]["metric"]
    found = [(arm, told["difference"][axis][metric]) for arm, told in report["arms"].items() if arm != RANDOM]
    points = [
        (arm, *(None if told[k] is None else 100 * told[k] for k in ("mean", "low", "high"))) for arm, told in found
    ]
    return sorted((row for row in points if row[1] is not None), key=lambda row: -row[1])
