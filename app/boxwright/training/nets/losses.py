"""Losses of a head: cross-entropy for class scores, generalised IoU for boxes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from boxwright.training.nets.assign import assign
from boxwright.training.nets.head import HeadOutput

CLASS_WEIGHT, BOX_WEIGHT = 1.0, 2.5


def detection_loss(raw: HeadOutput, truth: Sequence[Tensor], labels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Class and box loss of a batch, weighted, each a scalar. `truth` holds (M,4) xyxy input pixels and `labels` (M,)
    per image. Both are divided by the sum of the target scores, as in TOOD."""
    with torch.no_grad():
        probabilities = raw.logits.sigmoid()
        targets = [
            assign(p, b, raw.points, raw.strides, t, c) for p, b, t, c in zip(probabilities, raw.boxes, truth, labels)
        ]
        wanted = torch.stack([t.scores for t in targets])
        positive = torch.stack([t.positive for t in targets])
        boxes = torch.stack([t.boxes for t in targets])
        weight = wanted.sum(-1)[positive]
        total = wanted.sum().clamp_min(1.0)
    class_loss = functional.binary_cross_entropy_with_logits(raw.logits, wanted, reduction="sum") / total
    box_loss = ((1 - generalised_iou(raw.boxes[positive], boxes[positive])) * weight).sum() / total
    return CLASS_WEIGHT * class_loss, BOX_WEIGHT * box_loss


def generalised_iou(a: Tensor, b: Tensor) -> Tensor:
    """(N,4) and (N,4) xyxy -> (N,), -1..1 (Rezatofighi et al. 2019)."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    union = (a[:, 2:] - a[:, :2]).prod(-1) + (b[:, 2:] - b[:, :2]).prod(-1) - shared
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(-1)
    return shared / union.clamp_min(1e-9) - (hull - union) / hull.clamp_min(1e-9)
