"""Open Images: a CSV of boxes a split, as fractions of the image; images are named without their suffix.

Layout written: `annotations/SPLIT-annotations-bbox.csv`, `annotations/SPLIT-images-with-rotation.csv` (the images
that were looked at, those without a box among them), `annotations/class-descriptions.csv`, image files in
`images/SPLIT/`. An image that no table names is one nobody has labelled. A class has a label of its own in the boxes'
table, as `/m/...` in the published data, and its name in the table of classes. A cell that a spreadsheet would take
for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.csv_cells import guarded, row
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.finding import is_file
from boxwright.formats.names import stem_of
from boxwright.formats.openimages_read import (
    ATTRIBUTE_COLUMNS,
    DETECTOR,
    FLAG_COLUMNS,
    OpenImagesReader,
    box_tables,
    is_box_table,
)
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.unlabeled import unlabeled_path

_TITLES = {Split.TRAIN: "train", Split.VALIDATION: "validation", Split.TEST: "test"}
_HEADER = (
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
)


class OpenImages(Format):
    name = "openimages"
    title = "Open Images (CSV)"
    capabilities = Capabilities(
        accuracy=0.001, scores=True, flags=frozenset(FLAG_COLUMNS.values()), unsplit=False, sizes=False
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a table of boxes with ImageID and LabelName"))
                if is_box_table(path)
                else None
            )
        found = next(box_tables(path), None)
        if found is None:
            return None
        return FormatGuess(
            self.name, 0.95, Message("holds {0}, a table of boxes with ImageID", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return OpenImagesReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        pairs = list(zip(dataset.images, names, strict=True))
        labels = [f"/m/class_{known.id}" for known in dataset.classes]
        described = (row([label, guarded(known.name)]) for label, known in zip(labels, dataset.classes, strict=True))
        text = "LabelName,DisplayName\n" + "".join(described)
        staging.write("annotations/class-descriptions.csv", text.encode())
        for split in Split:
            ours = [(m, n) for m, n in pairs if m.labeled and (m.split or Split.TRAIN) is split]
            if ours or (split is Split.TRAIN and not dataset.images):
                title = f"annotations/{_TITLES[split]}"
                with staging.open(f"{title}-annotations-bbox.csv") as handle:
                    handle.write(_HEADER.encode())
                    handle.writelines(
                        _line(stem_of(n), item, labels).encode() for m, n in ours for item in _fractions(m)
                    )
                listed = "".join(row([guarded(stem_of(name)), _TITLES[split], "0.0"]) for _, name in ours)
                staging.write(f"{title}-images-with-rotation.csv", ("ImageID,Subset,Rotation\n" + listed).encode())
        for image, name in pairs:
            folder = f"images/{_TITLES[image.split or Split.TRAIN]}"
            at = f"{folder}/{name}" if image.labeled else unlabeled_path(image.split or Split.TRAIN, name)
            staging.place(image.path, image.file, at, image_mode)


def _fractions(image: DatasetImage) -> Sequence[DatasetBox]:
    try:
        return image.fraction_boxes() if image.boxes else []
    except ValueError as error:
        raise FormatError("Open Images needs the size of every image, and {0}; nothing was written.", error) from None


def _line(name: str, item: DatasetBox, labels: list[str]) -> str:
    box = item.box
    # A person's box has no source of the published data: none of theirs would be true.
    source, score = ("", "1") if item.score is None else (DETECTOR, repr(float(item.score)))
    numbers = [f"{min(max(v, 0.0), 1.0):.9f}".rstrip("0").rstrip(".") for v in (box.x1, box.x2, box.y1, box.y2)]
    marks = [int(flag in item.flags) for flag in FLAG_COLUMNS.values()]
    others = [int(item.attributes[n] is True) if n in item.attributes else -1 for n in ATTRIBUTE_COLUMNS.values()]
    return row([guarded(name), source, labels[item.label], score, *numbers, *marks, *others])
