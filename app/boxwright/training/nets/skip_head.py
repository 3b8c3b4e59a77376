"""Head that `transfer` puts on somebody else's features: a linear reading of them, and what little it lacks."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from boxwright.training.nets.backbone import conv
from boxwright.training.nets.head import STRIDES, HeadOutput, begin_unsure, decode, top_down
from boxwright.training.nets.typed_modules import TypedModule, TypedModuleList


class SkipHead(TypedModule[Sequence[Tensor], HeadOutput]):
    """Linear head with a small tower beside it.

    Per level a 1x1 convolution from the features straight to scores and sides, since they were trained to be read
    that way, plus a small tower on lateral and top-down features that begins at zero: it serves bases without a neck.
    """

    def __init__(self, channels: Sequence[int], classes: int, width: int, boxes_per_image: float) -> None:
        """`channels` of the three maps, finest first; `width` of the tower. `boxes_per_image` sets the class bias."""
        super().__init__()
        self.logits = TypedModuleList(nn.Conv2d(c, classes, 1) for c in channels)
        self.sides = TypedModuleList(nn.Conv2d(c, 4, 1) for c in channels)
        self.lateral = TypedModuleList(conv(c, width, 1) for c in channels)
        self.towers = TypedModuleList(
            nn.Sequential(conv(width, width, 3, groups=width), conv(width, 2 * width, 1)) for _ in channels
        )
        self.corrections = TypedModuleList(nn.Conv2d(2 * width, classes + 4, 1) for _ in channels)
        for stride, logits, sides, correction in zip(STRIDES, self.logits, self.sides, self.corrections):
            nn.init.normal_(logits.weight, std=0.01)
            nn.init.normal_(sides.weight, std=0.01)
            begin_unsure(logits, sides, stride, boxes_per_image)
            nn.init.zeros_(correction.weight)
            assert correction.bias is not None
            nn.init.zeros_(correction.bias)

    def forward(self, maps: Sequence[Tensor]) -> HeadOutput:
        levels = top_down(self.lateral.each(maps))
        more = self.corrections.each(self.towers.each(levels))
        logits = [plain + added[:, :-4] for plain, added in zip(self.logits.each(maps), more)]
        sides = [plain + added[:, -4:] for plain, added in zip(self.sides.each(maps), more)]
        return decode(logits, sides)
