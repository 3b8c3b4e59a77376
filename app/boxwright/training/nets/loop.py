"""The training loop: batches, warm-up and cosine, a moving average of the weights, progress and cancel."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.progress import Progress, ShouldStop, check
from boxwright.training.augment import Sample, Samples
from boxwright.training.nets.losses import detection_loss
from boxwright.training.protocol import Epoch, TrainingSet, TrainReport
from boxwright.training.recipe import Recipe

_WARM_UP, _FINAL_SHARE, _CLIP, _DECAY = 0.05, 0.02, 10.0, 5e-4


class Average:
    """Exponential moving average of weights and statistics; short at first, then about `1 / (1 - 0.998)` steps."""

    def __init__(self, model: nn.Module) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._steps = 0

    def update(self, model: nn.Module) -> None:
        self._steps += 1
        keep = min(0.998, 1 - 1 / (1 + self._steps / 4))
        with torch.no_grad():
            for mine, new in zip(self.model.state_dict().values(), model.state_dict().values()):
                if mine.dtype.is_floating_point:
                    mine.lerp_(new, 1 - keep)
                else:
                    mine.copy_(new)


def fit(
    network: nn.Module, dataset: TrainingSet, recipe: Recipe, report: TrainReport, should_stop: ShouldStop
) -> tuple[nn.Module, tuple[Epoch, ...]]:
    """Train `network`, which maps images to `Raw`; returns its moving average and the history.

    Raises `Cancelled` within one batch of being told to stop, and `BoxwrightError` when the loss is no number any more.
    """
    samples = Samples(dataset, recipe.size)
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    total, done = steps_of(dataset, recipe), 0
    per_epoch = total // recipe.epochs
    optimiser = torch.optim.AdamW(_decayed(network), lr=recipe.learning_rate)
    average, history, began = Average(network), [], time.monotonic()
    network.train()
    for number in range(1, recipe.epochs + 1):
        sums = np.zeros(2)
        for images, boxes, labels in _batches(samples, len(dataset.images), recipe.batch, rng):
            check(should_stop)
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * _share(done / total)
            class_loss, box_loss = detection_loss(network(images), boxes, labels)
            optimiser.zero_grad()
            (class_loss + box_loss).backward()
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
            average.update(network)
            sums += (class_loss.item(), box_loss.item())
            done += 1
            spent = time.monotonic() - began
            report(Progress(done, total, f"epoch {number} of {recipe.epochs}", done / max(spent, 1e-9)))
        if not np.isfinite(sums).all():
            raise BoxwrightError("Training went astray: the loss is no number; try a smaller learning rate.")
        means = sums / per_epoch
        history.append(Epoch(number, float(means.sum()), float(means[0]), float(means[1]), time.monotonic() - began))
        report(history[-1])
    return average.model, tuple(history)


def steps_of(dataset: TrainingSet, recipe: Recipe) -> int:
    """Batches of a whole run."""
    return math.ceil(len(dataset.images) / recipe.batch) * recipe.epochs


def seconds_per_step(network: nn.Module, dataset: TrainingSet, recipe: Recipe, steps: int) -> float:
    """Of `steps` batches after one that warms up; `network` is of no use afterwards."""
    samples = Samples(dataset, recipe.size)
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    began = 0.0
    for step in range(steps + 1):
        if step == 1:
            began = time.perf_counter()
        images, boxes, labels = _stacked(
            [samples.draw(int(i), rng) for i in rng.integers(len(dataset.images), size=recipe.batch)]
        )
        class_loss, box_loss = detection_loss(network(images), boxes, labels)
        (class_loss + box_loss).backward()
    return (time.perf_counter() - began) / steps


def _batches(
    samples: Samples, count: int, size: int, rng: np.random.Generator
) -> Iterator[tuple[Tensor, list[Tensor], list[Tensor]]]:
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield _stacked([samples.draw(int(i), rng) for i in order[start : start + size]])


def _stacked(drawn: list[Sample]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """uint8 BGR pictures -> (B,3,S,S) float32 RGB 0..1, with boxes and labels per image."""
    pixels = np.stack([image[..., ::-1] for image, _, _ in drawn])
    images = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float() / 255
    return images, [torch.from_numpy(b) for _, b, _ in drawn], [torch.from_numpy(c) for _, _, c in drawn]


def _share(progress: float) -> float:
    """The learning rate's share at `progress` 0..1: linear warm-up, then a half cosine."""
    if progress < _WARM_UP:
        return max(progress, 1e-3) / _WARM_UP
    turn = (progress - _WARM_UP) / (1 - _WARM_UP)
    return _FINAL_SHARE + (1 - _FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * turn))


def _decayed(network: nn.Module) -> list[dict[str, object]]:
    """Weight decay for kernels only, not for biases and norms."""
    kernels = [p for p in network.parameters() if p.requires_grad and p.ndim > 1]
    others = [p for p in network.parameters() if p.requires_grad and p.ndim <= 1]
    return [{"params": kernels, "weight_decay": _DECAY}, {"params": others, "weight_decay": 0.0}]
