"""Facts of the installed torch: for the doctor, in a child process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TorchFacts:
    """Installed torch. `cuda`: the version of CUDA that it was built for, None for the processor alone."""

    version: str
    cuda: str | None
    cuda_runs: bool


def torch_facts() -> TorchFacts:
    """Imports torch. Raises ImportError where it is not there or does not load."""
    import torch

    return TorchFacts(torch.__version__, torch.version.cuda, torch.cuda.is_available())
