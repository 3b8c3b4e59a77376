"""State shared by readers of read-only formats: images by file, classes as they come up, problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import Extras
from boxwright.formats.finding import ImageFiles, name_and_split, relative_to
from boxwright.formats.outlines import Corners
from boxwright.formats.text import LARGEST_LABEL_FILE, clean_label, decode, read_bytes
from boxwright.formats.unlabeled import unlabeled_images

_NO_EXTRAS = Extras()


class Gathered:
    """Dataset below `path`, a folder or a single file of labels, while it is read."""

    def __init__(self, path: Path, problems: list[Problem], root: Path | None = None) -> None:
        """`root`: where images are looked for, when it is not the folder of `path`."""
        self.path = path
        self.root = root or (path if path.is_dir() else path.parent)
        self.problems = problems
        self.files = ImageFiles(self.root)
        self._labels: dict[str, int] = {}
        self._images: dict[Path | str, DatasetImage] = {}

    def reporter(self, file: Path) -> Reporter:
        return Reporter(self.problems, relative_to(file, self.root))

    def lines(self, file: Path, reporter: Reporter) -> Iterator[tuple[int, str]]:
        """The lines of a text file that are not empty, from 1. One that cannot be read is told, and has none."""
        try:
            text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("label file unreadable"))
            return
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
            if line.strip():
                yield number, line.strip()

    def label(self, name: str) -> int:
        """The index of the class `name`, "" for none."""
        return self._labels.setdefault(clean_label(name) or "unnamed", len(self._labels))

    def image(
        self,
        name: str,
        file: Path | None,
        source: str,
        size: tuple[int, int] = (0, 0),
        split: Split | None = None,
        stem_only: bool = False,
    ) -> DatasetImage:
        """The image that `file` is, or that is called `name` where it is not there; the same one when it was asked for
        before. `source`: the file that holds its labels."""
        key: Path | str = file or name
        if key not in self._images:
            named, told = name_and_split(relative_to(file, self.root)) if file is not None else (name, None)
            self._images[key] = DatasetImage(
                named, file, *size, split=split or told, stem_only=stem_only and file is None, source=source
            )
        return self._images[key]

    def add(
        self,
        image: DatasetImage,
        corners: Corners,
        label: str,
        line: int | None,
        reporter: Reporter,
        extras: Extras = _NO_EXTRAS,
        score: float | None = None,
        outline: bool = False,
    ) -> None:
        """A box of `image`, or a word on why not. `outline`: it is the upright box around something that is none."""
        who = (
            Message("The {0} of line {1}", clean_label(label)[:60] or "object", line)
            if line
            else Message("The {0}", clean_label(label)[:60])
        )
        box = checked_box(corners, image.width, image.height, who, line, reporter)
        if box is None:
            image.refused += 1
            return
        if outline:
            reporter.say(
                line, Message("{0} is turned; the upright box around it was taken.", who), Message("box from outline")
            )
        kept = score if score is not None and 0 <= score <= 1 else None
        image.boxes.append(extras.on(DatasetBox(box, self.label(label), kept, line=line)))

    def dataset(self, *bases: str) -> Dataset:
        """What was gathered, and the images below the root that no file of labels names; their names are relative to
        the first of the folders `bases` they lie in."""
        images = list(self._images.values())
        if self.path.is_dir():
            images += unlabeled_images(self.files, images, *bases)
        return Dataset([DatasetClass(index, name) for name, index in self._labels.items()], images)
