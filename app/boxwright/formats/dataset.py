"""Datasets as read from files or about to be written: images, their boxes, their split. No project in them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.domain.marks import NO_ATTRIBUTES, NO_FLAGS, NO_MARKS, Attributes, ImageMarks
from boxwright.domain.messages import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """Flaw of a dataset: something a reader refused, repaired or could not keep.

    Attributes:
        file: Path of the file, relative to the dataset where it lies inside it.
        line: Counts from 1, None where the flaw has no line.
        what: What was found and what became of it, a sentence.
        kind: A short text that is the same for like problems, to group them by.
    """

    file: str
    line: int | None
    what: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class DatasetClass:
    """Class of a dataset.

    Attributes:
        id: The dataset's own number for the class: any integer, unique within the dataset.
        name: The class's name, unique within the dataset.
    """

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a label came to be.

    Attributes:
        origin: As in `domain.annotation.Origin`, empty when it is not known.
        source_box: The box of the pre-label it was made from, in the units of its image.
        source_class: The name of that pre-label's class.
        annotator: Who stands behind it.
    """

    origin: str = ""
    source_box: Box | None = None
    source_class: str = ""
    annotator: str = ""

    def __bool__(self) -> bool:
        return bool(self.origin or self.source_box or self.source_class or self.annotator)


@dataclass(frozen=True, slots=True)
class Besides:
    """Flags, attributes and provenance of a box, as in `DatasetBox`. One serves all boxes that are alike in them."""

    flags: frozenset[str] = NO_FLAGS
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, hash=False)
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class DatasetBox:
    """Box of a dataset.

    Attributes:
        box: Corners in the units of its image, which `DatasetImage.relative` tells.
        label: Index into `Dataset.classes`.
        score: 0..1 for a detector's box, None for a person's.
        flags: Of `domain.marks.FLAGS`; other marks of a format are attributes.
        line: Where it stands in its file, from 1, None where that is not known.
        attributes: Free attributes: a text, a number, or yes or no, by name.
        provenance: How it came to be, None where nothing is known.
    """

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


_NOTHING = Besides()


class Boxes(Sequence[DatasetBox]):
    """Sequence of the boxes of one image, kept as columns: 45 bytes each where objects take 300.

    A dataset may have ten million. A `DatasetBox` is made when one is looked at.
    """

    __slots__ = ("_besides", "_corners", "_labels", "_lines", "_scores")

    def __init__(self, items: Iterable[DatasetBox] = ()) -> None:
        self._corners = array("d")
        self._labels = array("i")
        self._scores: array[float] | None = None
        self._lines: array[int] | None = None
        self._besides: dict[int, Besides] = {}
        for item in items:
            self.append(item)

    @classmethod
    def of(
        cls,
        corners: NDArray[np.float64],
        labels: NDArray[np.int32],
        scores: NDArray[np.float64],
        lines: NDArray[np.int32],
        besides: Mapping[int, Besides],
    ) -> Boxes:
        """From columns as `columns` gives them, scores NaN and lines 0 for none."""
        made = cls.unscored(corners, labels, besides)
        if np.isfinite(scores).any():
            made._scores = array("d", scores.tobytes())
        if lines.any():
            made._lines = array("i", lines.tobytes())
        return made

    @classmethod
    def unscored(cls, corners: NDArray[np.float64], labels: NDArray[np.int32], besides: Mapping[int, Besides]) -> Boxes:
        """As `of`, of boxes without scores and lines."""
        made = cls()
        made._corners.frombytes(corners.tobytes())
        made._labels.frombytes(labels.tobytes())
        made._besides = dict(besides)
        return made

    def append(self, item: DatasetBox) -> None:
        if item.flags or item.attributes or item.provenance:
            self._besides[len(self._labels)] = Besides(item.flags, item.attributes, item.provenance)
        box = item.box
        self.append_plain((box.x1, box.y1, box.x2, box.y2), item.label, item.score, item.line)

    def append_plain(
        self,
        corners: tuple[float, float, float, float],
        label: int,
        score: float | None = None,
        line: int | None = None,
    ) -> None:
        """A box of which nothing else is known."""
        if score is not None or self._scores is not None:
            if self._scores is None:
                self._scores = array("d", [math.nan]) * len(self._labels)
            self._scores.append(math.nan if score is None else score)
        if line is not None or self._lines is not None:
            if self._lines is None:
                self._lines = array("i", [0]) * len(self._labels)
            self._lines.append(line or 0)
        self._corners.extend(corners)
        self._labels.append(label)

    def __len__(self) -> int:
        return len(self._labels)

    @overload
    def __getitem__(self, index: int) -> DatasetBox: ...

    @overload
    def __getitem__(self, index: slice) -> list[DatasetBox]: ...

    def __getitem__(self, index: int | slice) -> DatasetBox | list[DatasetBox]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        label = self._labels[index]
        at = index % len(self)
        score = math.nan if self._scores is None else self._scores[at]
        line = 0 if self._lines is None else self._lines[at]
        box = Box(*self._corners[4 * at : 4 * at + 4])
        known = self._besides.get(at, _NOTHING)
        score_or_none = None if math.isnan(score) else score
        return DatasetBox(box, label, score_or_none, known.flags, line or None, known.attributes, known.provenance)

    def __iter__(self) -> Iterator[DatasetBox]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Boxes | list) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    @property
    def besides(self) -> Mapping[int, Besides]:
        """By their place, what columns do not tell of boxes."""
        return self._besides

    @property
    def whole(self) -> Mapping[int, DatasetBox]:
        """By their place, those boxes that columns do not tell everything of."""
        return {at: self[at] for at in self._besides}

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64] | None, Any]:
        """Corners (N,4) float64 in the image's units, labels (N,) int32, scores (N,) float64 with NaN for none, lines
        (N,) int32 with 0 for none; the last two None where no box has one. Views: nothing may be appended while one
        is held."""
        return (
            np.frombuffer(self._corners, np.float64).reshape(-1, 4),
            np.frombuffer(self._labels, np.int32),
            None if self._scores is None else np.frombuffer(self._scores, np.float64),
            None if self._lines is None else np.frombuffer(self._lines, np.int32),
        )


@dataclass(slots=True)
class DatasetImage:
    """Image of a dataset with its boxes.

    Attributes:
        path: The image's name within the dataset, relative, forward slashes.
        file: The image on disk, None when it is not there.
        width: Pixels as the dataset declares them, 0 when it does not.
        height: As `width`.
        boxes: In pixels of the EXIF-upright image, or fractions of it.
        split: None where the dataset has none.
        labeled: False when nobody has looked at it, which is not the same as no boxes.
        relative: Boxes are fractions of width and height, 0..1, otherwise pixels.
        stem_only: `path` lacks its suffix, because only a label file is known.
        refused: Boxes that were left out as unusable; an image that had only such is not empty.
        source: The file that holds the labels, relative to the dataset.
        id: The dataset's own number for the image.
        marks: Its tags and note.
        annotator: Who labelled it.
        embedded: Gives the bytes of the image file where they lie inside a file of labels; empty when they are gone.
    """

    path: str
    file: Path | None = None
    width: int = 0
    height: int = 0
    boxes: Boxes | list[DatasetBox] = field(default_factory=Boxes)
    split: Split | None = None
    labeled: bool = True
    relative: bool = False
    stem_only: bool = False
    refused: int = 0
    source: str = ""
    id: int | None = None
    marks: ImageMarks = NO_MARKS
    annotator: str = ""
    embedded: Callable[[], bytes] | None = None

    @property
    def box_count(self) -> int:
        """As `len(boxes)`, without loading them where they are elsewhere."""
        return len(self.boxes)

    @property
    def scored(self) -> int:
        """How many boxes have a score."""
        if isinstance(self.boxes, Boxes):
            scores = self.boxes.columns()[2]
            return 0 if scores is None else int(np.isfinite(scores).sum())
        return sum(box.score is not None for box in self.boxes)

    def pixel_boxes(self, width: int, height: int) -> Sequence[DatasetBox]:
        """The boxes in pixels of an image of `width` x `height`."""
        if not self.relative:
            return self.boxes
        return [
            b.moved(lambda box: Box(box.x1 * width, box.y1 * height, box.x2 * width, box.y2 * height))
            for b in self.boxes
        ]

    def fraction_boxes(self) -> Sequence[DatasetBox]:
        """The boxes as fractions of the image, 0..1. Raises ValueError when they are pixels and the size is unknown."""
        if self.relative:
            return self.boxes
        if self.width <= 0 or self.height <= 0:
            raise ValueError(Message("the size of {0} is not known", self.path))
        w, h = self.width, self.height
        return [b.moved(lambda box: Box(box.x1 / w, box.y1 / h, box.x2 / w, box.y2 / h)) for b in self.boxes]


@dataclass(slots=True)
class Dataset:
    """Dataset: images with their boxes, and the classes that these name.

    Attributes:
        classes: In the dataset's order.
        images: In a stable order.
    """

    classes: list[DatasetClass] = field(default_factory=list)
    images: list[DatasetImage] = field(default_factory=list)

    @property
    def box_count(self) -> int:
        return sum(image.box_count for image in self.images)

    def used_splits(self) -> list[Split | None]:
        """Every split that occurs, in the order train, validation, test, none."""
        found = {image.split for image in self.images}
        return [split for split in (*Split, None) if split in found]
