"""A dataset as read from files or about to be written: images, their boxes, their split. No project in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.domain.box import Box
from boxwright.domain.image import Split


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader refused, repaired or could not keep.

    `file` is relative to the dataset where it lies inside it. `line` counts from 1, None where the flaw has no line.
    `what` says what was found and what became of it. `kind` is a short text that is the same for like problems, to
    group them by.
    """

    file: str
    line: int | None
    what: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class DatasetClass:
    """`id` is the dataset's own number for the class: any integer, unique within the dataset."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class DatasetBox:
    """`label` indexes `Dataset.classes`. `box` is in the units of its image. `score` 0..1 for a detector's box.
    `flags` are marks of the format: `difficult`, `truncated`, `crowd`. `line` is where it stands in its file, from 1,
    None where that is not known."""

    box: Box
    label: int
    score: float | None = None
    flags: frozenset[str] = frozenset()
    line: int | None = None

    def with_box(self, box: Box) -> DatasetBox:
        return DatasetBox(box, self.label, self.score, self.flags, self.line)


@dataclass(slots=True)
class DatasetImage:
    """`path` is the image's name within the dataset, relative, forward slashes; it may lack its suffix when only a
    label file is known (`stem_only`). `file` is the image on disk, None when it is not there.

    `width`, `height`: pixels as the dataset declares them, 0 when it does not. With `relative` the boxes are fractions
    of width and height, 0..1, otherwise pixels. `labeled` False: nobody has looked at it, which is not the same as no
    boxes. `refused`: boxes that were left out as unusable; an image that had only such is not empty either. `source` is
    the file that holds the labels, relative to the dataset.
    """

    path: str
    file: Path | None = None
    width: int = 0
    height: int = 0
    boxes: list[DatasetBox] = field(default_factory=list)
    split: Split | None = None
    labeled: bool = True
    relative: bool = False
    stem_only: bool = False
    refused: int = 0
    source: str = ""
    id: int | None = None

    def pixel_boxes(self, width: int, height: int) -> list[DatasetBox]:
        """The boxes in pixels of an image of `width` x `height`."""
        if not self.relative:
            return self.boxes
        return [
            b.with_box(Box(b.box.x1 * width, b.box.y1 * height, b.box.x2 * width, b.box.y2 * height))
            for b in self.boxes
        ]

    def fraction_boxes(self) -> list[DatasetBox]:
        """The boxes as fractions of the image, 0..1. Raises ValueError when they are pixels and the size is unknown."""
        if self.relative:
            return self.boxes
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"the size of {self.path} is not known")
        w, h = self.width, self.height
        return [b.with_box(Box(b.box.x1 / w, b.box.y1 / h, b.box.x2 / w, b.box.y2 / h)) for b in self.boxes]


@dataclass(slots=True)
class Dataset:
    """`classes` in the dataset's order; `images` in a stable order."""

    classes: list[DatasetClass] = field(default_factory=list)
    images: list[DatasetImage] = field(default_factory=list)

    @property
    def box_count(self) -> int:
        return sum(len(image.boxes) for image in self.images)

    def used_splits(self) -> list[Split | None]:
        """Every split that occurs, in the order train, validation, test, none."""
        found = {image.split for image in self.images}
        return [split for split in (*Split, None) if split in found]

    def of_split(self, split: Split | None) -> Iterable[DatasetImage]:
        return (image for image in self.images if image.split is split)
