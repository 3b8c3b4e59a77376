"""Training loop: batches, warm-up and cosine, a moving average of the weights, stopping in time, cancel."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, ShouldStop, check
from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.losses import detection_loss
from boxwright.training.nets.machine import Machine
from boxwright.training.nets.typed_modules import Inputs, TypedModule
from boxwright.training.protocol import Epoch, TrainReport
from boxwright.training.recipe import Recipe
from boxwright.training.sampling_order import endless_order

_WARM_UP, _FINAL_SHARE, _CLIP, _DECAY = 0.05, 0.02, 10.0, 5e-4
# Measured in so many parts of a run, and ended early after this share of it without a better figure.
_LOOKS, _PATIENCE = 10, 0.4

# What the network takes, then boxes (M,4) xyxy input pixels and labels (M,) of each image.
Batch = tuple[Inputs, list[Tensor], list[Tensor]]
Averaged = TypeVar("Averaged", bound=nn.Module)
# AP50, 0..1, of a network.
HoldoutMetric = Callable[[TypedModule[Inputs, HeadOutput]], float]


@dataclass(frozen=True)
class BatchSource(Generic[Inputs]):
    """Source of training batches.

    What is learnt: `draw` makes a batch of images by their indices, `factors` (N,) how often each is shown.
    """

    draw: Callable[[Sequence[int], np.random.Generator], Batch[Inputs]]
    factors: NDArray[np.float64]

    def steps(self, recipe: Recipe) -> int:
        """Batches of a whole run."""
        return math.ceil(len(self.factors) / recipe.batch) * recipe.epochs


class WeightAverage(Generic[Averaged]):
    """Exponential moving average of weights and statistics; short at first, then about `1 / (1 - 0.998)` steps."""

    def __init__(self, model: Averaged) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._pairs = list(zip(self.model.state_dict().values(), model.state_dict().values()))
        self._steps = 0

    def update(self) -> None:
        self._steps += 1
        keep = min(0.998, 1 - 1 / (1 + self._steps / 4))
        with torch.no_grad():
            for mine, new in self._pairs:
                if mine.dtype.is_floating_point:
                    mine.lerp_(new, 1 - keep)
                else:
                    mine.copy_(new)


class Best(Generic[Inputs]):
    """Best weights so far: the averaged ones that did best on the images that were held back, the last ones without
    such images."""

    def __init__(
        self, average: WeightAverage[TypedModule[Inputs, HeadOutput]], holdout: HoldoutMetric[Inputs] | None
    ) -> None:
        self._average: WeightAverage[TypedModule[Inputs, HeadOutput]] = average
        self._holdout: HoldoutMetric[Inputs] | None = holdout
        self._kept: dict[str, Tensor] | None = None
        self._figure, self.epoch = -1.0, 0

    def look(self, number: int, recipe: Recipe) -> float | None:
        """AP50 after epoch `number`, where it is one to measure after."""
        if self._holdout is None or (number % max(1, recipe.epochs // _LOOKS) and number != recipe.epochs):
            return None
        figure = self._holdout(self._average.model)
        if figure >= self._figure:
            self._figure, self.epoch = figure, number
            self._kept = copy.deepcopy(self._average.model.state_dict())
        return figure

    def over(self, number: int, recipe: Recipe) -> bool:
        return self._kept is not None and number - self.epoch > _PATIENCE * recipe.epochs

    def model(self) -> TypedModule[Inputs, HeadOutput]:
        if self._kept is not None:
            self._average.model.load_state_dict(self._kept)
        return self._average.model


def fit(
    network: TypedModule[Inputs, HeadOutput],
    batches: BatchSource[Inputs],
    recipe: Recipe,
    machine: Machine,
    report: TrainReport,
    should_stop: ShouldStop,
    holdout: HoldoutMetric[Inputs] | None = None,
    shares: Sequence[tuple[Sequence[nn.Parameter], float]] = (),
) -> tuple[TypedModule[Inputs, HeadOutput], tuple[Epoch, ...]]:
    """Train `network`; returns its moving average and the history.

    `holdout` measures AP50 on images that were held back. `shares`: weights that learn at this share of the rate.
    Raises `Cancelled` within one batch of being told to stop, and `TrainingError` when the loss is no number any more.
    """
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    order = endless_order(batches.factors, rng)
    network.to(machine.device)
    total, done = batches.steps(recipe), 0
    per_epoch = total // recipe.epochs
    optimiser = torch.optim.AdamW(_groups(network, shares), lr=recipe.learning_rate)
    average = WeightAverage(network)
    best, began = Best(average, holdout), time.monotonic()
    history: list[Epoch] = []
    for number in range(1, recipe.epochs + 1):
        network.train()
        sums = np.zeros(2)
        for batch in _batches(batches, order, recipe.batch, per_epoch, rng):
            check(should_stop)
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * group["share"] * rate_share(done / total)
            sums += _step(network, optimiser, batch, machine)
            average.update()
            done += 1
            what = Message("epoch {0} of {1}", number, recipe.epochs)
            report(Progress(done, total, what, done / (time.monotonic() - began)))
        if not np.isfinite(sums).all():
            raise TrainingError(
                "The training went astray, its loss is no number any more; start it again with another input side, or "
                "with another trainer."
            )
        means = sums / per_epoch
        figure = best.look(number, recipe)
        spent = time.monotonic() - began
        history.append(Epoch(number, float(means.sum()), float(means[0]), float(means[1]), spent, figure))
        report(history[-1])
        if best.over(number, recipe):
            break
    return best.model(), tuple(history)


def seconds_per_step(
    network: TypedModule[Inputs, HeadOutput], batches: BatchSource[Inputs], recipe: Recipe, machine: Machine, steps: int
) -> float:
    """Of `steps` batches after one that warms up; `network` is of no use afterwards."""
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    network.to(machine.device).train()
    optimiser = torch.optim.AdamW(_groups(network, ()), lr=1e-6)
    began = 0.0
    for number, batch in enumerate(
        _batches(batches, endless_order(batches.factors, rng), recipe.batch, steps + 1, rng)
    ):
        if number == 1:
            began = time.perf_counter()
        _step(network, optimiser, batch, machine)
    return (time.perf_counter() - began) / steps


def _step(
    network: TypedModule[Inputs, HeadOutput], optimiser: torch.optim.Optimizer, batch: Batch[Inputs], machine: Machine
) -> tuple[float, float]:
    inputs, boxes, labels = batch
    with machine.precision():
        raw = network(machine.put(inputs))
    truth = [b.to(machine.device) for b in boxes]
    class_loss, box_loss = detection_loss(raw, truth, [c.to(machine.device) for c in labels])
    optimiser.zero_grad()
    torch.autograd.backward(class_loss + box_loss)
    nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], _CLIP)
    optimiser.step()
    return class_loss.item(), box_loss.item()


def _batches(
    batches: BatchSource[Inputs], order: Iterator[int], size: int, count: int, rng: np.random.Generator
) -> Iterator[Batch[Inputs]]:
    for _ in range(count):
        yield batches.draw(list(islice(order, min(size, len(batches.factors)))), rng)


def rate_share(progress: float) -> float:
    """The learning rate's share at `progress` 0..1: linear warm-up, then a half cosine."""
    if progress < _WARM_UP:
        return max(progress, 1e-3) / _WARM_UP
    turn = (progress - _WARM_UP) / (1 - _WARM_UP)
    return _FINAL_SHARE + (1 - _FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * turn))


def _groups(network: nn.Module, shares: Sequence[tuple[Sequence[nn.Parameter], float]]) -> list[dict[str, object]]:
    """Weight decay for kernels only, not for biases and norms."""
    named = {id(p) for parameters, _ in shares for p in parameters}
    groups: list[dict[str, object]] = []
    rest = [p for p in network.parameters() if id(p) not in named]
    for parameters, share in ((rest, 1.0), *shares):
        learnt = [p for p in parameters if p.requires_grad]
        groups.append({"params": [p for p in learnt if p.ndim > 1], "weight_decay": _DECAY, "share": share})
        groups.append({"params": [p for p in learnt if p.ndim <= 1], "weight_decay": 0.0, "share": share})
    return [group for group in groups if group["params"]]
