"""Device, threads and precision that a network learns with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor

from boxwright.config.opencv import cv2
from boxwright.domain.errors import TrainingError
from boxwright.training.nets.typed_modules import Inputs
from boxwright.training.protocol import TrainSettings


@dataclass(frozen=True)
class Machine:
    """Where and how precisely to compute.

    `half`: layers compute in bfloat16 where that saves time; weights, losses and boxes stay float32. `threads`:
    cores that may be used at once.
    """

    device: torch.device
    half: bool
    threads: int

    def precision(self) -> AbstractContextManager[None]:
        """Around a network's forward pass."""
        context: AbstractContextManager[None] = torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.half
        )
        return context

    def put(self, inputs: Inputs) -> Inputs:
        """A network's input on the device."""
        if isinstance(inputs, Tensor):
            return inputs.to(self.device)
        return [part.to(self.device) for part in inputs]


def begin(settings: TrainSettings) -> Machine:
    """Seed, threads and device; before any weight is drawn. Raises `TrainingError` for CUDA where there is none."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.cores)
    # It would take every core for the pictures, however many the network is given.
    cv2.setNumThreads(settings.cores)
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise TrainingError("CUDA was asked for, but torch finds no GPU here; choose the device 'cpu' or 'auto'.")
    if settings.device == "cpu" or not there:
        return Machine(torch.device("cpu"), _fast_bfloat16(), settings.cores)
    # The same seed shall give the same detector there as well.
    torch.backends.cudnn.deterministic = True
    return Machine(torch.device("cuda"), torch.cuda.is_bf16_supported(), settings.cores)


def _fast_bfloat16() -> bool:
    """A fifth of the time is saved where the processor has instructions for it; elsewhere it is lost."""
    tell = getattr(torch.cpu, "get_capabilities", None)
    return bool(tell and tell().get("avx512_bf16"))
