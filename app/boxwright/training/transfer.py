"""The trainer `transfer`: any detector as a base, a new head for the project's classes on what its own head reads."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import check_trainable, missing_parts
from boxwright.training.protocol import BaseModel, Candidate, LogLine, TrainingSet, TrainReport, TrainSettings
from boxwright.training.transfer_plan import Depth, depth_of, first_size, own_size, recipe_for

if TYPE_CHECKING:
    from boxwright.training.nets.base_graph import BaseGraph
    from boxwright.training.nets.finetune import FineTune, Setup
    from boxwright.training.nets.machine import Machine

# Steps that an estimate times, after one that warms up.
TIMED_STEPS = 3


class TransferTrainer:
    """Trainer `transfer`. Option `depth`: "head" (a new head on stored features), "neck", "body" (all layers of the
    base but the earliest) or "all". Where it is not given, the body learns, or the head alone where it cannot."""

    name, title = "transfer", Message("From your detector")
    summary = Message(
        "Your present detector learns on with a new head; minutes on a laptop, from a few dozen images on."
    )
    needs_base_model = True
    plans_for_time = True

    def obstacle(self) -> str | None:
        return missing_parts()

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """See `Trainer.estimate`."""
        with tempfile.TemporaryDirectory(dir=settings.out) as spare:
            return _way(dataset, base_model, settings, Path(spare)).finetune.estimate(TIMED_STEPS)

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
            way = _way(dataset, base_model, settings, Path(spare))
            if way.note:
                report(LogLine(way.note))
            model, history = way.finetune.run(report, should_stop)
        out = settings.out / "candidate.onnx"
        card = DetectorCard(LAYOUT, ProbKind.SIGMOID, dataset.classes, way.spec)
        save(model, card, self.name, out)
        return Candidate(out, card, history, way.note)


@dataclass(frozen=True)
class _FineTunePlan:
    """What will be learnt, the input of the detector that comes of it, and what a person should know of that."""

    finetune: FineTune
    spec: InputSpec
    note: str = ""


def _way(dataset: TrainingSet, base: BaseModel | None, settings: TrainSettings, spare: Path) -> _FineTunePlan:
    check_trainable(dataset)
    if base is None:
        raise TrainingError(
            "The trainer 'transfer' starts from a detector; add one to the project or choose 'scratch'."
        )
    from boxwright.training.nets.base_graph import read_base
    from boxwright.training.nets.finetune import FullModel, HeadOnly
    from boxwright.training.nets.machine import begin
    from boxwright.training.nets.operators import CannotLearn

    machine = begin(settings)
    # The base's own input, but that proportions are kept whatever it was used to.
    own = replace(base.card.input, resize="letterbox")
    depth = depth_of(settings.options)
    graph = read_base(base.onnx, own)

    def setup(depth: Depth) -> Setup:
        return _setup(graph, base, dataset, depth, settings, machine, spare)

    if depth is Depth.HEAD:
        made = setup(depth)
        return _FineTunePlan(HeadOnly(made), made.graph.spec)
    try:
        made = setup(depth)
        return _FineTunePlan(FullModel(made, depth), made.graph.spec)
    except CannotLearn as error:
        if "depth" in settings.options:
            raise TrainingError(
                "The layers of this detector cannot learn here, because its graph uses {0}, but a new head on it "
                "can: set the option depth to 'head', or leave it out.",
                error,
            ) from error
        made = setup(Depth.HEAD)
        return _FineTunePlan(
            HeadOnly(made),
            made.graph.spec,
            Message(
                "Only a new head learns, because the graph of the detector that it starts from uses {0}, which cannot "
                "learn here.",
                error,
            ),
        )


def _setup(
    graph: BaseGraph,
    base: BaseModel,
    dataset: TrainingSet,
    depth: Depth,
    settings: TrainSettings,
    machine: Machine,
    spare: Path,
) -> Setup:
    """At the size of the recipe, or at the file's own where only the effort asks for more and the file cannot grow."""
    from boxwright.training.nets.base_graph import at_size
    from boxwright.training.nets.finetune import Setup

    recipe = recipe_for(dataset, graph.spec, depth, settings)
    own = own_size(graph.spec)
    try:
        sized = at_size(graph, recipe.size)
    except TrainingError as error:
        if recipe.size == own:
            raise
        sized = at_size(graph, own)
        if settings.size is not None:
            raise TrainingError(
                "This detector's file is bound to its own input and cannot be trained at {0} pixels; leave "
                "the input side to the trainer.",
                recipe.size,
            ) from error
        recipe = replace(recipe, size=own)
    small = None if depth is Depth.HEAD else _small(graph, recipe.size)
    return Setup(sized, small, base, dataset, recipe, machine, settings.cache or spare)


def _small(graph: BaseGraph, size: int) -> BaseGraph | None:
    """For a run's first part; None where the file is bound to its own input."""
    from boxwright.training.nets.base_graph import at_size

    try:
        return at_size(graph, first_size(size)) if first_size(size) < size else None
    except TrainingError:
        return None
