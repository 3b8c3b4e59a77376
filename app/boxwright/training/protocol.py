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

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.progress import Progress, ShouldStop

Reader = Callable[[Path, int], NDArray[np.uint8]]
"""Reads an image file as (H,W,3) uint8 BGR, EXIF-upright, its longer side at least the given pixels where it has them.
Raises `ImageReadError`."""


@dataclass(frozen=True)
class TrainingImage:
    """Labelled image. One without boxes is confirmed empty, which teaches as well.

    Attributes:
        path: The image file.
        width: Pixels of the EXIF-upright image.
        height: As `width`.
        boxes: (N,4) float32, x1, y1, x2, y2 in pixels of the upright image, within it and with an area.
        labels: (N,) int64, indexes into the set's classes.
        key: Hash of the file's bytes, under which what is computed from it is kept; empty where nothing shall outlive
            the run.
    """

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    key: str = ""


Raw = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Boxes of one image before any suppression: (N,4) float32 xyxy in pixels, and (N,C) float32 class scores."""

Measure = Callable[[Sequence[TrainingImage], Sequence[Raw]], float]
"""AP50, 0..1, of raw boxes on images of the set."""


class Exchange(Protocol):
    """Exchange with programs of others: dataset files out, a detector file in. `services.retraining` provides it."""

    def write(self, dataset: TrainingSet, format_name: str, folder: Path, copy: bool, seed: int) -> None:
        """Write a training set as a dataset folder.

        Args:
            dataset: What to write.
            format_name: A dataset format, such as "yolo".
            folder: The new folder.
            copy: Copy images, otherwise link them.
            seed: Draws the images that are held back in it for stopping in time.

        Raises:
            FormatError: It cannot be written.
        """
        ...

    def card(self, onnx: Path, classes: tuple[str, ...]) -> DetectorCard:
        """The whole card of a detector that somebody else's program wrote.

        Args:
            onnx: The detector file. The card beside it, its metadata and its outputs are looked at.
            classes: Names where the file tells none.

        Raises:
            ModelError: The file is no detector, or something is left that a person would have to say.
        """
        ...


@dataclass(frozen=True)
class TrainingSet:
    """Labelled images to learn from; those of the validation split are never among them.

    Attributes:
        classes: Names, in the order of the labels.
        images: In a stable order.
        read: Reads an image file.
        measure: Serves to stop in time, on training images that are held back for it; without it a trainer goes to its
            last epoch.
        exchange: For trainers that run somebody else's program, which cannot work without.
    """

    classes: tuple[str, ...]
    images: tuple[TrainingImage, ...]
    read: Reader
    measure: Measure | None = None
    exchange: Exchange | None = None


Feed = Callable[[NDArray[np.uint8], InputSpec], Array]
"""The tensor, without its batch axis, of an upright (H,W,3) uint8 BGR picture: what inference feeds a detector."""


@dataclass(frozen=True)
class BaseModel:
    """Detector that a trainer starts from.

    Attributes:
        onnx: Its file.
        card: How it is fed and read.
        feed: Makes its input of a picture.
    """

    onnx: Path
    card: DetectorCard
    feed: Feed


class Effort(StrEnum):
    """Time that a training may take: minutes, several times that, or a night. A trainer says what it makes of it."""

    QUICK = "quick"
    THOROUGH = "thorough"
    FULL = "full"


@dataclass(frozen=True)
class TrainSettings:
    """Settings of one training. What is None is the trainer's own choice for `effort`.

    Attributes:
        out: An existing folder for the candidate's files.
        effort: How long it may take.
        epochs: Passes over the set, >= 1.
        size: The square input's side in pixels, a multiple of 32.
        batch: Images of a step, >= 1.
        learning_rate: Highest rate of the run.
        seed: Draws weights, order and augmentation.
        threads: Cores to use, 0 for all.
        device: "auto", "cpu" or "cuda".
        seconds: Time that the whole of `Trainer.train` may take on this machine, > 0, in place of what `effort` and
            `epochs` say; None for what these say. A trainer that cannot plan for a time does not look at it.
        cache: A folder for what is computed once per base and image, None for none that outlives the run.
        options: The trainer's own.
    """

    out: Path
    effort: Effort = Effort.QUICK
    epochs: int | None = None
    size: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    seed: int = 0
    threads: int = 0
    device: str = "auto"
    seconds: float | None = None
    cache: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cores(self) -> int:
        """`threads`, or as many as the machine has."""
        return self.threads or os.cpu_count() or 1


@dataclass(frozen=True)
class Epoch:
    """Figures of one pass over the set.

    Attributes:
        number: Counts from 1.
        loss: Mean loss of the pass.
        class_loss: Its part for classes.
        box_loss: Its part for boxes.
        seconds: Since training began.
        ap50: On those training images that were held back to stop in time, 0..1, None where it was not measured; never
            on the validation split.
    """

    number: int
    loss: float
    class_loss: float
    box_loss: float
    seconds: float
    ap50: float | None = None


@dataclass(frozen=True)
class LogLine:
    """Line of the log that a person may read while a training runs."""

    text: str


TrainReport = Callable[[Progress | Epoch | LogLine], None]
"""Is told what happens while a trainer works."""


@dataclass(frozen=True)
class Candidate:
    """Finished detector, before it is one of the project.

    Attributes:
        onnx: Its file, in `TrainSettings.out`.
        card: Its whole card; `card.classes` are those of the training set.
        history: How the training went.
        note: A sentence that whoever asked for it should read, or empty.
    """

    onnx: Path
    card: DetectorCard
    history: tuple[Epoch, ...]
    note: str = ""


@runtime_checkable
class Trainer(Protocol):
    """Trainer of detectors: turns labelled images into a new one, in a child process.

    A plug-in of the entry-point group `boxwright.trainers`, made without arguments. What is slow to load, such as
    torch, is imported inside `train` and `estimate`; the rest is called in the window's process. One that heeds
    `TrainSettings.seconds` says so by an attribute `plans_for_time` that is True.

    Example:
        One that hands over the detector that it was given, as a baseline:

        ```python
        import shutil

        from boxwright.training.protocol import Candidate


        class Unchanged:
            name, summary, needs_base_model = "unchanged", "Keeps the detector as it is.", True

            def obstacle(self):
                return None

            def estimate(self, dataset, base_model, settings):
                return 0.0

            def train(self, dataset, base_model, settings, report, should_stop):
                made = shutil.copy(base_model.onnx, settings.out / "candidate.onnx")
                return Candidate(made, base_model.card, history=())
        ```
    """

    @property
    def name(self) -> str:
        """What a person types, and the name of the entry point."""
        ...

    @property
    def summary(self) -> str:
        """One sentence for a person who chooses."""
        ...

    @property
    def needs_base_model(self) -> bool:
        """Whether `train` cannot do without one; another trainer may be given one all the same."""
        ...

    def obstacle(self) -> str | None:
        """Why it cannot run on this machine, with what to do; None when it can. Quick, and loads nothing."""
        ...

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """Seconds that `train` with the same arguments should take on this machine, from a few timed steps of it.

        Takes seconds itself, and raises as `train` does.

        Returns:
            None where it cannot be told beforehand.
        """
        ...

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """Train a detector. Same data, settings and machine: the same detector.

        Args:
            dataset: What to learn from.
            base_model: The detector to start from; never None where `needs_base_model`.
            settings: Where to write, and how to train.
            report: Is told of progress, of each finished epoch, and lines for the log.
            should_stop: Asked often, at least between steps; True when the person cancels.

        Returns:
            A candidate whose file lies in `settings.out`. Whether it becomes the active detector is decided elsewhere.

        Raises:
            Cancelled: `should_stop` said so.
            TrainingError: There is nothing to learn from, or the training came to nothing.
            SettingError: A setting is out of range.
            ModelError: The base cannot be learnt from.
        """
        ...
