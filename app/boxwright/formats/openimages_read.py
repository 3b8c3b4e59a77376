"""Reading Open Images tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.coco_read import file_split
from boxwright.formats.csv_cells import rows, unguarded
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import extras_of
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file, relative_to
from boxwright.formats.names import clean_reference, is_image_name, stem_of
from boxwright.formats.text import clean_label, decode, first_line, read_bytes
from boxwright.formats.unlabeled import unlabeled_images

DETECTOR = "detector"
FLAG_COLUMNS = {"isoccluded": "occluded", "istruncated": "truncated", "isgroupof": "crowd"}
# The other marks of the published data, as attributes.
ATTRIBUTE_COLUMNS = {"isdepiction": "depiction", "isinside": "inside"}
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_NEEDED = frozenset({"imageid", "labelname", *_SIDES})
_SNIFF = 4096
_DEEPEST = 3
_BASES = ("images/train", "images/validation", "images/test", "images", "train", "validation", "test")


def box_tables(folder: Path) -> Iterator[Path]:
    """The tables of boxes at most two folders deep."""
    return (file for file in _csv_files(folder) if is_box_table(file))


def is_box_table(file: Path) -> bool:
    """Whether the first line of `file` has the columns of a table of boxes."""
    return _header(file) >= _NEEDED


def _csv_files(folder: Path) -> Iterator[Path]:
    return (
        file
        for file in files_below(folder)
        if file.suffix.lower() == ".csv" and len(file.relative_to(folder).parts) <= _DEEPEST
    )


def _header(file: Path) -> frozenset[str]:
    if file.suffix.lower() != ".csv" or not is_file(file):
        return frozenset()
    return frozenset(cell.strip().strip('"').lower() for cell in first_line(file, _SNIFF).split(","))


class OpenImagesReader:
    """Reader of Open Images tables.

    Reads the dataset at `path`, a folder or one table of boxes. Problems name the table and its line.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        folder = path if is_dir(path) else path.parent
        self.root = folder.parent if folder.name.lower() == "annotations" else folder
        self.only = path if is_file(path) else None
        self.problems = problems
        self.files = ImageFiles(self.root)
        self.names: dict[str, str] = {}
        self.labels: dict[str, int] = {}
        self.images: dict[tuple[str, Split | None], DatasetImage] = {}

    def read(self) -> Dataset:
        """Raises FormatError when there is no table of boxes."""
        tables = [self.only] if self.only is not None else list(box_tables(self.root))
        if not any(map(is_box_table, tables)):
            raise FormatError(
                "{0} holds no Open Images table of boxes (CSV with ImageID, LabelName, XMin).", self.only or self.root
            )
        others = [file for file in _csv_files(self.root) if not is_box_table(file)]
        for file in others:
            if "class" in file.name.lower():
                self._read_classes(file)
        for file in tables:
            self._read_boxes(file)
        if self.only is None:
            for file in others:
                if {"imageid", "subset"} <= _header(file):
                    self._read_listed(file)
        images = list(self.images.values())
        if self.only is None:
            images.extend(unlabeled_images(self.files, images, *_BASES))
        return Dataset([DatasetClass(index, name) for index, name in enumerate(self.labels)], images)

    def _rows(self, file: Path) -> Iterator[tuple[int, list[str], Reporter]]:
        reporter = Reporter(self.problems, relative_to(file, self.root))
        try:
            text = decode(read_bytes(file), reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("table cannot be read"))
            return
        for line, cells in rows(text, reporter):
            yield line, cells, reporter

    def _records(self, file: Path) -> Iterator[tuple[int, dict[str, str], Reporter]]:
        header: list[str] | None = None
        for line, cells, reporter in self._rows(file):
            if header is None:
                header = [cell.strip().lower() for cell in cells]
            else:
                yield line, dict(zip(header, cells, strict=False)), reporter

    def _read_classes(self, file: Path) -> None:
        """A table of labels and names; the one published with the first versions has no header."""
        for _, cells, _ in self._rows(file):
            name = clean_label(unguarded(cells[1])) if len(cells) > 1 else ""
            if name and cells[0].strip().lower() != "labelname":
                self.names.setdefault(cells[0].strip(), name)
                self.labels.setdefault(name, len(self.labels))

    def _read_boxes(self, file: Path) -> None:
        split = file_split(relative_to(file, self.root))
        for line, record, reporter in self._records(file):
            image = self._image(record, split, reporter.file)
            if image is None:
                reporter.say(line, Message("Line {0} names no image; left out.", line), Message("line not understood"))
                continue
            item = self._box(record, line, reporter)
            if item is None:
                image.refused += 1
            else:
                image.boxes.append(item)

    def _read_listed(self, file: Path) -> None:
        """The images that were looked at: those without a box are empty."""
        for line, record, reporter in self._records(file):
            split = file_split(f"{record.get('subset', '')}.csv") or file_split(reporter.file)
            if self._image(record, split, reporter.file) is None:
                reporter.say(line, Message("Line {0} names no image; left out.", line), Message("line not understood"))

    def _image(self, record: dict[str, str], split: Split | None, source: str) -> DatasetImage | None:
        # With a suffix, so that a blank before it is no blank at the end.
        name = clean_reference(unguarded(record.get("imageid", "")) + ".png").removesuffix(".png")
        if not name.strip():
            return None
        if (name, split) not in self.images:
            found = self._find(name, split)
            path = name if found is None or is_image_name(name) else name + found.suffix
            self.images[name, split] = DatasetImage(
                path, found, split=split, relative=True, stem_only=not is_image_name(path), source=source
            )
        return self.images[name, split]

    def _find(self, name: str, split: Split | None) -> Path | None:
        folders = [self.root / base for base in _BASES if split is None or file_split(f"{base}/x.csv") in (split, None)]
        folders += [folder / "data" for folder in folders]
        for folder in (*folders, self.root):
            if (found := self.files.find_stem(stem_of(name), folder)) is not None:
                return found
        return self.files.find(name) if is_image_name(name) else None

    def _box(self, record: dict[str, str], line: int, reporter: Reporter) -> DatasetBox | None:
        label = record.get("labelname", "").strip()
        name = self.names.get(label) or clean_label(unguarded(label))
        if not name:
            reporter.say(
                line, Message("Line {0}: the box has no class; left out.", line), Message("box without a class")
            )
            return None
        values = [number(record.get(side, "")) for side in _SIDES]
        if None in values:
            reporter.say(
                line, Message("Line {0}: a corner is no number; left out.", line), Message("coordinate is no number")
            )
            return None
        x1, y1, x2, y2 = (v for v in values if v is not None)
        if max(map(abs, (x1, y1, x2, y2))) > 2:
            what = Message("Line {0} is not in fractions of the image (0 to 1); left out.", line)
            reporter.say(line, what, Message("not fractions"))
            return None
        box = checked_box((x1, y1, x2, y2), 1.0, 1.0, Message("The box ({0})", name), line, reporter, relative=True)
        if box is None:
            return None
        flags = frozenset(flag for column, flag in FLAG_COLUMNS.items() if record.get(column, "").strip() == "1")
        known = {n: True for column, n in ATTRIBUTE_COLUMNS.items() if record.get(column, "").strip() == "1"}
        score = number(record.get("confidence", ""))
        # A person's box has a confidence of 1 in the published tables.
        of_detector = score is not None and (0 <= score < 1 or (score == 1 and record.get("source") == DETECTOR))
        kept = score if of_detector else None
        item = DatasetBox(box, self.labels.setdefault(name, len(self.labels)), kept, line=line)
        return extras_of(known, flags).on(item)
