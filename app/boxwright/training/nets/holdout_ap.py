"""Average precision of a network on the training images that were held back."""

from __future__ import annotations

from collections.abc import Callable

import torch

from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.loop import HoldoutMetric
from boxwright.training.nets.machine import Machine
from boxwright.training.nets.typed_modules import Inputs, TypedModule
from boxwright.training.protocol import Raw as RawBoxes
from boxwright.training.protocol import TrainingSet


def holdout_metric(
    held: TrainingSet, size: int, machine: Machine, inputs: Callable[[int], Inputs]
) -> HoldoutMetric[Inputs]:
    """AP50, 0..1, of a network on the plain pictures of `held`; `inputs` gives the network's input of an image, letter-
    boxed into `size` pixels, as a batch of one."""
    assert held.measure is not None
    measure = held.measure

    def holdout(network: TypedModule[Inputs, HeadOutput]) -> float:
        found: list[RawBoxes] = []
        with torch.no_grad():
            for index, image in enumerate(held.images):
                raw = network(machine.put(inputs(index)))
                scale = size / max(image.width, image.height)
                offset = [(size - side * scale) / 2 for side in (image.width, image.height)]
                boxes = (raw.boxes[0].cpu() - torch.tensor(offset * 2)) / scale
                limit = torch.tensor([image.width, image.height] * 2)
                boxes = torch.minimum(boxes.clamp_min(0), limit)
                found.append((boxes.numpy(), raw.logits[0].sigmoid().cpu().numpy()))
        return measure(held.images, found)

    return holdout
