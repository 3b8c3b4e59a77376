"""Schedule of the learning of a head on a frozen base."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Schedule of a head's learning: `steps` batches of `batch` images, the learning rate `rate` after a warm-up,
    then a half cosine down to a fiftieth of it. By trial on three real sets: docs/adr/0018-simulation.md has the
    figures."""

    steps: int = 300
    batch: int = 32
    rate: float = 5e-3
