"""Statistics of a network's batch normalisation, measured again once it has learnt."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.machine import Machine
from boxwright.training.nets.typed_modules import TypedModule


def measure_again(network: TypedModule[Tensor, HeadOutput], batches: Sequence[Tensor], machine: Machine) -> None:
    """In place: the statistics of every normalisation are those of `batches`, together.

    A run keeps them as moving averages, which lag behind the weights and, after a part on smaller pictures, tell of
    another size (Wu and Johnson 2021, "Rethinking 'Batch' in BatchNorm", section 3).
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    network.eval()
    for norm in norms:
        norm.reset_running_stats()
        # The mean over all batches, instead of a moving one.
        norm.momentum = None
        norm.train()
    with torch.no_grad(), machine.precision():
        for images in batches:
            network(machine.put(images))
    network.eval()
