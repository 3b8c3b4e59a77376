"""Protocol of dataset formats: a name, what it can hold, a reader, a writer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from boxwright.domain.errors import FormatError
from boxwright.domain.marks import FLAGS
from boxwright.domain.messages import Message, plural
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.staging import ImageMode, Staging, staged

ALL_FLAGS = frozenset(FLAGS)
"""Of a format that keeps every flag of a box."""

ANY_VALUE = frozenset({"text", "number", "yes or no"})
"""Of a format whose attributes may have values of every kind."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Things that a format can hold.

    What is declared here is held to by the contract tests, told to a person before an export, and shown in the guide.

    Attributes:
        accuracy: Largest error of a written coordinate, in pixels, for images up to 65,535 pixels a side.
        scores: A box keeps a detector's score.
        flags: Which of `domain.marks.FLAGS` a box keeps.
        splits: An image keeps its split.
        unsplit: An image of no split is told from one of the training split.
        folders: An image's name keeps its folders when the image file is written with it.
        empty_images: An image that was confirmed empty is told from none.
        unlabeled_images: An image that nobody has labelled is told from an empty one.
        class_ids: The dataset's own class numbers are kept, otherwise only their order.
        class_order: The order of the classes is kept.
        unused_classes: A class without a box is kept.
        image_ids: The dataset's own image numbers are kept.
        sizes: Width and height of an image are kept.
        attributes: Kinds of values that free attributes of a box may have, of `ANY_VALUE`.
        tags: Tags of an image are kept.
        notes: The note of an image is kept.
        unlabeled_marks: Tags and note are kept of an image that nobody has labelled as well.
        provenance: Origin, pre-label and annotator of a box are kept.
        signed_empty: Who confirmed an image empty is kept.
        turned: Files may hold turned boxes, which are read as the upright boxes around them, with a word.
        embeds: Image files lie inside the files of labels.
        reads: It can be imported.
        writes: It can be exported to.
    """

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
    """Format that a path is taken for.

    Attributes:
        format: The format's name.
        confidence: 0..1. Of several formats, one that holds clearly more labels is taken before a more confident one.
        why: What it was told by, in a few words for a person.
        labels: For how many images it has boxes, None when nobody counted.
    """

    format: str
    confidence: float
    why: str
    labels: int | None = None

    @property
    def told(self) -> str:
        """`why`, with the number of labels where it is known."""
        if self.labels is None:
            return self.why
        return plural("{1}, 1 image with boxes", "{1}, {0} images with boxes", self.labels, Message(self.why))


class Format(ABC):
    """Dataset format of one program: recognises it, reads it, and writes it where `capabilities.writes`.

    A subclass is a plug-in of the entry-point group `boxwright.formats`, made without arguments. Instances hold no
    state: one serves every thread.

    Attributes:
        name: What a person types, and the name of the entry point.
        title: The program's name and what its files look like, in a line.
        capabilities: What it can hold.

    Example:
        A text file with a box a line, `class x1 y1 x2 y2 image`, that can only be read:

        ```python
        from boxwright.domain.box import Box
        from boxwright.formats.base import Capabilities, Format, FormatGuess
        from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage


        class Lines(Format):
            name, title, capabilities = "lines", "Lines: class x1 y1 x2 y2 image", Capabilities(0.01, writes=False)

            def recognise(self, path):
                return FormatGuess(self.name, 0.9, "a .lines file") if path.suffix == ".lines" else None

            def read(self, path, problems):
                rows = [line.split() for line in path.read_text("utf-8").splitlines()]
                classes, images = sorted({row[0] for row in rows}), {row[5]: DatasetImage(row[5]) for row in rows}
                for name, *corners, image in rows:
                    box = Box(*map(float, corners))
                    images[image].boxes.append(DatasetBox(box, classes.index(name)))
                return Dataset([DatasetClass(n, name) for n, name in enumerate(classes)], list(images.values()))
        ```
    """

    name: ClassVar[str]
    title: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @abstractmethod
    def recognise(self, path: Path) -> FormatGuess | None:
        """How sure it is that a path is in this format. Reads little, and never raises.

        Args:
            path: A folder or a file; it need not exist.

        Returns:
            None when the path is not in this format.
        """

    @abstractmethod
    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        """The dataset at a path.

        Args:
            path: A folder or a file that `recognise` takes, or that a person says is in this format.
            problems: Gets one `Problem` for each box, image or class that is refused or repaired.

        Returns:
            Images in a stable order, each with its boxes in pixels of the EXIF-upright image, or in fractions of it
            where `DatasetImage.relative`. An image without a `file` is found in the project by its path.

        Raises:
            FormatError: Nothing can be read at all.
        """

    def write(self, dataset: Dataset, out: Path, image_mode: ImageMode = ImageMode.COPY) -> dict[str, str]:
        """Write a dataset as a folder in one step: made beside it, then renamed, so a failure leaves what was there.

        The same dataset gives the same bytes. A subclass writes its files in `write_files` and leaves this as it is.

        Args:
            dataset: What to write.
            out: The folder. It may be missing, empty or an earlier export.
            image_mode: Whether image files are copied, linked or left out.

        Returns:
            The path within `out` of every image file placed, by the name that image has in `dataset`.

        Raises:
            FormatError: `out` holds anything that is not an earlier export, an image file is missing, or the disk
                refuses.
        """
        with staged(out, self.name) as staging:
            self.write_files(dataset, staging, image_mode)
            return dict(staging.placed)

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        """Write every file of a dataset. A format that is only read leaves this as it is.

        Args:
            dataset: What to write; its images are in the order in which they are to be listed.
            staging: The folder that grows: `staging.write` makes a file, `staging.place` puts an image there.
            image_mode: To be handed to `staging.place`.

        Raises:
            FormatError: The dataset cannot be written in this format.
        """
        raise FormatError("The format {0} is only read; export as another.", self.name)
