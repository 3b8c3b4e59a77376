"""The trainer `transfer`: any detector as a base, a new head for the project's classes on what its own head reads."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import check_trainable, missing_parts
from boxwright.training.protocol import BaseModel, Candidate, Effort, TrainingSet, TrainReport, TrainSettings
from boxwright.training.recipe import Recipe

if TYPE_CHECKING:
    from boxwright.training.nets.courses import Course

# Epochs, batch and rate by trial on three real sets; see docs/adr/0015-transfer.md. The size is the base's own.
RECIPES = {
    Effort.QUICK: Recipe(epochs=30, size=416, batch=16, learning_rate=2e-3),
    Effort.THOROUGH: Recipe(epochs=16, size=640, batch=8, learning_rate=2e-3),
    Effort.FULL: Recipe(epochs=40, size=640, batch=8, learning_rate=2e-3),
}
# Steps that an estimate times, after one that warms up.
TIMED_STEPS = 3


class TransferTrainer:
    """`quick` trains the head alone on stored features, `thorough` and `full` let the base learn as well."""

    name = "transfer"
    summary = "A new head on what your present detector already sees; minutes on a laptop, from a few dozen images on."
    needs_base_model = True

    def obstacle(self) -> str | None:
        return missing_parts()

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """See `Trainer.estimate`."""
        with tempfile.TemporaryDirectory(dir=settings.out) as spare:
            return _course(dataset, base_model, settings, Path(spare))[0].estimate(TIMED_STEPS)

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """See `Trainer.train`. Raises `TrainingError` also for a base that offers no usable features."""
        from boxwright.training.nets.export import LAYOUT, save

        with tempfile.TemporaryDirectory(dir=settings.out) as spare:
            course, spec = _course(dataset, base_model, settings, Path(spare))
            model, history = course.run(report, should_stop)
        out = settings.out / "candidate.onnx"
        card = DetectorCard(LAYOUT, ProbKind.SIGMOID, dataset.classes, spec)
        save(model, card, self.name, out)
        return Candidate(out, card, history)


def _course(
    dataset: TrainingSet, base: BaseModel | None, settings: TrainSettings, spare: Path
) -> tuple[Course, InputSpec]:
    """What will be learnt, and the input of the detector that comes of it."""
    check_trainable(dataset)
    if base is None:
        raise TrainingError(
            "The trainer 'transfer' starts from a detector; add one to the project or choose 'scratch'."
        )
    from boxwright.training.nets.base_graph import at_size, read_base
    from boxwright.training.nets.courses import BaseCourse, HeadCourse, Setup
    from boxwright.training.nets.machine import begin

    machine = begin(settings)
    # The base's own input, but that proportions are kept whatever it was used to.
    own = replace(base.card.input, resize="letterbox")
    recipe = RECIPES[settings.effort].filled(replace(settings, size=settings.size or max(own.width, own.height)))
    graph = at_size(read_base(base.onnx, own), recipe.size)
    threads = settings.threads or os.cpu_count() or 1
    setup = Setup(graph, base, dataset, recipe, machine, threads, settings.cache or spare)
    return (HeadCourse if settings.effort is Effort.QUICK else BaseCourse)(setup), graph.spec
