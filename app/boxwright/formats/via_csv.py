"""VIA (VGG Image Annotator 2), CSV: a row a region, its shape and its attributes as JSON in a cell.

Layout written: `via_SPLIT.csv` (`via.csv` where the images have no split), image files under `images/`. An image
without a region has one row. A file name that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.checks import Reporter
from boxwright.formats.coco_read import file_split
from boxwright.formats.csv_cells import guarded, row, rows, unguarded
from boxwright.formats.dataset import Dataset, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_dir, is_file, relative_to
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.text import decode, first_line, read_bytes
from boxwright.formats.via_regions import SUFFIX, Regions, file_attributes, file_size, region_rows

_COLUMNS = (
    "filename",
    "file_size",
    "file_attributes",
    "region_count",
    "region_id",
    "region_shape_attributes",
    "region_attributes",
)
_NEEDED = frozenset({"filename", "region_shape_attributes", "region_attributes"})
_SNIFF = 4096
_DEEPEST = 3


class ViaCsv(Format):
    name = "via-csv"
    title = Message("VIA, the VGG Image Annotator (CSV)")
    capabilities = replace(
        ALL_OF_BOXES, signed_empty=True, folders=True, class_order=False, unused_classes=False, sizes=False
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.95, Message("a table of VIA regions")) if _is_table(path) else None
        found = next(_tables(path), None)
        if found is None:
            return None
        return FormatGuess(
            self.name, 0.95, Message("holds {0}, a table of VIA regions", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else list(_tables(path))
        if not files:
            raise FormatError("{0} holds no VIA table (CSV with filename and region_shape_attributes).", path)
        regions = Regions(path if is_dir(path) else path.parent, problems)
        for file in files:
            _read(file, regions)
        return _sorted(regions.dataset())

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in dataset.used_splits() or [None]:
            ours = [(image, name) for image, name in pairs if image.split is split]
            with staging.open(f"via{SUFFIX[split]}.csv") as handle:
                handle.write(row(_COLUMNS).encode())
                for image, name in ours:
                    handle.writelines(_lines(image, name, dataset.classes, image_mode is not ImageMode.NONE))
        for image, name in pairs:
            staging.place(image.path, image.file, f"images/{name}", image_mode)


def _tables(folder: Path) -> Iterator[Path]:
    files = (file for file in files_below(folder) if len(file.relative_to(folder).parts) <= _DEEPEST)
    return (file for file in files if _is_table(file))


def _is_table(file: Path) -> bool:
    if file.suffix.lower() != ".csv" or not is_file(file):
        return False
    return set(_header(first_line(file, _SNIFF).split(","))) >= _NEEDED


def _header(cells: list[str]) -> list[str]:
    # Version 1 began the header with a number sign.
    return [cell.strip().strip('"').lstrip("#").lower() for cell in cells]


def _read(file: Path, regions: Regions) -> None:
    source = relative_to(file, regions.root)
    reporter = Reporter(regions.problems, source)
    split = file_split(source)
    header: list[str] | None = None
    for line, cells in rows(decode(read_bytes(file), reporter), reporter):
        if header is None:
            header = _header(cells)
            if not set(header) >= _NEEDED:
                raise FormatError("{0} is no VIA table: it lacks a column of {1}.", file, ", ".join(sorted(_NEEDED)))
            continue
        record = dict(zip(header, cells, strict=False))
        name = unguarded(record.get("filename", ""))
        image = regions.image(name, _object(record.get("file_attributes")), split, source)
        if image is None:
            reporter.say(line, Message("Line {0} names no file; left out.", line), Message("broken image entry"))
            continue
        shape = _object(record.get("region_shape_attributes"))
        if shape is None:
            what = Message("Line {0}: the shape is not JSON, or missing; left out.", line)
            reporter.say(line, what, Message("broken region"))
            image.refused += 1
        elif shape:
            found = Reporter([], source)
            regions.add(image, shape, _object(record.get("region_attributes")), {}, found)
            for problem in found.problems:
                reporter.say(line, problem.what, problem.kind)


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text or "")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _sorted(dataset: Dataset) -> Dataset:
    """The classes by name: the order of the rows must not decide it."""
    names = sorted(known.name for known in dataset.classes)
    order = [names.index(known.name) for known in dataset.classes]
    for image in dataset.images:
        image.boxes = [b.with_label(order[b.label]) for b in image.boxes]
    return Dataset([DatasetClass(index, name) for index, name in enumerate(names)], dataset.images)


def _lines(image: DatasetImage, name: str, classes: list[DatasetClass], written: bool) -> Iterator[bytes]:
    found: list[tuple[dict[str, Any], dict[str, str]]] = list(region_rows(image, classes))
    start = [guarded(name), file_size(image, written), orjson.dumps(file_attributes(image)).decode(), len(found)]
    for number, (shape, attributes) in enumerate(found or [({}, {})]):
        yield row([*start, number, orjson.dumps(shape).decode(), orjson.dumps(attributes).decode()]).encode()
