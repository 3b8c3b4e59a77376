"""KITTI object detection: a text file an image in `label_2`, a line an object, corners in pixels from 0, as edges.

Fifteen columns (type, truncated, occluded, alpha, left, top, right, bottom, and seven of the object in space), a
sixteenth for a detector's score: the devkit's readme. Columns of the third dimension are written as the devkit writes
what it does not know, and are not kept when read.

Layout written: `training|validation|testing/image_2/` and `.../label_2/`, `labels.txt` with the class names. An image
without a text file is one nobody has labelled. The columns are parted by blanks, so a blank in a class name is written
as `_`; `labels.txt` has the name itself.
"""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_dir, is_file
from boxwright.formats.kitti_read import (
    IMAGES,
    LABELS,
    LARGELY,
    NAMES,
    OCCLUSION,
    TRUNCATION,
    KittiReader,
    is_object_line,
    is_region,
    token_of,
)
from boxwright.formats.names import stem_of
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.text import first_line

FOLDERS = {Split.TRAIN: "training", Split.VALIDATION: "validation", Split.TEST: "testing"}
_SAMPLE = 20
_SNIFF = 4096


class Kitti(Format):
    name = "kitti"
    title = Message("KITTI object detection (a text file for each image in label_2)")
    capabilities = Capabilities(
        accuracy=0.001, scores=True, flags=frozenset({"truncated", "occluded"}), unsplit=False, sizes=False
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if not is_dir(path):
            return None
        texts = (file for file in files_below(path) if file.suffix.lower() == ".txt" and file.parent.name == LABELS)
        sample = [file for _, file in zip(range(_SAMPLE), texts, strict=False)]
        good = sum(map(_looks_like_objects, sample))
        if good:
            return FormatGuess(self.name, 0.93, Message("text files of 15 columns in a folder {0}", LABELS))
        if sample and is_file(path / NAMES):
            return FormatGuess(self.name, 0.6, Message("empty text files in a folder {0} and a {1}", LABELS, NAMES))
        return None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return KittiReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        tokens = _tokens(dataset)
        names = file_names(dataset.images, image_mode)
        staging.write(NAMES, "".join(f"{known.name}\n" for known in dataset.classes).encode())
        for image, name in zip(dataset.images, names, strict=True):
            folder = FOLDERS[image.split or Split.TRAIN]
            staging.place(image.path, image.file, f"{folder}/{IMAGES}/{name}", image_mode)
            if image.labeled:
                staging.write(f"{folder}/{LABELS}/{stem_of(name)}.txt", _text(image, tokens).encode())


def _tokens(dataset: Dataset) -> list[str]:
    """What stands in the first column for each class. Raises FormatError where two would be one."""
    tokens: dict[str, str] = {}
    for known in dataset.classes:
        token = token_of(known.name)
        if is_region(token):
            raise FormatError(
                "KITTI marks regions to be left out by the class '{0}', so a class of that name would be "
                "lost; rename the class.",
                known.name,
            )
        if token in tokens:
            raise FormatError(
                "The classes '{0}' and '{1}' would be one in KITTI, which has no blanks in names; rename one.",
                tokens[token],
                known.name,
            )
        tokens[token] = known.name
    return list(tokens)


def _text(image: DatasetImage, tokens: list[str]) -> str:
    if image.relative and image.boxes and (image.width <= 0 or image.height <= 0):
        raise FormatError(
            "A KITTI file needs the size of every image, and that of {0} is not known; nothing was written.", image.path
        )
    return "".join(_line(item, tokens[item.label]) for item in image.pixel_boxes(image.width, image.height))


def _line(item: DatasetBox, token: str) -> str:
    box = item.box
    columns = [
        token,
        _truncation(item) if "truncated" in item.flags else "0.00",
        ("2" if item.attributes.get(OCCLUSION) == LARGELY else "1") if "occluded" in item.flags else "0",
        "-10",
        *(_number(v) for v in (box.x1, box.y1, box.x2, box.y2)),
        *("-1", "-1", "-1", "-1000", "-1000", "-1000", "-10"),
    ]
    if item.score is not None:
        columns.append(repr(float(item.score)))
    return " ".join(columns) + "\n"


def _truncation(item: DatasetBox) -> str:
    share = item.attributes.get(TRUNCATION)
    return f"{share:.2f}" if isinstance(share, float) and 0.01 <= share <= 1 else "1.00"


def _number(value: float) -> str:
    """Two decimals at least, as the devkit has them, and as many as keep a box of any size apart from nothing."""
    whole, _, rest = f"{value:.6f}".partition(".")
    return f"{whole}.{rest[:2]}{rest[2:].rstrip('0')}"


def _looks_like_objects(file: Path) -> bool:
    """Whether the first line is an object. An empty file says nothing."""
    return is_object_line(first_line(file, _SNIFF))
