"""TFRecord of the TensorFlow object detection API: an Example an image, its file inside, boxes as fractions.

Layout written: `train.tfrecord`, `val.tfrecord`, `test.tfrecord` (`data.tfrecord` where the images have no split), and
`label_map.pbtxt`, whose numbers begin with 1, as the API keeps 0 for the background. Images nobody has labelled lie in
`unlabeled/`, outside the records. Corners are edges, as 32-bit fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.finding import files_below, is_dir, is_file
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.tfrecord_features import ENCODED, FILENAME, SIDES, features_of
from boxwright.formats.tfrecord_read import TFRecordReader
from boxwright.formats.tfrecord_wire import decode, encode, label_map_text, length_of, record_at, write_record
from boxwright.formats.unlabeled import unlabeled_path

LABEL_MAP = "label_map.pbtxt"
_TITLES = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test", None: "data"}
_HEAD = 12
_DEEPEST = 3


class TFRecord(Format):
    name = "tfrecord"
    title = "TFRecord (TensorFlow object detection API)"
    capabilities = Capabilities(
        accuracy=0.01,
        scores=True,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        notes=True,
        provenance=True,
        folders=True,
        embeds=True,
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.95, Message("records of images with boxes")) if _is_records(path) else None
        found = next(record_files(path), None)
        if found is None:
            return None
        return FormatGuess(
            self.name, 0.95, Message("holds {0}, records of images with boxes", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else list(record_files(path))
        if not files:
            raise FormatError("{0} holds no TFRecord file of the object detection API.", path)
        reader = TFRecordReader(path if is_dir(path) else path.parent, problems)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        numbered = {number: known.name for number, known in enumerate(dataset.classes, start=1)}
        staging.write(LABEL_MAP, label_map_text(numbered))
        rows = list(enumerate(zip(dataset.images, names, strict=True), start=1))
        for split in dataset.used_splits() or [None]:
            ours = [row for row in rows if row[1][0].split is split and row[1][0].labeled]
            if not ours and dataset.images:
                continue
            title = f"{_TITLES[split]}.tfrecord"
            with staging.open(title) as handle:
                for number, (image, name) in ours:
                    content = staging.embed(image.path, image.file, title, image_mode)
                    write_record(handle, encode(features_of(image, name, number, dataset, content)))
        for image, name in zip(dataset.images, names, strict=True):
            if not image.labeled:
                staging.place(image.path, image.file, unlabeled_path(image.split, name), image_mode)


def record_files(folder: Path) -> Iterator[Path]:
    """The files of records at most two folders deep."""
    return (
        file for file in files_below(folder) if len(file.relative_to(folder).parts) <= _DEEPEST and _is_records(file)
    )


def _is_records(file: Path) -> bool:
    """Whether `file` is named and begins like records, and the first is of an image. An empty file says nothing."""
    if "record" not in file.name.lower() or not is_file(file):
        return False
    try:
        with file.open("rb") as handle:
            if length_of(handle.read(_HEAD)) is None:
                return False
        features = decode(record_at(file, 0))
    except (OSError, ValueError):
        return False
    return SIDES[0] in features or (FILENAME in features or ENCODED in features)
