"""Trial of a detector file that belongs to no project: looked into, given its card, run and timed on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.domain.scores import BOX_FLOOR

_RUNS, _MOST_SECONDS = 5, 3.0
_PICTURE = (480, 640, 3)


@dataclass(frozen=True)
class Trial:
    """Trial of a detector. `layout` and `classes`: how it is read. `seconds`: one image on the processor."""

    layout: str
    classes: int
    seconds: float


def try_out(file: Path, said: Mapping[str, Any]) -> Trial:
    """Look into `file`, of which `said` (points of a card) is known, write its card beside it, run it on a grey picture
    and time that. Raises ModelError when it cannot be used, or when a person has to say something of it."""
    from boxwright.inference.cards import save_card
    from boxwright.inference.detector import Detector
    from boxwright.inference.inspect import inspect_model

    card = inspect_model(file, said).settled_card()
    detector = Detector.open(file, card, "cpu")
    seconds = _seconds_per_image(detector)
    save_card(file, card)
    return Trial(card.layout, len(card.classes), seconds)


def _seconds_per_image(detector: Any) -> float:
    """The median of some runs, whole: prepared, run and decoded. The first one, which allocates, does not count."""
    image = np.full(_PICTURE, 128, np.uint8)
    taken: list[float] = []
    for _ in range(1 + _RUNS):
        began = time.perf_counter()
        prepared = [detector.prepare(image)]
        detector.finish(detector.run(prepared), prepared, BOX_FLOOR)
        taken.append(time.perf_counter() - began)
        if len(taken) > 1 and sum(taken) > _MOST_SECONDS:
            break
    return statistics.median(taken[1:])
