"""Fine-tuning of a base to new classes: its head alone on cached features, or all of it on pictures."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor

from boxwright.config.onnx_runtime import Array
from boxwright.domain.feature_maps import STRIDES
from boxwright.domain.progress import ShouldStop
from boxwright.training.augment import Samples
from boxwright.training.nets.base_graph import BaseGraph
from boxwright.training.nets.batches import boxes_per_image, factors_of, pictures, plain_picture
from boxwright.training.nets.course import Batch, BatchSource, Part
from boxwright.training.nets.depth import backbone_nodes
from boxwright.training.nets.executor import Executor, with_weights
from boxwright.training.nets.feature_cache import PLAIN, FeatureCache
from boxwright.training.nets.head import Head, HeadOutput
from boxwright.training.nets.holdout_ap import holdout_metric
from boxwright.training.nets.loop import HoldoutMetric, fit, seconds_of_run
from boxwright.training.nets.machine import Machine
from boxwright.training.nets.merge import with_head
from boxwright.training.nets.network import Network
from boxwright.training.nets.normalisation import measure_again
from boxwright.training.nets.old_head import take_up
from boxwright.training.nets.skip_head import SkipHead
from boxwright.training.nets.typed_modules import TypedModule
from boxwright.training.protocol import BaseModel, Epoch, TrainingSet, TrainReport
from boxwright.training.recipe import Recipe
from boxwright.training.sampling_order import held_back, held_places
from boxwright.training.transfer_plan import ALL_FROM, FIRST_SHARE, Depth

WIDTH = 64
# Pictures whose statistics put the normalisation back, and end a run, in batches.
_CALIBRATED, _CALIBRATION_BATCH = 48, 8
# The base has learnt already; its layers move at this share of the head's rate.
BASE_SHARE = 0.5
# Seconds at the end of a run, for the normalisation and the file.
_WRITING = 10.0

Finished = tuple[onnx.ModelProto, tuple[Epoch, ...]]


@dataclass(frozen=True)
class Setup:
    """Starting point of a fine-tuning, from which its time runs. `small`: the graph at the size of a run's first part,
    None where it has none. `folder` may keep features from run to run."""

    graph: BaseGraph
    small: BaseGraph | None
    base: BaseModel
    dataset: TrainingSet
    recipe: Recipe
    machine: Machine
    folder: Path
    began: float = field(default_factory=time.monotonic)

    def recipe_now(self) -> Recipe:
        """The recipe with what is left of its time, less what writing the detector takes."""
        return self.recipe.after(time.monotonic() - self.began + _WRITING)

    def head(self, kind: type[SkipHead] | type[Head]) -> TypedModule[Sequence[Tensor], HeadOutput]:
        """A new one, or the base's own where it is one of ours for these very classes."""
        head = kind(self.graph.channels, len(self.dataset.classes), WIDTH, boxes_per_image(self.dataset))
        take_up(head, self.graph.old_head, self.dataset.classes)
        return head

    def fed(self, picture: NDArray[np.uint8]) -> Array:
        """A square BGR picture as the base's input tensor."""
        side = picture.shape[0]
        return self.base.feed(picture, replace(self.graph.spec, width=side, height=side))


class FineTune(Protocol):
    """Run of fine-tuning, made for a `Setup`."""

    def run(self, report: TrainReport, should_stop: ShouldStop) -> Finished:
        """The whole graph of the new detector, and how it went."""
        ...

    def estimate(self, steps: int) -> float:
        """Seconds that `run` should take, from `steps` timed batches; it is of no use afterwards."""
        ...


class HeadOnly:
    """Fine-tuning of the head alone, on features that the base computed once."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._learnt, self._held = held_back(setup.dataset, setup.recipe.seed)
        kept = setup.folder / hashlib.sha256(setup.base.onnx.read_bytes()).hexdigest()
        self._features = FeatureCache(setup.graph, setup.base.feed, self._learnt, kept)
        self._plain = FeatureCache(setup.graph, setup.base.feed, self._held, kept, True) if self._held else None
        # Features that nobody teaches need a head that makes more of them than the one that learns along with them.
        self._head = setup.head(Head)

    def run(self, report: TrainReport, should_stop: ShouldStop) -> Finished:
        setup = self._setup
        for features in (self._features, self._plain):
            if features is not None:
                features.compute(setup.machine.threads, report, should_stop)
        parts = [Part(BatchSource(self._features.draw, factors_of(self._learnt)))]
        recipe = setup.recipe_now()
        head, history = fit(self._head, parts, recipe, setup.machine, report, should_stop, self._holdout())
        return with_head(setup.graph, head.cpu()), history

    def estimate(self, steps: int) -> float:
        setup, few = self._setup, self._setup.recipe.batch
        before = self._features.seconds_left(setup.machine.threads, few * self._features.variants)

        def draw(chosen: Sequence[int], rng: np.random.Generator) -> Batch[list[Tensor]]:
            # The first few images have been computed now; they stand for the others.
            return self._features.draw([index % few for index in chosen], rng)

        if setup.recipe.seconds is not None:
            return max(before, setup.recipe.seconds)
        parts = [Part(BatchSource(draw, factors_of(self._learnt)))]
        return before + seconds_of_run(self._head, parts, setup.recipe, setup.machine, steps)

    def _holdout(self) -> HoldoutMetric[list[Tensor]] | None:
        plain = self._plain
        if self._held is None or plain is None:
            return None
        setup = self._setup
        return holdout_metric(
            self._held, setup.recipe.size, setup.machine, lambda index: plain.batch([(index, PLAIN)])[0]
        )


class FullModel:
    """Fine-tuning of base and head together, on pictures; the base with its normalisation put back."""

    def __init__(self, setup: Setup, depth: Depth) -> None:
        """`depth`: any but `HEAD`. Raises `CannotLearn`."""
        self._setup = setup
        _, self._held = held_back(setup.dataset, setup.recipe.seed)
        graph = setup.graph.model.graph
        small = setup.small.model.graph if setup.small else None
        frozen = {Depth.NECK: backbone_nodes(graph), Depth.BODY: setup.graph.early}.get(depth, 0)
        self._executor = Executor(graph, frozen, small)
        size, channels = setup.recipe.size, setup.graph.channels
        for side in (size,) if setup.small is None else (size, setup.small.spec.width):
            blank = torch.from_numpy(setup.fed(np.zeros((side, side, 3), np.uint8))[None])
            self._executor.try_out(blank, [(1, c, side // s, side // s) for c, s in zip(channels, STRIDES)])
        self._head = setup.head(SkipHead)
        self._network = Network(self._executor, self._head)
        self._parts = _parts(setup)

    def run(self, report: TrainReport, should_stop: ShouldStop) -> Finished:
        setup = self._setup
        self._normalise()
        shares = [(list(self._executor.parameters()), BASE_SHARE)]
        learnt, history = fit(
            self._network,
            self._parts,
            setup.recipe_now(),
            setup.machine,
            report,
            should_stop,
            self._holdout(),
            shares,
        )
        self._network.load_state_dict(learnt.state_dict())
        measure_again(self._network, self._calibration(), setup.machine)
        self._network.cpu()
        taught = with_weights(setup.graph.model, self._executor.weights())
        return with_head(replace(setup.graph, model=taught), self._head), history

    def estimate(self, steps: int) -> float:
        self._normalise()
        setup = self._setup
        return seconds_of_run(self._network, self._parts, setup.recipe, setup.machine, steps)

    def _calibration(self) -> list[Tensor]:
        """Batches of pictures that nobody holds back, the same ones each time."""
        learnt = np.flatnonzero(self._parts[0].batches.factors)
        rng = np.random.Generator(np.random.PCG64((self._setup.recipe.seed, 2)))
        chosen = learnt[rng.permutation(np.resize(np.arange(len(learnt)), _CALIBRATED))]
        large = self._parts[-1].batches
        return [large.draw(part.tolist(), rng)[0] for part in np.split(chosen, _CALIBRATED // _CALIBRATION_BATCH)]

    def _normalise(self) -> None:
        self._executor.normalise(self._calibration())
        # Convolutions on the CPU run a tenth faster on channels that lie side by side.
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch documents it

    def _holdout(self) -> HoldoutMetric[Tensor] | None:
        if self._held is None:
            return None
        setup = self._setup
        samples = Samples(self._held, setup.recipe.size)
        return holdout_metric(
            self._held, setup.recipe.size, setup.machine, lambda index: plain_picture(samples, index, setup.fed)
        )


def _parts(setup: Setup) -> list[Part[Tensor]]:
    """Small pictures first, and at the end the images too that were held back to see when to stop."""
    dataset, recipe = setup.dataset, setup.recipe
    all_of_it = factors_of(dataset)
    held = held_places(dataset, recipe.seed)
    without = all_of_it.copy()
    without[held] = 0.0
    large = pictures(dataset, recipe.size, setup.fed)
    parts: list[Part[Tensor]] = []
    if setup.small is not None:
        side = setup.small.spec.width
        small = replace(pictures(dataset, side, setup.fed), factors=without)
        parts.append(Part(small, FIRST_SHARE, (side / recipe.size) ** 2))
    if len(held):
        parts.append(Part(replace(large, factors=without), ALL_FROM))
    return [*parts, Part(large, held_out=not len(held))]
