"""The trainer `scratch`: a small detector of our own, from random weights. Needs many labelled images or easy ones."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import SettingError, TrainingError
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import Report, ShouldStop
from boxwright.training.protocol import Candidate, TrainingSet, TrainSettings


class ScratchTrainer:
    """600,000 weights, trained on the CPU in minutes; the result is a 2.5 MB file that runs on anything."""

    name = "scratch"
    summary = (
        "A small detector from random weights; for objects that no detector knows, with some hundred labelled images."
    )
    needs_base_model = False

    def obstacle(self) -> str | None:
        return missing_parts()

    def train(
        self,
        dataset: TrainingSet,
        base_model: Path | None,
        settings: TrainSettings,
        report: Report,
        should_stop: ShouldStop,
    ) -> Candidate:
        """`base_model` is not looked at. See `Trainer.train`."""
        check_trainable(dataset, settings)
        import torch

        from boxwright.training.nets.backbone import Backbone
        from boxwright.training.nets.export import Detector, export
        from boxwright.training.nets.head import Head
        from boxwright.training.nets.loop import fit

        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        backbone = Backbone()
        per_image = sum(len(image.labels) for image in dataset.images) / len(dataset.images)
        head = Head(backbone.channels, len(dataset.classes), boxes_per_image=per_image)
        averaged, history = fit(torch.nn.Sequential(backbone, head), dataset, settings, report, should_stop)
        out = settings.out / "candidate.onnx"
        export(Detector(averaged[0], averaged[1]), dataset.classes, settings.size, self.name, out)
        return Candidate(out, card_for(dataset.classes, settings.size), history)


def missing_parts() -> str | None:
    """The sentence for a machine without the packages that training needs; None when they are there."""
    missing = [part for part in ("torch", "onnx") if find_spec(part) is None]
    if not missing:
        return None
    return f"Training needs {' and '.join(missing)}; install them with: pip install 'boxwright[train]'"


def card_for(classes: tuple[str, ...], size: int) -> DetectorCard:
    """The card of every detector that our own head ends: letterboxed RGB 0..1 in, `[batch, 4+C, N]` out."""
    return DetectorCard("yolov8", ProbKind.SIGMOID, classes, InputSpec(width=size, height=size))


def check_trainable(dataset: TrainingSet, settings: TrainSettings) -> None:
    """Raises `TrainingError` for what no training can come of, `SettingError` for a setting out of its range."""
    if (problem := missing_parts()) is not None:
        raise TrainingError(problem)
    if not dataset.classes:
        raise TrainingError("There are no classes to learn; add a class and label some images first.")
    if not any(len(image.labels) for image in dataset.images):
        raise TrainingError("None of the labelled images has a box; label some images first.")
    if settings.size < 64 or settings.size % 32:
        raise SettingError(f"The input size {settings.size} is not a multiple of 32 from 64 up.")
    if settings.epochs < 1 or settings.batch < 1 or not settings.learning_rate > 0:
        raise SettingError("Epochs, batch and learning rate must be larger than zero.")
    for image in dataset.images:
        if len(image.labels) and not 0 <= int(np.min(image.labels)) <= int(np.max(image.labels)) < len(dataset.classes):
            raise TrainingError(f"A label of {image.path.name} is not one of the {len(dataset.classes)} classes.")
