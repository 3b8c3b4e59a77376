"""The menus Model and Tools: rows of the table of actions, and the dialogs that they open."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.messages import N_
from boxwright.ui.actions.action import (
    MODEL,
    TOOLS,
    Action,
    AppAction,
    always,
    can_prelabel,
    can_retrain,
    can_start,
    can_write,
    in_project,
    watches,
)
from boxwright.ui.project.context import AppContext, ProjectContext


def draw_batch(context: ProjectContext) -> None:
    from boxwright.ui.batches.next_batch import NextBatchDialog

    NextBatchDialog(context).open()


def retrain(context: ProjectContext) -> None:
    from boxwright.ui.retraining.dialog import RetrainDialog

    RetrainDialog(context).open()


def rounds(context: ProjectContext) -> None:
    from boxwright.ui.retraining.rounds import RoundsDialog

    RoundsDialog(context).open()


def schedule(context: ProjectContext) -> None:
    from boxwright.ui.retraining.schedule import ScheduleDialog

    ScheduleDialog(context).open()


def detectors(context: ProjectContext) -> None:
    from boxwright.ui.detectors.detector_list import DetectorsDialog

    DetectorsDialog(context).open()


def add_detector(context: ProjectContext, file: Path | None = None) -> None:
    from boxwright.ui.detectors.add_detector import AddDetectorDialog

    AddDetectorDialog(context, file).open()


def get_detector(app: AppContext) -> None:
    from boxwright.ui.detectors.get_detector import get_detector

    get_detector(app)


def prelabel(context: ProjectContext) -> None:
    if (detector := context.workspace.detector) is not None:
        from boxwright.ui.detectors.prelabel import PrelabelDialog

        PrelabelDialog(context, detector).open()


def class_map(context: ProjectContext) -> None:
    if (detector := context.workspace.detector) is not None:
        from boxwright.ui.detectors.class_map import ClassMapDialog

        ClassMapDialog(context, detector).open()


def experiment(context: ProjectContext) -> None:
    from boxwright.ui.batches.experiment import ExperimentDialog

    ExperimentDialog(context).open()


MODEL_ROWS = (
    Action("batch.next", "Draw a batch…", MODEL, ("B",), can_start, draw_batch, "batch", toolbar=N_("Draw a batch")),
    Action("retrain.start", "Retrain…", MODEL, ("Ctrl+R",), can_retrain, retrain, "retrain", toolbar=N_("Retrain")),
    Action("retrain.watch", "Watch the retraining", MODEL, (), watches, lambda c: c.retraining.watch()),
    Action("rounds.show", "Rounds…", MODEL, (), in_project, rounds),
    Action("rounds.schedule", "Way of working…", MODEL, (), can_write, schedule),
    Action("detector.list", "Detectors…", MODEL, (), in_project, detectors, separated=True),
    Action("detector.add", "Add a detector…", MODEL, (), can_start, add_detector, "detector"),
    AppAction("detector.get", "Get a detector…", MODEL, (), always, get_detector),
    Action("detector.prelabel", "Pre-label the pool…", MODEL, (), can_prelabel, prelabel, "prelabel"),
    Action("detector.map", "Class map of the detector…", MODEL, (), can_prelabel, class_map),

    Action("tools.experiment", "Try sampling strategies on your labels…", TOOLS, (), can_start, experiment),
)  # fmt: skip
