"""The trainer `scratch`: a small detector of our own, from random weights. Needs many labelled images or easy ones."""

from __future__ import annotations

import os
from importlib.util import find_spec

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import check_labels
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainReport, TrainSettings
from boxwright.training.recipe import Recipe

RECIPE = Recipe(epochs=30, size=416, batch=8, learning_rate=2e-3)
# Steps that an estimate times, after one that warms up.
TIMED_STEPS = 3


class ScratchTrainer:
    """600,000 weights, trained on the CPU in minutes; the result is a 2.5 MB file that runs on anything."""

    name = "scratch"
    summary = (
        "A small detector from random weights; for objects that no detector knows, with some hundred labelled images."
    )
    needs_base_model = False

    def obstacle(self) -> str | None:
        return missing_parts()

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """See `Trainer.estimate`."""
        recipe = RECIPE.filled(settings)
        check_trainable(dataset)
        import torch

        from boxwright.training.nets.backbone import Backbone
        from boxwright.training.nets.head import Head
        from boxwright.training.nets.loop import seconds_per_step, steps_of

        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        backbone = Backbone()
        network = torch.nn.Sequential(backbone, Head(backbone.channels, len(dataset.classes)))
        return seconds_per_step(network, dataset, recipe, TIMED_STEPS) * steps_of(dataset, recipe)

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """`base_model` is not looked at. See `Trainer.train`."""
        recipe = RECIPE.filled(settings)
        check_trainable(dataset)
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
        averaged, history = fit(torch.nn.Sequential(backbone, head), dataset, recipe, report, should_stop)
        out = settings.out / "candidate.onnx"
        export(Detector(averaged[0], averaged[1]), dataset.classes, recipe.size, self.name, out)
        return Candidate(out, card_for(dataset.classes, recipe.size), history)


def missing_parts() -> str | None:
    """The sentence for a machine without the packages that training needs; None when they are there."""
    missing = [part for part in ("torch", "onnx") if find_spec(part) is None]
    if not missing:
        return None
    return f"Training needs {' and '.join(missing)}; install them with: pip install 'boxwright[train]'"


def card_for(classes: tuple[str, ...], size: int) -> DetectorCard:
    """The card of every detector that our own head ends: letterboxed RGB 0..1 in, `[batch, 4+C, N]` out."""
    return DetectorCard("yolov8", ProbKind.SIGMOID, classes, InputSpec(width=size, height=size))


def check_trainable(dataset: TrainingSet) -> None:
    """Raises `TrainingError` for what no training can come of."""
    if (problem := missing_parts()) is not None:
        raise TrainingError(problem)
    check_labels(dataset)
