"""Protocol of trainers: what one takes and gives.

A trainer runs in a child process, so it may load torch and use all the cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.progress import Progress, ShouldStop

# Reads an image file as (H,W,3) uint8 BGR, EXIF-upright, its longer side at least the given pixels where it has them.
Reader = Callable[[Path, int], NDArray[np.uint8]]


@dataclass(frozen=True)
class TrainingImage:
    """One labelled image. boxes: (N,4) float32 xyxy pixels of the upright `width` x `height` image; labels: (N,) int64,
    index into the set's classes. No boxes: confirmed empty, which teaches as well. `key`: hash of the file's bytes,
    under which what is computed from it is kept; empty where nothing shall outlive the run."""

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    key: str = ""


# AP50, 0..1, of raw boxes on images of the set: per image (N,4) float32 xyxy pixels and (N,C) float32 class scores,
# before any suppression.
Raw = tuple[NDArray[np.float32], NDArray[np.float32]]
Measure = Callable[[Sequence[TrainingImage], Sequence[Raw]], float]


class Exchange(Protocol):
    """What joins a trainer to programs of others: dataset files out, a detector file in. `services.retraining.exchange`
    has it."""

    def write(self, dataset: TrainingSet, format_name: str, folder: Path, copy: bool, seed: int) -> None:
        """Write `dataset` as the new folder `folder` in the dataset format of that name, its images copied or linked;
        `seed` draws the images that are held back in it for stopping in time. Raises `FormatError`."""
        ...

    def card(self, onnx: Path, classes: tuple[str, ...]) -> DetectorCard:
        """The whole card of a detector that somebody else's program wrote: what the card beside it, its metadata and
        its outputs say, and `classes` where it names none. Raises `ModelError`."""
        ...


@dataclass(frozen=True)
class TrainingSet:
    """The labelled images to learn from; those of the validation split are never among them. `measure` serves to stop
    in time, on training images that are held back for it; without it a trainer goes to its last epoch. `exchange` is
    for trainers that run somebody else's program, which cannot work without."""

    classes: tuple[str, ...]
    images: tuple[TrainingImage, ...]
    read: Reader
    measure: Measure | None = None
    exchange: Exchange | None = None


# The tensor, without its batch axis, of an upright BGR picture for an input: what inference feeds a detector.
Feed = Callable[[NDArray[np.uint8], InputSpec], NDArray[Any]]


@dataclass(frozen=True)
class BaseModel:
    """The detector that a trainer starts from: its ONNX file, the card that says how it is fed, and what feeds it."""

    onnx: Path
    card: DetectorCard
    feed: Feed


class Effort(StrEnum):
    """How long a training may take: minutes, several times that, or a night. A trainer says what it makes of it."""

    QUICK = "quick"
    THOROUGH = "thorough"
    FULL = "full"


@dataclass(frozen=True)
class TrainSettings:
    """`out` is an existing folder for the candidate's files. What is None is the trainer's own choice for `effort`.

    `size` is the square input's side in pixels, a multiple of 32. `threads` 0 takes all cores. `device` is "auto",
    "cpu" or "cuda". `cache` is a folder for what is computed once per base and image, None for none that outlives the
    run. `options` are the trainer's own."""

    out: Path
    effort: Effort = Effort.QUICK
    epochs: int | None = None
    size: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    seed: int = 0
    threads: int = 0
    device: str = "auto"
    cache: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cores(self) -> int:
        """`threads`, or as many as the machine has."""
        return self.threads or os.cpu_count() or 1


@dataclass(frozen=True)
class Epoch:
    """Mean losses of one pass over the set; `seconds` since training began. `ap50`: on those training images that were
    held back to stop in time, 0..1, None where it was not measured; never on the validation split."""

    number: int
    loss: float
    class_loss: float
    box_loss: float
    seconds: float
    ap50: float | None = None


@dataclass(frozen=True)
class LogLine:
    """One line for the log that a person may read while it runs."""

    text: str


# What a trainer tells while it works.
TrainReport = Callable[[Progress | Epoch | LogLine], None]


@dataclass(frozen=True)
class Candidate:
    """A finished detector: the ONNX file, its card, and how the training went. `note`: a sentence that whoever asked
    for it should read, or empty."""

    onnx: Path
    card: DetectorCard
    history: tuple[Epoch, ...]
    note: str = ""


@runtime_checkable
class Trainer(Protocol):
    """A plug-in of the entry-point group `boxwright.trainers`: a class without arguments."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str:
        """One sentence for a person who chooses."""
        ...

    @property
    def needs_base_model(self) -> bool:
        """Whether `train` cannot do without one; another trainer may be given one all the same."""
        ...

    def obstacle(self) -> str | None:
        """Why it cannot run on this machine, with what to do; None when it can."""
        ...

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """Seconds that `train` with the same arguments should take on this machine, from a few timed steps of it; None
        where that cannot be told beforehand. Takes seconds itself. Raises as `train` does."""
        ...

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """Same data, settings and machine: the same detector.

        Raises `Cancelled`, `TrainingError`, `SettingError` or `ModelError`.
        """
        ...
