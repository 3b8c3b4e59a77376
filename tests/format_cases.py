"""What the contract tests of dataset formats share: images that can be told apart, and reading without a flaw."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from boxwright.domain.image import Split
from boxwright.domain.names import clean_class
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.registry import formats

WRITTEN = [known for known in formats() if known.capabilities.writes]
# Letters that nobody sees are no names; a reader says so.
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda word: clean_class(word) == word
)


def an_image(
    folder: Path,
    name: str,
    boxes: list[DatasetBox] | None = None,
    split: Split | None = Split.TRAIN,
    labeled: bool = True,
) -> DatasetImage:
    """An image of 640 x 480 whose file holds its own name, so that no two are alike."""
    file = folder / f"{abs(hash(name))}.img"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(name.encode("utf-8", "surrogatepass"))
    return DatasetImage(name, file, 640, 480, list(boxes or []), split, labeled)


def content(image: DatasetImage) -> bytes:
    """The bytes of the image's file, wherever it lies."""
    if image.embedded is not None:
        return image.embedded()
    assert image.file is not None
    return image.file.read_bytes()


def read(known: Format, path: Path) -> Dataset:
    problems: list[Problem] = []
    dataset = known.read(path, problems)
    assert problems == []
    return dataset
