"""Protocol of dataset formats: a name, what it can hold, a reader, a writer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from boxwright.domain.errors import FormatError
from boxwright.domain.marks import FLAGS
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.staging import ImageMode, Staging, staged

ALL_FLAGS = frozenset(FLAGS)
ANY_VALUE = frozenset({"text", "number", "yes or no"})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a format can hold. `accuracy` is the largest error of a written coordinate, pixels, for images up to 65,535
    pixels a side. `class_ids`: the dataset's own class numbers are kept, otherwise only their order. `unused_classes`:
    a class without a box is kept. `unsplit`: an image of no split is told from one of the training split.
    `folders`: an image's name keeps its folders when the image file is written with it.
    `flags`: which of `domain.marks.FLAGS`. `attributes`: which kinds of values free attributes of a box may have (text,
    number, yes or no). `tags` and `notes`: of an image; `unlabeled_marks`: also of one that nobody has labelled.
    `provenance`: origin, pre-label and annotator of a box. `signed_empty`: who confirmed an image empty. `turned`: its
    files may hold turned boxes, which are read as the upright boxes around them, with a word.
    `embeds`: image files lie inside the files of labels. `reads`: it can be imported. `writes`: it can be exported to.
    What is declared here is held to by the contract tests, told before an export, and shown in the guide."""

    accuracy: float
    scores: bool = False
    flags: frozenset[str] = frozenset()
    splits: bool = True
    unsplit: bool = True
    folders: bool = False
    empty_images: bool = True
    unlabeled_images: bool = True
    class_ids: bool = False
    class_order: bool = True
    unused_classes: bool = True
    image_ids: bool = False
    sizes: bool = True
    attributes: frozenset[str] = frozenset()
    tags: bool = False
    notes: bool = False
    unlabeled_marks: bool = False
    provenance: bool = False
    signed_empty: bool = False
    turned: bool = False
    embeds: bool = False
    reads: bool = True
    writes: bool = True


ALL_OF_BOXES = Capabilities(
    1e-5, scores=True, flags=ALL_FLAGS, attributes=ANY_VALUE, tags=True, notes=True, unlabeled_marks=True,
    provenance=True,
)  # fmt: skip
"""Of a format with room for whatever is said of a box and of an image."""


@dataclass(frozen=True, slots=True)
class FormatGuess:
    """A format that `recognise` thinks a path is in. `confidence` 0..1; `why` in a few words. `labels`: for how many
    images it has boxes, None when nobody counted."""

    format: str
    confidence: float
    why: str
    labels: int | None = None

    @property
    def told(self) -> str:
        """`why`, with the number of labels where it is known."""
        if self.labels is None:
            return self.why
        return f"{self.why}, 1 image with boxes" if self.labels == 1 else f"{self.why}, {self.labels} images with boxes"


class Format(ABC):
    """One dataset format. Instances hold no state, so one serves every thread."""

    name: ClassVar[str]
    title: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @abstractmethod
    def recognise(self, path: Path) -> FormatGuess | None:
        """How sure it is that `path` (a folder or a file) is in this format, without reading much; None when it is
        not. Never raises."""

    @abstractmethod
    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        """The dataset at `path`. Each box, image or class that is refused or repaired is told in `problems`.

        Raises `FormatError` when nothing can be read at all.
        """

    def write(self, dataset: Dataset, out: Path, image_mode: ImageMode = ImageMode.COPY) -> dict[str, str]:
        """Write `dataset` as the folder `out` in one step: made beside it, then renamed, so a failure leaves what was
        there. The same dataset gives the same bytes.

        Returns the path within `out` of every image file placed, by the name that image has in `dataset`. Raises
        `FormatError` when `out` holds anything that is not an earlier export, an image file is missing, or the disk
        refuses.
        """
        with staged(out, self.name) as staging:
            self.write_files(dataset, staging, image_mode)
            return dict(staging.placed)

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        """Write every file of the dataset through `staging`. A format that is only read leaves this alone."""
        raise FormatError(f"The format {self.name} is only read; export as another.")
