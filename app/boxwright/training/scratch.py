"""The trainer `scratch`: a small detector of our own, from random weights. Needs many labelled images or easy ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import check_trainable, missing_parts
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainReport, TrainSettings
from boxwright.training.recipe import Recipe
from boxwright.training.scratch_plan import recipe_for

if TYPE_CHECKING:
    from torch import Tensor

    from boxwright.training.nets.course import BatchSource
    from boxwright.training.nets.network import Network

# Steps that an estimate times, after one that warms up.
TIMED_STEPS = 3
# Seconds at the end of a run, for the file.
_WRITING = 2.0


class ScratchTrainer:
    """Trainer `scratch`: 600,000 weights, trained on the CPU; the result is a 2.5 MB file that runs on anything. Its
    efforts take about as long as those of `transfer`; see `scratch_plan`."""

    name, title = "scratch", Message("From nothing")
    summary = Message(
        "A small detector from random weights, where there is none to start from; it needs more images and more time."
    )
    needs_base_model = False
    plans_for_time = True

    def obstacle(self) -> str | None:
        return missing_parts()

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """See `Trainer.estimate`."""
        check_trainable(dataset)
        recipe = recipe_for(dataset, settings)
        from boxwright.training.nets.course import Part
        from boxwright.training.nets.loop import seconds_of_run
        from boxwright.training.nets.machine import begin

        machine = begin(settings)
        network, batches = _begun(dataset, recipe)
        return seconds_of_run(network, [Part(batches)], recipe, machine, TIMED_STEPS)

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """`base_model` is not looked at. See `Trainer.train`."""
        began = time.monotonic()
        check_trainable(dataset)
        recipe = recipe_for(dataset, settings)
        from boxwright.training.nets.course import Part
        from boxwright.training.nets.export import LAYOUT, export
        from boxwright.training.nets.loop import fit
        from boxwright.training.nets.machine import begin

        machine = begin(settings)
        network, batches = _begun(dataset, recipe)
        left = recipe.after(time.monotonic() - began + _WRITING)
        averaged, history = fit(network, [Part(batches)], left, machine, report, should_stop)
        out = settings.out / "candidate.onnx"
        spec = InputSpec(width=recipe.size, height=recipe.size)
        card = DetectorCard(LAYOUT, ProbKind.SIGMOID, dataset.classes, spec)
        export(averaged.cpu(), card, self.name, out)
        return Candidate(out, card, history)


def _begun(dataset: TrainingSet, recipe: Recipe) -> tuple[Network, BatchSource[Tensor]]:
    """The network with its first weights, and what it will learn."""
    from boxwright.training.nets.backbone import Backbone
    from boxwright.training.nets.batches import boxes_per_image, pictures
    from boxwright.training.nets.head import Head
    from boxwright.training.nets.network import Network

    backbone = Backbone()
    head = Head(backbone.channels, len(dataset.classes), boxes_per_image=boxes_per_image(dataset))
    return Network(backbone, head), pictures(dataset, recipe.size, _rgb)


def _rgb(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(S,S,3) BGR -> (3,S,S) RGB 0..1."""
    return np.divide(picture[..., ::-1].transpose(2, 0, 1), 255, dtype=np.float32)
