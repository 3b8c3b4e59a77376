"""Training of a `PointHead`: a fixed number of steps, whatever the number of images."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from boxwright.domain.errors import TrainingError
from boxwright.domain.progress import ShouldStop, check
from boxwright.training.nets.assign import ALPHA, BETA, TOP
from boxwright.training.nets.cell_sampling import CellBatch, CellSampler
from boxwright.training.nets.loop import WeightAverage, rate_share
from boxwright.training.nets.losses import BOX_WEIGHT, CLASS_WEIGHT, generalised_iou
from boxwright.training.nets.map_files import FeatureMapFiles
from boxwright.training.nets.point_head import PointHead, boxes_of
from boxwright.training.pace import Pace
from boxwright.training.sampling_order import endless_order, repeat_factors

WIDTH, _DECAY, _CLIP = 128, 1e-4, 10.0
# Images whose channels are measured.
_MEASURED = 64


def new_head(files: FeatureMapFiles, images: Sequence[int], classes: int) -> PointHead:
    """With the standardisation and the biases that `images`, which it will learn, make likely."""
    measured = [images[i] for i in np.unique(np.linspace(0, len(images) - 1, _MEASURED).astype(np.int64))]
    maps = files.plain(measured)
    boxes = sum(len(files.images[i].labels) for i in images) / len(images)
    # A box is learnt by a few cells.
    likely = min(0.2, 3 * boxes / sum(files.cells))
    return PointHead([m.mean(0) for m in maps], [m.std(0) for m in maps], classes, WIDTH, likely)


def teach(
    head: PointHead,
    files: FeatureMapFiles,
    images: Sequence[int],
    classes: int,
    pace: Pace,
    seed: int,
    should_stop: ShouldStop,
) -> PointHead:
    """The moving average of `head` after its steps. Raises `Cancelled`, and `TrainingError` when it goes astray."""
    rng = np.random.Generator(np.random.PCG64(seed))
    order = endless_order(repeat_factors([files.images[i].labels for i in images], classes), rng)
    sampler = CellSampler(files, images)
    optimiser = torch.optim.AdamW(head.parameters(), lr=pace.rate, weight_decay=_DECAY)
    average = WeightAverage(head)
    head.train()
    for step in range(pace.steps):
        check(should_stop)
        for group in optimiser.param_groups:
            group["lr"] = pace.rate * rate_share(step / pace.steps)
        loss = point_loss(head, sampler.draw(list(islice(order, min(pace.batch, len(images)))), rng))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(head.parameters(), _CLIP)
        optimiser.step()
        average.update()
    if not np.isfinite(loss.item()):
        raise TrainingError(
            "The training went astray, its loss is no number any more; start the experiment from another detector."
        )
    return average.model


def point_loss(head: PointHead, batch: CellBatch) -> Tensor:
    """Class and box loss as `detection_loss` has them, of the cells in the batch."""
    logits, reach = head(batch.rows)
    boxes = boxes_of(reach, batch.points, batch.strides)
    with torch.no_grad():
        wanted, pairs = _targets(logits.sigmoid(), boxes, batch)
        total = wanted.sum().clamp_min(1.0)
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(-1)
    class_loss = (entropy * batch.weight).sum() / total
    cells, owners, aligned = pairs
    box_loss = ((1 - generalised_iou(boxes[cells], batch.boxes[owners])) * aligned).sum() / total
    return CLASS_WEIGHT * class_loss + BOX_WEIGHT * box_loss


def _targets(probabilities: Tensor, boxes: Tensor, batch: CellBatch) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """(R,C) class targets, and which cell learns which box with which weight; as `assign`, for all images at once."""
    wanted = torch.zeros_like(probabilities)
    there = batch.table >= 0
    if not len(batch.boxes):
        nothing = torch.zeros(0, dtype=torch.int64)
        return wanted, (nothing, nothing, torch.zeros(0))
    cells = batch.table.clamp_min(0)
    overlap = _iou(batch.boxes[:, None], boxes[cells]) * there
    metric = probabilities[cells, batch.labels[:, None]].pow(ALPHA) * overlap.pow(BETA)
    # The tiny term ranks cells by IoU while the head still knows nothing.
    ranked = torch.where(there, metric + 1e-9 * overlap + 1e-12, torch.zeros_like(metric))
    best = ranked.topk(TOP, dim=1)
    chosen = torch.zeros_like(there).scatter_(1, best.indices, best.values > 0)
    # A cell that two boxes want takes the one it overlaps more.
    claim = torch.where(chosen, overlap + 1e-6, torch.zeros_like(overlap))
    most = torch.zeros(len(boxes)).scatter_reduce_(0, cells.flatten(), claim.flatten(), "amax")
    chosen &= claim == most[cells]
    metric, overlap = metric * chosen, overlap * chosen
    scale = overlap.amax(1, keepdim=True) / metric.amax(1, keepdim=True).clamp_min(1e-12)
    aligned = (metric * scale).clamp(0, 1)
    owners, places = chosen.nonzero(as_tuple=True)
    learning, weight = cells[owners, places], aligned[owners, places]
    wanted[learning, batch.labels[owners]] = weight
    return wanted, (learning, owners, weight)


def _iou(a: Tensor, b: Tensor) -> Tensor:
    """(...,4) and (...,4) xyxy that broadcast -> (...), 0..1."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (areas - shared).clamp_min(1e-9)
