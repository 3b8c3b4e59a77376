"""Network of a backbone and a head."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.typed_modules import TypedModule


class Network(TypedModule[Tensor, HeadOutput]):
    """Backbone and head: a batch of pictures as `backbone` takes them -> what `head` says of its three maps."""

    def __init__(
        self, backbone: TypedModule[Tensor, list[Tensor]], head: TypedModule[Sequence[Tensor], HeadOutput]
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head

    def forward(self, images: Tensor) -> HeadOutput:
        return self.head(self.backbone(images))
