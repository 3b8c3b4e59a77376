"""What a trainer takes and gives. It runs in a child process, so it may load torch and use all the cores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.progress import Report, ShouldStop

# Reads an image file as (H,W,3) uint8 BGR, EXIF-upright, its longer side at least the given pixels where it has them.
Reader = Callable[[Path, int], NDArray[np.uint8]]


@dataclass(frozen=True)
class TrainingImage:
    """One labelled image. boxes: (N,4) float32 xyxy pixels of the upright `width` x `height` image; labels: (N,) int64,
    index into the set's classes. No boxes: confirmed empty, which teaches as well."""

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class TrainingSet:
    """The labelled images to learn from; those of the validation split are never among them."""

    classes: tuple[str, ...]
    images: tuple[TrainingImage, ...]
    read: Reader


@dataclass(frozen=True)
class TrainSettings:
    """`out` is an existing folder for the candidate's files. `size` is the square input's side in pixels, a multiple of
    32. `threads` 0 takes all cores. `options` are the trainer's own."""

    out: Path
    epochs: int = 30
    size: int = 416
    batch: int = 8
    learning_rate: float = 2e-3
    seed: int = 0
    threads: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Epoch:
    """Mean losses of one pass over the set; `seconds` since training began."""

    number: int
    loss: float
    class_loss: float
    box_loss: float
    seconds: float


@dataclass(frozen=True)
class Candidate:
    """A finished detector: the ONNX file, its card, and how the training went."""

    onnx: Path
    card: DetectorCard
    history: tuple[Epoch, ...]


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
    def needs_base_model(self) -> bool: ...

    def obstacle(self) -> str | None:
        """Why it cannot run on this machine, with what to do; None when it can."""
        ...

    def train(
        self,
        dataset: TrainingSet,
        base_model: Path | None,
        settings: TrainSettings,
        report: Report,
        should_stop: ShouldStop,
    ) -> Candidate:
        """Same data, settings and machine: the same detector.

        Raises `Cancelled`, `TrainingError`, `SettingError` or `ModelError`.
        """
        ...
