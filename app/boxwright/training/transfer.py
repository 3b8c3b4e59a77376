"""The trainer `transfer`: any detector as a base, a new head for the project's classes on what its own head reads."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import check_trainable, missing_parts
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainReport, TrainSettings
from boxwright.training.transfer_plan import Depth, depth_of, recipe_for

if TYPE_CHECKING:
    from boxwright.training.nets.courses import Course

# Steps that an estimate times, after one that warms up.
TIMED_STEPS = 3


class TransferTrainer:
    """Option `depth`: "head" (a new head on stored features), "neck", or "all" layers of the base, the default."""

    name = "transfer"
    summary = "Your present detector learns on with a new head; minutes on a laptop, from a few dozen images on."
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
    depth = depth_of(settings.options)
    recipe = recipe_for(dataset, own, depth, settings)
    graph = at_size(read_base(base.onnx, own), recipe.size)
    setup = Setup(graph, base, dataset, recipe, machine, settings.cache or spare)
    if depth is Depth.HEAD:
        return HeadCourse(setup), graph.spec
    return BaseCourse(setup, only_neck=depth is Depth.NECK), graph.spec
