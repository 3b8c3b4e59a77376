"""Reading the JSON files of LabelMe and of X-AnyLabeling, which adds `difficult` and `score` to a shape."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_json import ItemLines, load
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import Extras, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file, name_and_split, relative_to
from boxwright.formats.labelme_dialect import dialect
from boxwright.formats.names import clean_reference, is_image_name, stem_of
from boxwright.formats.outlines import Corners, bounds
from boxwright.formats.text import LARGEST_LABEL_FILE, class_name, clean_label, decode, read_bytes

LABELS = "labels.txt"
DESCRIPTION = "description"
_NOT_CLASSES = frozenset({"", "__ignore__", "_background_"})
_NOT_BOXES = frozenset({"point", "points"})


class LabelMeReader:
    """Reader of LabelMe's and X-AnyLabeling's JSON files.

    Reads the dataset at `path`, a folder or one JSON file. Problems name the JSON file and the shape's line.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.root = path if is_dir(path) else path.parent
        self.problems = problems
        self.files = ImageFiles(self.root)
        self.labels: dict[str, int] = {}
        self.images: dict[Path | str, DatasetImage] = {}
        self.not_kept: Counter[str] = Counter()

    def read(self) -> Dataset:
        """Raises FormatError when there is no file of shapes at all."""
        every = [self.path] if is_file(self.path) else list(files_below(self.root))
        files = [file for file in every if file.suffix.lower() == ".json" and (self._has_image(file) or dialect(file))]
        if not any(map(dialect, files)):
            raise FormatError("{0} holds no files of shapes (JSON with shapes and imagePath).", self.path)
        self._read_labels()
        for file in files:
            self._read_file(file)
        for what, count in self.not_kept.items():
            text = Message("{0} shapes carry {1}; only their boxes are kept.", count, Message(what))
            self.problems.append(Problem(".", None, text, Message("{0} not kept", Message(what))))
        if is_dir(self.path):
            rest = [file for file in self.files.all if file not in self.images]
            for file in rest:
                source = relative_to(file, self.root)
                name, split = name_and_split(source)
                self.images[file] = DatasetImage(name, file, split=split, labeled=False, source=source)
        return Dataset([DatasetClass(i, name) for name, i in self.labels.items()], list(self.images.values()))

    def _has_image(self, file: Path) -> bool:
        """A JSON file beside its image is meant as its labels, even when too little of it is left to be told by."""
        return self.files.find_stem(file.stem, file.parent) is not None

    def _read_labels(self) -> None:
        """The order of the classes, and those without a box, where a list of them lies in the folder."""
        file = self.root / LABELS
        if is_file(self.path) or not is_file(file):
            return
        reporter = Reporter(self.problems, LABELS)
        text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        for line in text.replace("\r\n", "\n").split("\n"):
            if (name := clean_label(line)) not in _NOT_CLASSES:
                self.labels.setdefault(name, len(self.labels))

    def _read_file(self, file: Path) -> None:
        source = relative_to(file, self.root)
        reporter = Reporter(self.problems, source)
        try:
            data, text = load(file, reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("JSON cannot be read"))
            if (found := self.files.find_stem(file.stem, file.parent)) is not None:
                name, split = name_and_split(relative_to(found, self.root))
                # Labelled, but nobody knows how: it must not pass for an empty image.
                self.images.setdefault(found, DatasetImage(name, found, split=split, labeled=False, source=source))
            return
        shapes = data.get("shapes") if isinstance(data, dict) else None
        image = self._image(file, data, source) if isinstance(data, dict) else None
        if image is None or not isinstance(shapes, list):
            reporter.say(
                None,
                Message("The file names no image or has no list of shapes; left out."),
                Message("broken image entry"),
            )
            return
        if image.file is None and isinstance(data.get("imageData"), str):
            what = Message("The image is only inside the JSON file; save it as a file beside it to have it imported.")
            reporter.say(None, what, Message("image inside the file"))
        same = self.images.setdefault(image.file or f"{image.split}/{image.path}", image)
        if same is not image:
            what = Message("The image '{0}' has two JSON files; their boxes were put together.", image.path)
            reporter.say(None, what, Message("image listed twice"))
            same.labeled = True
            same.marks = same.marks.joined(image.marks)
        lines = ItemLines(text)
        for position, shape in enumerate(shapes):
            self._shape(position, shape, same, lines, reporter)

    def _image(self, file: Path, data: Mapping[str, Any], source: str) -> DatasetImage | None:
        raw = data.get("imagePath")
        text = raw.replace("\\", "/").strip() if isinstance(raw, str) else ""
        named = clean_reference(text)
        found = self._find(file, text, named)
        if found is not None:
            path = relative_to(found, self.root)
        elif named:
            folder = source.rpartition("/")[0]
            path = f"{folder}/{named}" if folder else named
        else:
            return None
        name, split = name_and_split(path)
        width, height = (declared_side(data.get(key)) for key in ("imageWidth", "imageHeight"))
        marks = image_marks(data.get("flags"), data.get("description"))
        return DatasetImage(name, found, width, height, split=split, source=source, marks=marks)

    def _find(self, file: Path, text: str, named: str) -> Path | None:
        """The image of the JSON file `file`: where its imagePath `text` leads within the dataset, else the one of the
        same name beside it, else the only one below the root that ends in `named` and has no JSON file of its own."""
        there = Path(os.path.normpath(file.parent / text)) if "\0" not in text else file
        if is_image_name(there.name) and there.is_relative_to(os.path.normpath(self.root)) and is_file(there):
            return there
        last = named.rsplit("/", 1)[-1]
        if is_image_name(last) and is_file(file.parent / last):
            return file.parent / last
        if (found := self.files.find_stem(file.stem, file.parent)) is not None or not named:
            return found
        found = self.files.find(named)
        taken = found is not None and is_file(found.with_name(f"{stem_of(found.name)}.json"))
        return None if taken else found

    def _shape(self, position: int, shape: Any, image: DatasetImage, lines: ItemLines, reporter: Reporter) -> None:
        found: list[Problem] = []
        item = self._box(shape, Message("Shape {0}", position + 1), image, Reporter(found, reporter.file))
        line = lines.line("shapes", position) if found else None
        for problem in found:
            reporter.say(line, problem.what, problem.kind)
        if item is None:
            image.refused += 1
        else:
            image.boxes.append(item)

    def _box(self, shape: Any, who: str, image: DatasetImage, reporter: Reporter) -> DatasetBox | None:
        raw = shape.get("label") if isinstance(shape, dict) else None
        label = class_name(raw)
        if not label:
            reporter.say(None, Message("{0} has no label; left out.", who), Message("object without a class"))
            return None
        who = Message("{0} ({1})", who, label)
        # Files before version 4 have no type: those shapes are polygons.
        kind = str(shape.get("shape_type") or "polygon")
        if kind in _NOT_BOXES:
            reporter.say(
                None, Message("{0} is a {1} and no box; left out.", who, Message(kind)), Message("shape without a box")
            )
            return None
        corners = _corners(shape, kind)
        if corners is None:
            reporter.say(
                None,
                Message("{0}: its points are no pairs of numbers; left out.", who),
                Message("coordinate is no number"),
            )
            return None
        box = checked_box(corners, image.width, image.height, who, None, reporter)
        if box is None:
            return None
        if kind != "rectangle":
            what = Message("{0} is a {1}; the upright box around it was taken.", who, Message(kind[:40]))
            reporter.say(None, what, Message("box from outline"))
        score = number(shape.get("score"))
        kept = score if score is not None and 0 <= score <= 1 else None
        item = DatasetBox(box, self.labels.setdefault(label, len(self.labels)), kept)
        return self._extras(shape).on(item)

    def _extras(self, shape: Mapping[str, Any]) -> Extras:
        """Marks are flags that are true; X-AnyLabeling has attributes besides, whose values are texts."""
        raw: dict[str, Any] = {}
        for key in ("attributes", "flags"):
            given = shape.get(key)
            raw |= given if isinstance(given, dict) else {}
        description = shape.get("description")
        if isinstance(description, str) and description.strip():
            raw[DESCRIPTION] = description.strip()
        extras = extras_of(raw, ("difficult",) if shape.get("difficult") is True else (), texts=True)
        if extras.odd:
            self.not_kept["nested attributes"] += 1
        if shape.get("group_id") not in (None, "", {}, []):
            self.not_kept["groups"] += 1
        return extras


def _corners(shape: Mapping[str, Any], kind: str) -> Corners | None:
    """The box around the points, pixels. A circle is given by its centre and a point on it."""
    raw = shape.get("points")
    points: list[tuple[float, float]] = []
    for point in raw if isinstance(raw, list) else []:
        values = [number(value) for value in point] if isinstance(point, list) and len(point) == 2 else [None]
        if None in values:
            return None
        points.append((values[0] or 0.0, values[1] or 0.0))
    if not points:
        return None
    if kind == "circle" and len(points) == 2:
        (cx, cy), (x, y) = points
        radius = ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 if max(map(abs, (cx, cy, x, y))) < 1e100 else float("nan")
        return cx - radius, cy - radius, cx + radius, cy + radius
    # A rectangle dragged from right to left is sound: the tools put its corners in order when they draw it.
    return bounds(points)
