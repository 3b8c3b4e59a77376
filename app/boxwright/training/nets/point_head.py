"""Head that reads each cell of the three maps on its own, so that it can learn from a few cells of a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from boxwright.training.nets.head import STRIDES
from boxwright.training.nets.typed_modules import TypedModule, TypedModuleList


class PointHead(TypedModule[Sequence[Tensor], tuple[Tensor, Tensor]]):
    """Head of 1x1 layers.

    Per map a layer of its own on standardised channels, then two layers in common, then scores and sides per map.

    There is no normalisation inside: its statistics would be those of the cells that are drawn for learning.
    """

    def __init__(
        self, means: Sequence[Tensor], deviations: Sequence[Tensor], classes: int, width: int, likely: float
    ) -> None:
        """`means`, `deviations`: (C,) of the channels of each map. `likely`: the share of the cells that have an
        object, at which the class scores begin."""
        super().__init__()
        for level, (mean, deviation) in enumerate(zip(means, deviations)):
            self.register_buffer(f"mean{level}", mean)
            self.register_buffer(f"scale{level}", 1.0 / deviation.clamp_min(1e-4))
        self.first = TypedModuleList(nn.Linear(len(mean), width) for mean in means)
        self.second = nn.Linear(width, width)
        self.logits = TypedModuleList(nn.Linear(width, classes) for _ in means)
        self.sides = TypedModuleList(nn.Linear(width, 4) for _ in means)
        for logits, sides in zip(self.logits, self.sides):
            nn.init.normal_(logits.weight, std=0.01)
            nn.init.normal_(sides.weight, std=0.01)
            nn.init.constant_(logits.bias, math.log(max(likely, 1e-6) / classes))
            nn.init.constant_(sides.bias, 1.0)

    def forward(self, rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """(R_l,C_l) cells of each map -> their class logits (R,classes) and reach (R,4): how far the four sides are
        from the middle of the cell, in strides; one map after the other."""
        standard = [
            (cells - self.get_buffer(f"mean{level}")) * self.get_buffer(f"scale{level}")
            for level, cells in enumerate(rows)
        ]
        hidden = [functional.silu(one) for one in self.first.each(standard)]
        deeper = [one + functional.silu(self._deeper(one)) for one in hidden]
        sides = [functional.softplus(one) for one in self.sides.each(deeper)]
        return torch.cat(self.logits.each(deeper)), torch.cat(sides)

    def _deeper(self, hidden: Tensor) -> Tensor:
        made: Tensor = self.second(hidden)
        return made


def middles(size: int) -> tuple[Tensor, Tensor]:
    """(A,2) x, y of the middle of every cell of a square input of `size` pixels, and (A,) its stride; finest first."""
    points: list[Tensor] = []
    strides: list[Tensor] = []
    for stride in STRIDES:
        line = (torch.arange(size // stride) + 0.5) * stride
        y, x = torch.meshgrid(line, line, indexing="ij")
        points.append(torch.stack((x, y), -1).reshape(-1, 2))
        strides.append(torch.full((len(line) ** 2,), float(stride)))
    return torch.cat(points), torch.cat(strides)


def boxes_of(reach: Tensor, points: Tensor, strides: Tensor) -> Tensor:
    """(R,4) xyxy in input pixels."""
    sides = reach * strides[:, None]
    return torch.cat((points - sides[:, :2], points + sides[:, 2:]), -1)
