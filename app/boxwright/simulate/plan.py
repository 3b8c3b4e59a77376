"""Plan of an experiment as it was asked for, its cells, and what each of them says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from boxwright.domain.errors import SettingError
from boxwright.simulate.arms import NOISE, RANDOM, Arm
from boxwright.simulate.effort import Work
from boxwright.training.pace import Pace

# Of what a cell is computed with; changes when the same settings would give other figures.
ENGINE = 1
# Passes over the labelled images in a round of the variant that goes on learning: five rounds make 100.
CONTINUED_EPOCHS = 20


class Training(StrEnum):
    """How detectors are trained from round to round. `RESTARTED`: every round begins at the same base and takes the
    same number of steps. `CONTINUED`: every round goes on from the weights of the round before, for `CONTINUED_EPOCHS`
    passes over what is labelled by then."""

    RESTARTED = "restarted"
    CONTINUED = "continued"


@dataclass(frozen=True)
class ExperimentPlan:
    """Plan of an experiment.

    `initial`, `step`: images of the first batch and of each later one. `rounds`: later batches. `noise`: how often
    one training is repeated with nothing but its seed changed. `size`: side of the base's input, None for its own.
    """

    arms: tuple[Arm, ...]
    initial: int
    step: int
    rounds: int = 4
    seeds: int = 5
    noise: int = 0
    training: Training = Training.RESTARTED
    size: int | None = None
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        if self.initial < 1 or self.step < 1 or self.rounds < 1 or self.seeds < 1 or self.noise < 0:
            raise SettingError("The first batch, the step, the rounds and the seeds are 1 at least.")

    def fingerprint(self, images: str, base: str) -> str:
        """Of all that each cell's figures depend on besides its arm, seed and round. `images`, `base`: digests."""
        told = {"engine": ENGINE, "images": images, "base": base, "initial": self.initial, "step": self.step}
        told |= {"training": str(self.training), "size": self.size, "pace": asdict(self.pace)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class CellTask:
    """Cell to compute.

    Train on `labelled`, measure, and choose what each of `arms` would label next. `start`: the
    key of the cell whose weights it goes on from, "" for the base. `work` is what labelling took so far.
    """

    arm: str
    seed: int
    round: int
    labelled: tuple[int, ...]
    work: Work
    arms: tuple[Arm, ...] = ()
    start: str = ""

    @property
    def key(self) -> str:
        return cell_key(self.arm, self.seed, self.round)


def cell_key(arm: str, seed: int, round_: int) -> str:
    """The first round is the same for all arms."""
    return f"{arm if round_ or arm == NOISE else RANDOM}/{seed}/{round_}"


@dataclass(frozen=True)
class NextBatch:
    """Batch that an arm chose: indices of images, and what labelling it takes with the present pre-labels."""

    images: tuple[int, ...]
    work: Work


@dataclass(frozen=True)
class Cell:
    """Result of one training of an experiment.

    What one training gave. `images`, `boxes`: labelled ones. `work`: what labelling them took. `left`, `left_work`:
    images of the pool that are not labelled, and what they would take now. `test_work`: on the `test_images`.
    `classes`: name -> (AP, AP50, labelled boxes), AP None without a true box in the test set. `took`: seconds here.
    """

    arm: str
    seed: int
    round: int
    images: int
    boxes: int
    ap: float
    ap50: float
    work: Work
    left: int
    left_work: Work
    test_images: int
    test_work: Work
    classes: Mapping[str, tuple[float | None, float | None, int]]
    next: Mapping[str, NextBatch] = field(default_factory=dict)
    took: float = 0.0

    @property
    def key(self) -> str:
        return cell_key(self.arm, self.seed, self.round)

    def of(self, arm: str) -> Cell:
        """The same figures under the name of another arm: a first round that all share."""
        return replace(self, arm=arm)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> Cell:
        """Raises KeyError or TypeError on anything that `to_json` did not give."""
        works = {name: Work(**row[name]) for name in ("work", "left_work", "test_work")}
        chosen = {arm: NextBatch(tuple(n["images"]), Work(**n["work"])) for arm, n in row["next"].items()}
        classes = {name: (ap, ap50, int(boxes)) for name, (ap, ap50, boxes) in row["classes"].items()}
        return Cell(**{**row, **works, "next": chosen, "classes": classes})
