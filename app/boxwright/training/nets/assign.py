"""Task-aligned assignment: which anchors learn which box (Feng et al. 2021, "TOOD", equations 4 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

ALPHA, BETA, TOP = 0.5, 6.0, 10


@dataclass(frozen=True)
class Targets:
    """Targets of A anchors.

    scores: (A,C), 0..1, what the class logits shall become. boxes: (A,4), only meaningful where `positive` (A,).
    """

    scores: Tensor
    boxes: Tensor
    positive: Tensor


def assign(
    probabilities: Tensor, boxes: Tensor, points: Tensor, strides: Tensor, truth: Tensor, labels: Tensor
) -> Targets:
    """For one image: (A,C) class probabilities, (A,4) predicted boxes, (A,2) anchor points, (A,) strides, (M,4) true
    boxes in input pixels and (M,) their labels. Of the anchors inside a true box the `TOP` best by
    `p^ALPHA * IoU^BETA` learn it; an anchor wanted by two takes the one it overlaps more."""
    scores = torch.zeros_like(probabilities)
    if len(truth) == 0:
        return Targets(scores, torch.zeros_like(boxes), torch.zeros(len(boxes), dtype=torch.bool, device=boxes.device))
    overlap = pairwise_iou(truth, boxes)
    metric = probabilities[:, labels].T.pow(ALPHA) * overlap.pow(BETA)
    middle, half = (truth[:, :2] + truth[:, 2:]) / 2, (truth[:, 2:] - truth[:, :2]) / 2
    # A box smaller than a cell may hold no anchor; the nearest cell must still learn it.
    reach = torch.maximum(half[:, None], strides[None, :, None] * 0.5)
    inside = ((points[None] - middle[:, None]).abs() <= reach).all(-1)
    # The tiny term ranks anchors by IoU, then order, while the network still knows nothing.
    ranked = torch.where(inside, metric + 1e-9 * overlap + 1e-12, torch.zeros_like(metric))
    best = ranked.topk(min(TOP, ranked.shape[1]), dim=1)
    chosen = torch.zeros_like(inside).scatter_(1, best.indices, best.values > 0)
    wanted = torch.where(chosen, overlap + 1e-6, torch.full_like(overlap, -1.0))
    value, owner = wanted.max(dim=0)
    positive = value > 0
    mine = torch.zeros_like(chosen).scatter_(0, owner[None], positive[None])
    metric, overlap = metric * mine, overlap * mine
    scale = overlap.amax(1, keepdim=True) / metric.amax(1, keepdim=True).clamp_min(1e-12)
    aligned = (metric * scale).amax(0)
    rows = positive.nonzero()[:, 0]
    scores[rows, labels[owner[rows]]] = aligned[rows].clamp(0, 1)
    return Targets(scores, truth[owner], positive)


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """(M,4) and (A,4) xyxy -> (M,A), 0..1."""
    low, high = torch.maximum(a[:, None, :2], b[None, :, :2]), torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(-1), (b[:, 2:] - b[:, :2]).prod(-1)
    return shared / (area_a[:, None] + area_b[None] - shared).clamp_min(1e-9)
