"""Hugging Face image folder: `metadata.jsonl` beside the images of a split, boxes as x, y, width, height in pixels.

Layout written: `train/metadata.jsonl`, `validation/metadata.jsonl`, `test/metadata.jsonl`, the images beside them.
`objects` holds `bbox` and `categories`, lists side by side; categories are class names, since the loader keeps no
other place for them. `objects` is null for an image nobody has labelled. Corners are edges. What boxes of the dataset
have besides is further lists: `score`, the flags, and `attributes`, each an object written as JSON in a text, since a
column holds values of one type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.huggingface_read import METADATA, HuggingFaceReader, metadata_files
from boxwright.formats.huggingface_rows import entry_of, used_columns
from boxwright.formats.splits import split_named
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.text import plain_head

_FOLDERS = {Split.TRAIN: "train", Split.VALIDATION: "validation", Split.TEST: "test"}
_SNIFF = 1 << 16


class HuggingFace(Format):
    name = "huggingface"
    title = Message("Hugging Face image folder (metadata.jsonl)")
    capabilities = replace(ALL_OF_BOXES, unsplit=False, class_order=False, unused_classes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            known = path.suffix.lower() == ".jsonl" and _is_metadata(path)
            return FormatGuess(self.name, 0.95, Message("lines of JSON with file_name and objects")) if known else None
        found = next((file for file in metadata_files(path) if _is_metadata(file)), None)
        if found is not None:
            return FormatGuess(
                self.name, 0.95, Message("holds {0} with file_name and objects", found.relative_to(path).as_posix())
            )
        return None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else list(metadata_files(path))
        if not files:
            raise FormatError(
                "{0} holds no Hugging Face image folder (a {1} with file_name and objects).", path, METADATA
            )
        folder = path.parent if is_file(path) else path
        reader = HuggingFaceReader(folder.parent if split_named(folder.name) is not None else folder, problems)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path) and reader.root == path)

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in Split:
            ours = [(image, name) for image, name in pairs if (image.split or Split.TRAIN) is split]
            if ours or (split is Split.TRAIN and not dataset.images):
                with staging.open(f"{_FOLDERS[split]}/{METADATA}") as handle:
                    handle.writelines(_lines(dataset, ours))
        for image, name in pairs:
            staging.place(image.path, image.file, f"{_FOLDERS[image.split or Split.TRAIN]}/{name}", image_mode)


def _is_metadata(file: Path) -> bool:
    """Whether the beginning of `file` has the keys of images with objects."""
    head = plain_head(file, _SNIFF)
    return re.search(rb'"file_name"\s*:', head) is not None and re.search(rb'"objects"\s*:', head) is not None


def _lines(dataset: Dataset, rows: list[tuple[DatasetImage, str]]) -> Iterator[bytes]:
    columns = used_columns(dataset)
    for image, name in rows:
        yield orjson.dumps({"file_name": name, **entry_of(image, dataset, columns)}) + b"\n"
