"""A dataset as read from files or about to be written: images, their boxes, their split. No project in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.domain.marks import NO_ATTRIBUTES, NO_FLAGS, NO_MARKS, Attributes, ImageMarks


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
class Provenance:
    """How a label came to be. `origin` as in `domain.annotation.Origin`, empty when it is not known. `source_box` and
    `source_class` (its name) are those of the pre-label it was made from; the box is in the units of its image.
    `annotator`: who stands behind it."""

    origin: str = ""
    source_box: Box | None = None
    source_class: str = ""
    annotator: str = ""

    def __bool__(self) -> bool:
        return bool(self.origin or self.source_box or self.source_class or self.annotator)


@dataclass(frozen=True, slots=True)
class DatasetBox:
    """`label` indexes `Dataset.classes`. `box` is in the units of its image. `score` 0..1 for a detector's box.
    `flags` are of `domain.marks.FLAGS`; other marks of a format are attributes. `line` is where it stands in its file,
    from 1, None where that is not known."""

    box: Box
    label: int
    score: float | None = None
    flags: frozenset[str] = NO_FLAGS
    line: int | None = None
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, hash=False)
    provenance: Provenance | None = None

    def with_box(self, box: Box) -> DatasetBox:
        return DatasetBox(box, self.label, self.score, self.flags, self.line, self.attributes, self.provenance)

    def with_label(self, label: int) -> DatasetBox:
        return replace(self, label=label)

    def moved(self, move: Callable[[Box], Box]) -> DatasetBox:
        """With `move` done to its box and to the pre-label's."""
        made = self.provenance
        if made is not None and made.source_box is not None:
            made = replace(made, source_box=move(made.source_box))
        return DatasetBox(move(self.box), self.label, self.score, self.flags, self.line, self.attributes, made)


@dataclass(slots=True)
class DatasetImage:
    """`path` is the image's name within the dataset, relative, forward slashes; it may lack its suffix when only a
    label file is known (`stem_only`). `file` is the image on disk, None when it is not there.

    `width`, `height`: pixels as the dataset declares them, 0 when it does not. With `relative` the boxes are fractions
    of width and height, 0..1, otherwise pixels. `labeled` False: nobody has looked at it, which is not the same as no
    boxes. `refused`: boxes that were left out as unusable; an image that had only such is not empty either. `source` is
    the file that holds the labels, relative to the dataset. `marks`: its tags and note. `annotator`: who labelled it.
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
    marks: ImageMarks = NO_MARKS
    annotator: str = ""

    def pixel_boxes(self, width: int, height: int) -> list[DatasetBox]:
        """The boxes in pixels of an image of `width` x `height`."""
        if not self.relative:
            return self.boxes
        return [
            b.moved(lambda box: Box(box.x1 * width, box.y1 * height, box.x2 * width, box.y2 * height))
            for b in self.boxes
        ]

    def fraction_boxes(self) -> list[DatasetBox]:
        """The boxes as fractions of the image, 0..1. Raises ValueError when they are pixels and the size is unknown."""
        if self.relative:
            return self.boxes
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"the size of {self.path} is not known")
        w, h = self.width, self.height
        return [b.moved(lambda box: Box(box.x1 / w, box.y1 / h, box.x2 / w, box.y2 / h)) for b in self.boxes]


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
