"""Anchor-free head over any three feature maps at strides 8, 16 and 32, decoupled into class and box towers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from boxwright.training.nets.backbone import conv
from boxwright.training.nets.typed_modules import TypedModule, TypedModuleList

STRIDES = (8, 16, 32)


@dataclass(frozen=True)
class HeadOutput:
    """Raw output of a head.

    logits: (B,A,C). boxes: (B,A,4) xyxy in input pixels. points: (A,2) x, y of each anchor; strides: (A,).
    """

    logits: Tensor
    boxes: Tensor
    points: Tensor
    strides: Tensor


class Head(TypedModule[Sequence[Tensor], HeadOutput]):
    """Decoupled anchor-free head with a top-down path.

    Lateral 1x1 convolutions and a top-down path (Lin et al. 2017), then per level a class and a box tower (Tian et
    al. 2019). Distances to the four sides are `softplus` in units of the stride, so always positive.
    """

    def __init__(self, channels: Sequence[int], classes: int, width: int = 48, boxes_per_image: float = 8.0) -> None:
        """`channels` of the three maps, finest first. `boxes_per_image` sets the starting class bias."""
        super().__init__()
        self.lateral = TypedModuleList(conv(c, width, 1) for c in channels)
        self.classes = TypedModuleList(_Tower(width, classes) for _ in channels)
        self.sides = TypedModuleList(_Tower(width, 4) for _ in channels)
        for stride, tower, sides in zip(STRIDES, self.classes, self.sides):
            begin_unsure(tower.last, sides.last, stride, boxes_per_image)

    def forward(self, maps: Sequence[Tensor]) -> HeadOutput:
        levels = top_down(self.lateral.each(maps))
        return decode(self.classes.each(levels), self.sides.each(levels))


def top_down(maps: Sequence[Tensor]) -> list[Tensor]:
    """To each of the maps, finest first and of the same channels, is added what the coarser ones saw."""
    levels = list(maps)
    for i in range(len(levels) - 2, -1, -1):
        levels[i] = levels[i] + functional.interpolate(levels[i + 1], size=levels[i].shape[-2:], mode="nearest")
    return levels


def begin_unsure(logits: nn.Conv2d, sides: nn.Conv2d, stride: int, boxes_per_image: float) -> None:
    """Start the last layers of a level at what is likely: few anchors have an object, and one reaches a few cells."""
    anchors = (416 / stride) ** 2
    # A convolution made without a bias has None.
    assert logits.bias is not None and sides.bias is not None
    nn.init.constant_(logits.bias, math.log(boxes_per_image / max(1, logits.out_channels) / anchors))
    nn.init.constant_(sides.bias, 1.5)


def decode(logits: Sequence[Tensor], sides: Sequence[Tensor]) -> HeadOutput:
    """(B,C,h,w) class logits and (B,4,h,w) distances before `softplus`, per level and finest first, as boxes."""
    points: list[Tensor] = []
    strides: list[Tensor] = []
    for level, stride in zip(logits, STRIDES):
        grid = _centres(level.shape[-2], level.shape[-1], stride, level.device)
        points.append(grid)
        strides.append(torch.full((grid.shape[0],), float(stride), device=level.device))
    centre, step = torch.cat(points), torch.cat(strides)
    distances = torch.cat([functional.softplus(level).flatten(2).transpose(1, 2) for level in sides], 1)
    reach = distances.float() * step[:, None]
    boxes = torch.cat((centre - reach[..., :2], centre + reach[..., 2:]), -1)
    return HeadOutput(torch.cat([level.flatten(2).transpose(1, 2) for level in logits], 1).float(), boxes, centre, step)


class _Tower(nn.Sequential):
    """Separable convolutions, and a last one that gives `outputs` channels."""

    def __init__(self, width: int, outputs: int) -> None:
        depthwise = conv(width, width, 3, groups=width)
        super().__init__(conv(width, width), depthwise, conv(width, width, 1), nn.Conv2d(width, outputs, 1))

    @property
    def last(self) -> nn.Conv2d:
        layer = self[-1]
        assert isinstance(layer, nn.Conv2d)
        return layer


def _centres(rows: int, columns: int, stride: int, device: torch.device) -> Tensor:
    """(rows*columns, 2) pixel coordinates x, y of the cells' middles, row by row."""
    ys = (torch.arange(rows, device=device) + 0.5) * stride
    xs = (torch.arange(columns, device=device) + 0.5) * stride
    grid_y, grid_x = torch.meshgrid(ys, xs, indexing="ij")
    return torch.stack((grid_x, grid_y), -1).reshape(-1, 2)
