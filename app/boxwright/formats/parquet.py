"""Hugging Face Parquet: the rows of an image folder with the image files inside, as `datasets` uploads them.

Layout written: `data/train-00000-of-00001.parquet`, and so on for `validation` and `test`. `image` holds bytes and
path, `objects` the lists side by side of an image folder, with categories as numbers whose names stand in the
features that `datasets` keeps in the head of the file. `objects` is null for an image nobody has labelled. Corners are
edges in pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.finding import files_below, is_dir, is_file
from boxwright.formats.names import unique_names
from boxwright.formats.parquet_rows import ParquetReader, write_rows
from boxwright.formats.staging import ImageMode, Staging

_TITLES = {Split.TRAIN: "train", Split.VALIDATION: "validation", Split.TEST: "test"}
_MAGIC = b"PAR1"
_FOOT = 1 << 16
_DEEPEST = 3


class Parquet(Format):
    name = "parquet"
    title = Message("Hugging Face Parquet (images inside)")
    capabilities = replace(ALL_OF_BOXES, unsplit=False, folders=True, embeds=True)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a Parquet file of images with bbox"))
                if _has_boxes(path)
                else None
            )
        found = next(_files(path), None)
        if found is None:
            return None
        return FormatGuess(
            self.name, 0.9, Message("holds {0}, a Parquet file of images with bbox", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else list(_files(path))
        if not files:
            raise FormatError("{0} holds no Parquet file of images with boxes (columns image and objects).", path)
        reader = ParquetReader(path if is_dir(path) else path.parent, problems)
        for file in files:
            reader.read_file(file)
        return reader.dataset(with_unlabeled=False)

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in Split:
            ours = [(image, name) for image, name in pairs if (image.split or Split.TRAIN) is split]
            if ours or (split is Split.TRAIN and not dataset.images):
                write_rows(dataset, ours, f"data/{_TITLES[split]}-00000-of-00001.parquet", staging, image_mode)


def _files(folder: Path) -> Iterator[Path]:
    found = (file for file in files_below(folder) if len(file.relative_to(folder).parts) <= _DEEPEST)
    return (file for file in found if _has_boxes(file))


def _has_boxes(file: Path) -> bool:
    """Whether `file` is Parquet and its foot, which tells the columns, names images and boxes."""
    if file.suffix.lower() != ".parquet" or not is_file(file):
        return False
    try:
        with file.open("rb") as handle:
            if handle.read(len(_MAGIC)) != _MAGIC:
                return False
            handle.seek(max(0, file.stat().st_size - _FOOT))
            foot = handle.read()
    except OSError:
        return False
    return b"bbox" in foot and b"bytes" in foot
