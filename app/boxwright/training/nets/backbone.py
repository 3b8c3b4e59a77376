"""Small convolutional backbone with feature maps at strides 8, 16 and 32."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from boxwright.training.nets.typed_modules import TypedModule

WIDTHS = (16, 32, 64, 96, 128)


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm, SiLU; the size is kept but for the stride."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.SiLU(inplace=True),
    )


class Residual(TypedModule[Tensor, Tensor]):
    """Residual block: two 3x3 convolutions through half the channels, added to the input (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels // 2), conv(channels // 2, channels))

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.body(x)
        return x + changed


class Backbone(TypedModule[Tensor, list[Tensor]]):
    """Convolutional backbone: (B,3,S,S) float32 RGB 0..1 -> three maps at strides 8, 16, 32 with `channels`
    channels."""

    channels: tuple[int, int, int] = (WIDTHS[2], WIDTHS[3], WIDTHS[4])

    def __init__(self) -> None:
        super().__init__()
        w = WIDTHS
        self.stem = nn.Sequential(conv(3, w[0], 3, 2), conv(w[0], w[1], 3, 2), Residual(w[1]))
        self.stages = nn.ModuleList(
            nn.Sequential(conv(before, after, 3, 2), Residual(after)) for before, after in pairwise(w[1:])
        )

    def forward(self, images: Tensor) -> list[Tensor]:
        x: Tensor = self.stem(images)
        maps: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps
