"""Training loop: batches, warm-up and cosine, a moving average of the weights, stopping in time, cancel."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, ShouldStop, check
from boxwright.training.nets.busy import ProcessorShare
from boxwright.training.nets.course import Batch, BatchSource, Course, Part, shares_of_steps
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

Averaged = TypeVar("Averaged", bound=nn.Module)
# AP50, 0..1, of a network.
HoldoutMetric = Callable[[TypedModule[Inputs, HeadOutput]], float]


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
        self._figure, self._at, self._next = -1.0, 0.0, 1 / _LOOKS

    def look(self, progress: float) -> float | None:
        """AP50 at `progress`, where as much of the run has passed since the last look as shall."""
        if self._holdout is None or (progress < self._next and progress < 1.0):
            return None
        self._next = progress + 1 / _LOOKS
        figure = self._holdout(self._average.model)
        if figure >= self._figure:
            self._figure, self._at = figure, progress
            self._kept = copy.deepcopy(self._average.model.state_dict())
        return figure

    def give_up(self) -> None:
        """The images that were held back are learnt from now on, so they tell nothing any more."""
        self._holdout = self._kept = None

    def over(self, progress: float) -> bool:
        return self._kept is not None and progress - self._at > _PATIENCE

    def model(self) -> TypedModule[Inputs, HeadOutput]:
        if self._kept is not None:
            self._average.model.load_state_dict(self._kept)
        return self._average.model


def fit(
    network: TypedModule[Inputs, HeadOutput],
    parts: Sequence[Part[Inputs]],
    recipe: Recipe,
    machine: Machine,
    report: TrainReport,
    should_stop: ShouldStop,
    holdout: HoldoutMetric[Inputs] | None = None,
    shares: Sequence[tuple[Sequence[nn.Parameter], float]] = (),
) -> tuple[TypedModule[Inputs, HeadOutput], tuple[Epoch, ...]]:
    """Train `network`; returns its moving average and the history.

    `parts`: what is learnt, one after another. `holdout` measures AP50 on images that were held back, for as long as
    they are. `shares`: weights that learn at this share of the rate. Raises `Cancelled` within one batch of being told
    to stop, and `TrainingError` when the loss is no number any more.
    """
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    orders = [endless_order(part.batches.factors, rng) for part in parts]
    network.to(machine.device)
    per_epoch = parts[-1].batches.steps_of_epoch(recipe)
    optimiser = torch.optim.AdamW(_groups(network, shares), lr=recipe.learning_rate)
    average = WeightAverage(network)
    best, course = Best(average, holdout), Course(recipe, parts)
    busy, on_processor = ProcessorShare(machine.threads), machine.device.type == "cpu"
    history: list[Epoch] = []
    while not course.over:
        network.train()
        sums, number, steps = np.zeros(2), len(history) + 1, 0
        while steps < per_epoch and not course.over:
            check(should_stop)
            _set_rates(optimiser, recipe.learning_rate * rate_share(course.progress))
            place = course.place
            sums += _step(network, optimiser, parts[place].batches.batch(orders[place], recipe, rng), machine)
            average.update()
            steps, course.done = steps + 1, course.done + 1
            report(_progress(course, number, per_epoch, busy.starved() if on_processor else None))
        if not np.isfinite(sums).all():
            raise TrainingError(
                "The training went astray, its loss is no number any more; start it again with another input side, or "
                "with another trainer."
            )
        means, progress = sums / steps, course.progress
        if not parts[course.place].held_out:
            best.give_up()
        figure = best.look(progress)
        history.append(Epoch(number, float(means.sum()), float(means[0]), float(means[1]), course.elapsed, figure))
        report(history[-1])
        if best.over(progress):
            break
    return best.model(), tuple(history)


def _set_rates(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate * group["share"]


def _progress(course: Course[Inputs], number: int, per_epoch: int, starved: float | None) -> Progress:
    total = course.expected
    what = Message("epoch {0} of {1}", number, max(number, math.ceil(total / per_epoch)))
    if starved is not None:
        what = Message("{0}; other programs leave it {1:.0%} of the processor", what, starved)
    return Progress(course.done, total, what, course.done / course.elapsed)


def seconds_of_run(
    network: TypedModule[Inputs, HeadOutput],
    parts: Sequence[Part[Inputs]],
    recipe: Recipe,
    machine: Machine,
    steps: int,
) -> float:
    """As `seconds_per_step`, for all of them."""
    if recipe.seconds is not None:
        return recipe.seconds
    costs = {part.cost: part.batches for part in parts}
    seconds = {
        cost: seconds_per_step(network, batches, recipe, machine, steps) for cost, batches in sorted(costs.items())
    }
    mean = sum(share * seconds[part.cost] for share, part in zip(shares_of_steps(parts), parts))
    return float(mean * parts[-1].batches.steps(recipe))


def seconds_per_step(
    network: TypedModule[Inputs, HeadOutput], batches: BatchSource[Inputs], recipe: Recipe, machine: Machine, steps: int
) -> float:
    """Of `steps` batches after one that warms up; `network` is of no use afterwards."""
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    order = endless_order(batches.factors, rng)
    network.to(machine.device).train()
    optimiser = torch.optim.AdamW(_groups(network, ()), lr=1e-6)
    _step(network, optimiser, batches.batch(order, recipe, rng), machine)
    began = time.perf_counter()
    for _ in range(steps):
        _step(network, optimiser, batches.batch(order, recipe, rng), machine)
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
