"""Reading tables of boxes, one box a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_read import file_split
from boxwright.formats.csv_cells import delimiter_of, rows, unguarded
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, files_below, is_file, relative_to, split_in_path
from boxwright.formats.huggingface_rows import ATTRIBUTES
from boxwright.formats.listed import find_listed
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.openimages_read import is_box_table
from boxwright.formats.splits import split_named
from boxwright.formats.table_columns import IMAGE_OF_FILE, TableColumns, columns_of, columns_without_header
from boxwright.formats.table_map import IMAGE, NO_MAPPING, SIDES, mapped_columns
from boxwright.formats.table_texts import ImagesByStem, cells_of, is_text_table, numbered_rows, texts_below
from boxwright.formats.text import clean_label, decode, first_line, head, read_bytes
from boxwright.formats.unlabeled import unlabeled_images

IMAGES = "images"
_SNIFF = 4096
_YES = frozenset({"1", "1.0", "true", "yes"})
_DEEPEST = 3
# A normalised box may stick out by a rounding.
LARGEST_FRACTION = 1.01


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Layout of a table. `headed`: its first row is a header."""

    columns: TableColumns
    headed: bool
    delimiter: str = ","


def tables(folder: Path, mapping: Mapping[str, str] = NO_MAPPING) -> Iterator[Path]:
    """The tables of boxes at most two folders deep; with a `mapping` all tables, and where it names no column of images
    every text file below the folder."""
    if mapping and IMAGE not in mapping.values():
        listed = list(_csv_below(folder))
        return iter(listed) if listed else texts_below(folder)
    files = _csv_below(folder)
    return files if mapping else (file for file in files if layout_of(file) is not None)


def _csv_below(folder: Path) -> Iterator[Path]:
    files = (file for file in files_below(folder) if len(file.relative_to(folder).parts) <= _DEEPEST)
    return (file for file in files if _is_csv(file))


def first_rows(file: Path, count: int) -> list[list[str]]:
    """The first `count` rows of a table at most, header among them; none where `file` is no table."""
    if is_text_table(file):
        return [cells for _, cells in zip(range(count), map(cells_of, head(file, _SNIFF).splitlines()), strict=False)]
    if not _is_csv(file):
        return []
    lines = head(file, _SNIFF).replace("\0", "").splitlines()[:count]
    try:
        return list(csv.reader(lines, delimiter=delimiter_of(lines[0]))) if lines else []
    except csv.Error:
        return []


def layout_of(file: Path, mapping: Mapping[str, str] = NO_MAPPING) -> TableLayout | None:
    """How `file` is read, by its first line, or by a person's word on its columns (`table_map`). None where it is no
    table of boxes, or one of Open Images. Raises FormatError where the `mapping` does not fit."""
    if mapping and is_text_table(file):
        cells = cells_of(first_line(file, _SNIFF))
        # An empty file says that nothing is in its image.
        numbers = [int(column) for column in mapping if column.isdecimal()] if not cells else []
        return TableLayout(*mapped_columns(cells or [""] * max(numbers, default=0), mapping, file, by_file=True), " ")
    if not _is_csv(file) or (not mapping and is_box_table(file)):
        return None
    try:
        line = first_line(file, _SNIFF).replace("\0", "")
        delimiter = delimiter_of(line)
        first = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None
    if mapping:
        return TableLayout(*mapped_columns(first, mapping, file), delimiter)
    if (found := columns_of(first)) is not None:
        return TableLayout(found, True, delimiter)
    bare = columns_without_header(first)
    return TableLayout(bare, False, delimiter) if bare is not None else None


def _is_csv(file: Path) -> bool:
    return file.suffix.lower() in (".csv", ".tsv") and is_file(file)


class TableReader:
    """Reader of tables of boxes.

    Gathers the tables of one dataset below `root`. Problems name the table and its line.
    """

    def __init__(self, root: Path, problems: list[Problem], mapping: Mapping[str, str] = NO_MAPPING) -> None:
        self.root = root
        self.mapping = mapping
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.images: dict[tuple[str, Split | None, bool], DatasetImage] = {}
        self._by_stem = ImagesByStem(self.files)

    def read(self, file: Path) -> None:
        """Add the rows of `file`. Raises FormatError when it is no table of boxes."""
        if is_text_table(file) and self._is_other_text(file):
            return
        layout = layout_of(file, self.mapping)
        if layout is None:
            raise FormatError(
                "{0} is no table of boxes: its columns name no image, class and four sides; say what each means "
                "(--column on the command line).",
                file,
            )
        columns = layout.columns
        reporter = Reporter(self.problems, relative_to(file, self.root))
        text = decode(read_bytes(file), reporter)
        found = numbered_rows(text) if layout.delimiter == " " else rows(text, reporter, layout.delimiter)
        listed = list(found)[1 if layout.headed else 0 :]
        if layout.delimiter == ";":
            listed = [(line, _decimal_points(columns, cells)) for line, cells in listed]
        relative = columns.relative or (not columns.pixels and _fractions(columns, [cells for _, cells in listed]))
        by_file = IMAGE_OF_FILE in columns.places
        if by_file and not listed:
            self._of_file(file, relative)
        for line, cells in listed:
            self._row(columns, cells, line, relative, reporter, self._of_file(file, relative) if by_file else None)

    def _is_other_text(self, file: Path) -> bool:
        """Whether a text file among those of boxes is something else, with a word about it: a list, a page to read."""
        cells = cells_of(first_line(file, _SNIFF))
        if not cells or IMAGE in self.mapping.values():
            return False
        places = [int(column) - 1 if column.isdecimal() else _place_in(cells, column) for column in self.mapping]
        sides = [
            cells[place]
            for place, meaning in zip(places, self.mapping.values())
            if 0 <= place < len(cells) and meaning in SIDES
        ]
        fits = all(0 <= place < len(cells) for place in places)
        if not fits or (all(c.isdecimal() for c in self.mapping) and None in map(number, sides)):
            what = Message("The file has not the columns that were named; left out.")
            Reporter(self.problems, relative_to(file, self.root)).say(None, what, Message("other text"))
            return True
        return False

    def _of_file(self, file: Path, relative: bool) -> DatasetImage:
        """The image that the whole of `file` speaks of."""
        source = relative_to(file, self.root)
        key = (source, None, relative)
        if key not in self.images:
            found = self._by_stem.of(file)
            name = relative_to(found, self.root) if found is not None else source[: -len(file.suffix)]
            split = split_in_path(source)
            self.images[key] = DatasetImage(
                name, found, split=split, relative=relative, stem_only=found is None, source=source
            )
        return self.images[key]

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far, classes by name; `with_unlabeled`: and the image files that no table lists."""
        images = list(self.images.values())
        names = sorted(self.labels)
        order = {self.labels[name]: index for index, name in enumerate(names)}
        for image in images:
            image.boxes = [i.with_label(order[i.label]) for i in image.boxes]
        if with_unlabeled:
            images += unlabeled_images(self.files, images, IMAGES)
        return Dataset([DatasetClass(index, name) for index, name in enumerate(names)], images)

    def _row(
        self,
        columns: TableColumns,
        cells: list[str],
        line: int,
        relative: bool,
        reporter: Reporter,
        image: DatasetImage | None,
    ) -> None:
        if image is None:
            name = clean_reference(unguarded(columns.cell(cells, "file")))
            if not name:
                reporter.say(line, Message("Line {0} names no image; left out.", line), Message("line not understood"))
                return
            image = self._image(columns, cells, name, relative, reporter)
        image.marks = image.marks.joined(
            image_marks(_tags(columns.cell(cells, TAGS)), unguarded(columns.cell(cells, NOTE)))
        )
        sides = [cells[place] if place < len(cells) else "" for place in columns.sides]
        label = clean_label(unguarded(columns.cell(cells, "class")))
        if not any(side.strip() for side in sides) and not label:
            return
        item = self._box(columns, [number(side) for side in sides], label, image, line, reporter)
        if item is None:
            image.refused += 1
            return
        score = number(columns.cell(cells, "score"))
        kept = score if score is not None and 0 <= score <= 1 else None
        flags = (flag for flag in FLAGS if columns.cell(cells, flag).strip().lower() in _YES)
        extras = extras_of(_object(columns.cell(cells, ATTRIBUTES)), flags)
        image.boxes.append(extras.on(DatasetBox(item.box, item.label, kept, line=line)))

    def _image(
        self, columns: TableColumns, cells: list[str], name: str, relative: bool, reporter: Reporter
    ) -> DatasetImage:
        said = split_named(columns.cell(cells, "split")) or file_split(reporter.file)
        # Two tables may list one image in different units.
        key = (name, said, relative)
        if key not in self.images:
            found = find_listed(self.files, name, said, (self.root / reporter.file).parent, self.root / IMAGES)
            self.images[key] = DatasetImage(
                path=name,
                file=found,
                width=declared_side(columns.cell(cells, "width")),
                height=declared_side(columns.cell(cells, "height")),
                split=said or split_in_path(name),
                relative=relative,
                stem_only=not is_image_name(name),
                source=reporter.file,
            )
        return self.images[key]

    def _box(
        self,
        columns: TableColumns,
        values: list[float | None],
        label: str,
        image: DatasetImage,
        line: int,
        reporter: Reporter,
    ) -> DatasetBox | None:
        if not label:
            reporter.say(
                line, Message("Line {0}: the box has no class; left out.", line), Message("box without a class")
            )
            return None
        known = [value for value in values if value is not None]
        if len(known) != 4:
            reporter.say(
                line, Message("Line {0}: a side is no number; left out.", line), Message("coordinate is no number")
            )
            return None
        a, b, c, d = known
        corners = {
            "corners": (a, b, c, d),
            "extent": (a, b, a + c, b + d),
            "centre": (a - c / 2, b - d / 2, a + c / 2, b + d / 2),
        }[columns.kind]
        width, height = (1, 1) if image.relative else (image.width, image.height)
        box = checked_box(
            corners, width, height, Message("The box ({0})", label), line, reporter, relative=image.relative
        )
        return DatasetBox(box, self.labels.setdefault(label, len(self.labels))) if box is not None else None


def _place_in(cells: list[str], column: str) -> int:
    return cells.index(column) if column in cells else -1


def _object(text: str) -> Any:
    """The JSON in a cell, None where it holds none."""
    try:
        return orjson.loads(text) if text.strip() else None
    except orjson.JSONDecodeError:
        return None


def _tags(text: str) -> list[Any]:
    """A JSON list of tags, or tags with semicolons between them."""
    found = _object(text) if text.lstrip().startswith("[") else unguarded(text).split(";")
    return found if isinstance(found, list) else []


def _decimal_points(columns: TableColumns, cells: list[str]) -> list[str]:
    """`cells` with a point in the numbers where a comma is the decimal mark."""
    places = {*columns.sides, columns.places.get("score", -1)}
    return [cell.replace(",", ".") if place in places else cell for place, cell in enumerate(cells)]


def _fractions(columns: TableColumns, listed: list[list[str]]) -> bool:
    """Whether no side of any box is beyond 1 and some are between 0 and 1: no table of pixels looks like that."""
    cells = (row[place] for row in listed for place in columns.sides if place < len(row))
    known = [value for cell in cells if (value := number(cell)) is not None and abs(value) < float("inf")]
    return any(0 < value < 1 for value in known) and all(abs(value) <= LARGEST_FRACTION for value in known)
