"""Table of boxes, one a row: the CSV of the TensorFlow object detection tools, and what its header else tells.

Layout written: `train.csv`, `val.csv`, `test.csv` (`labels.csv` where the images have no split) with the columns
filename, width, height, class, xmin, ymin, xmax, ymax, and, where anything fills them, score, the flags, attributes and
tags (as JSON) and note; image files in `images/`. An image without a box has one row without class and sides. Images
nobody has labelled lie in `unlabeled/`, and no table lists them. Corners are edges in pixels. A name that a
spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.csv_cells import guarded, row
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, attributes_of
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.huggingface_rows import ATTRIBUTES, SCORE, used_columns
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.table_map import NO_MAPPING
from boxwright.formats.table_read import IMAGES, LARGEST_FRACTION, TableReader, layout_of, tables
from boxwright.formats.unlabeled import unlabeled_path

_TITLES = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test", None: "labels"}
_HEADER = ("filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax")
_KINDS = {
    "corners": Message("a table of boxes (corners)"),
    "extent": Message("a table of boxes (extent)"),
    "centre": Message("a table of boxes (centre)"),
}


class CsvTable(Format):
    name = "csv"
    title = Message("Table of boxes (CSV: TensorFlow, RetinaNet and others)")
    capabilities = Capabilities(
        accuracy=1e-5,
        scores=True,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        notes=True,
        provenance=True,
        folders=True,
        class_order=False,
        unused_classes=False,
    )

    def __init__(self, mapping: Mapping[str, str] = NO_MAPPING) -> None:
        """`mapping`: what columns mean whose names do not say it, as `table_map` has it."""
        self._mapping = mapping

    def recognise(self, path: Path) -> FormatGuess | None:
        file = path if is_file(path) else next(tables(path), None)
        found = layout_of(file) if file is not None else None
        if file is None or found is None:
            return None
        what = _KINDS[found.columns.kind] if found.headed else Message("a table of boxes without a header")
        why = what if file == path else Message("holds {0}, {1}", file.relative_to(path).as_posix(), what)
        return FormatGuess(self.name, 0.9 if found.headed else 0.8, why)

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else list(tables(path, self._mapping))
        if not files:
            raise FormatError("{0} holds no table of boxes (CSV with columns for image, class and four sides).", path)
        reader = TableReader(path if is_dir(path) else path.parent, problems, self._mapping)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        pairs = list(zip(dataset.images, names, strict=True))
        extra = _extra_columns(dataset)
        for split in dataset.used_splits() or [None]:
            ours = [(image, name) for image, name in pairs if image.split is split and image.labeled]
            if ours or not dataset.images:
                with staging.open(f"{_TITLES[split]}.csv") as handle:
                    handle.writelines(line.encode() for line in _lines(dataset, ours, extra))
        for image, name in pairs:
            at = f"{IMAGES}/{name}" if image.labeled else unlabeled_path(image.split, name)
            staging.place(image.path, image.file, at, image_mode)


def _extra_columns(dataset: Dataset) -> list[str]:
    """The optional columns that any image or box of `dataset` fills."""
    used = used_columns(dataset)
    return [column for column in (SCORE, *FLAGS, ATTRIBUTES, TAGS, NOTE) if column in used]


def _extra_cells(image: DatasetImage, item: DatasetBox | None, columns: list[str]) -> Iterator[object]:
    for column in columns:
        if column == TAGS:
            yield orjson.dumps(sorted(image.marks.tags)).decode() if image.marks.tags else ""
        elif column == NOTE:
            yield guarded(image.marks.note)
        elif item is None:
            yield ""
        elif column == SCORE:
            yield item.score if item.score is not None else ""
        elif column == ATTRIBUTES:
            found = attributes_of(item, FLAGS)
            yield orjson.dumps(found).decode() if found else ""
        else:
            yield int(column in item.flags)


def _lines(dataset: Dataset, ours: list[tuple[DatasetImage, str]], extra: list[str]) -> Iterator[str]:
    # A table whose boxes all lie within the first pixel would be read as one of fractions.
    tiny = any(image.boxes for image, _ in ours) and not any(
        side > LARGEST_FRACTION for image, _ in ours for item in _pixel_boxes(image) for side in _sides(item)
    )
    yield row([*(f"{cell}_px" if tiny and cell in _HEADER[4:] else cell for cell in _HEADER), *extra])
    for image, name in ours:
        if image.relative and image.boxes and not (image.width and image.height):
            raise FormatError("A table in pixels needs the size of {0}; nothing was written.", image.path)
        begin = [guarded(name), image.width or "", image.height or ""]
        for item in _pixel_boxes(image):
            label = guarded(dataset.classes[item.label].name)
            yield row([*begin, label, *_sides(item), *_extra_cells(image, item, extra)])
        if not image.boxes:
            yield row([*begin, *[""] * 5, *_extra_cells(image, None, extra)])


def _pixel_boxes(image: DatasetImage) -> Sequence[DatasetBox]:
    return image.pixel_boxes(image.width, image.height)


def _sides(item: DatasetBox) -> list[float]:
    return [round(float(v), 6) for v in (item.box.x1, item.box.y1, item.box.x2, item.box.y2)]
