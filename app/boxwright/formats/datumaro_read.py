"""Reading Datumaro's JSON files, one a subset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.coco_json import ItemLines, load
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import annotator_of, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, relative_to
from boxwright.formats.listed import find_listed
from boxwright.formats.names import clean_reference
from boxwright.formats.outlines import Corners, bounds, pairs
from boxwright.formats.text import class_name
from boxwright.formats.unlabeled import unlabeled_images

# The marks, and the attributes of a box that carry them.
FLAGS = {"crowd": "is_crowd", "difficult": "difficult", "occluded": "occluded", "truncated": "truncated"}
_OUTLINES = {"polygon": "polygon", "polyline": "polyline", "ellipse": "ellipse", "cuboid_2d": "cuboid"}
_LARGEST_SIDE = 1_000_000


class DatumaroReader:
    """Reader of Datumaro's JSON files.

    Reads the files of one dataset below `root`. Problems name the file and the line where the item begins.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.names: dict[str, int] = {}
        self.images: dict[tuple[str, Split | None, Path | None], DatasetImage] = {}

    def read(self, file: Path) -> None:
        """Raises FormatError when the file as a whole cannot be read."""
        _SubsetFile(file, self).read()

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far; `with_unlabeled`: and the image files that no file lists."""
        images = list(self.images.values())
        if with_unlabeled:
            bases = [f"images/{subset}" for subset in ("default", "train", "val", "test")]
            images += unlabeled_images(self.files, images, *bases, "images")
        return Dataset([DatasetClass(index, name) for name, index in self.names.items()], images)


class _SubsetFile:
    """One file being read into its `DatumaroReader`."""

    def __init__(self, file: Path, reader: DatumaroReader) -> None:
        self.file = file
        self.reader = reader
        self.reporter = Reporter(reader.problems, relative_to(file, reader.root))
        self.split = file_split(self.reporter.file)
        self.labels: list[int | None] = []
        self.not_kept: Counter[str] = Counter()

    def read(self) -> None:
        data, text = load(self.file, self.reporter)
        items = data.get("items") if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise FormatError("{0} is no Datumaro file: it should hold one JSON object with a list 'items'.", self.file)
        self._classes(data.get("categories"))
        lines = ItemLines(text)
        for position, item in enumerate(items):
            found: list[Problem] = []
            self._item(position, item, Reporter(found, self.reporter.file))
            for problem in found:
                self.reporter.say(lines.line("items", position), problem.what, problem.kind)
        for what, count in self.not_kept.items():
            self.reporter.say(
                None,
                Message("{0} annotations carry {1}; only their boxes are kept.", count, Message(what)),
                Message("{0} not kept", Message(what)),
            )

    def _classes(self, categories: Any) -> None:
        """A class without a name keeps its place, so that those after it keep their numbers."""
        known = categories.get("label") if isinstance(categories, dict) else None
        labels = known.get("labels") if isinstance(known, dict) else None
        for position, entry in enumerate(labels if isinstance(labels, list) else []):
            raw = entry.get("name") if isinstance(entry, dict) else None
            name = class_name(raw)
            if not name:
                name = f"class {position}"
                what = Message("Class {0} has no name; it is called '{1}'.", position, name)
                self.reporter.say(None, what, Message("broken category"))
            self.labels.append(self.reader.names.setdefault(name, len(self.reader.names)))

    def _item(self, position: int, entry: Any, reporter: Reporter) -> None:
        name = _image_name(entry) if isinstance(entry, dict) else ""
        if not name:
            reporter.say(
                None,
                Message("Item {0} has neither an image nor an id; left out.", position + 1),
                Message("broken image entry"),
            )
            return
        folder = self.file.parent.parent / "images"
        found = find_listed(self.reader.files, name, self.split, folder / self.file.stem, folder, self.file.parent)
        width, height = _size(entry)
        image = DatasetImage(name, found, width, height, split=self.split, source=reporter.file)
        same = self.reader.images.setdefault((name, self.split if found is None else None, found), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", name)
            reporter.say(None, what, Message("image listed twice"))
        same.marks = same.marks.joined(image_marks(entry.get("attr")))
        same.annotator = annotator_of(entry.get("attr"))
        annotations = entry.get("annotations")
        for number_, annotation in enumerate(annotations if isinstance(annotations, list) else [], start=1):
            self._annotation(annotation, Message("Annotation {0} of '{1}'", number_, name), same, reporter)

    def _annotation(self, entry: Any, who: str, image: DatasetImage, reporter: Reporter) -> None:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if kind == "caption":
            image.marks = image.marks.joined(image_marks((), entry.get("caption")))
            return
        if kind == "label":
            label = self._label(entry.get("label_id"))
            name = list(self.reader.names)[label] if label is not None else ""
            image.marks = image.marks.joined(image_marks([name]))
            return
        item = self._box(entry, str(kind), who, image, reporter) if isinstance(kind, str) else None
        if item is None:
            if not isinstance(kind, str):
                reporter.say(None, Message("{0} lacks a type; left out.", Message(who)), Message("broken annotation"))
            image.refused += 1
            return
        image.boxes.append(item)

    def _label(self, place: Any) -> int | None:
        whole = isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(self.labels)
        return self.labels[place] if whole else None

    def _box(
        self, entry: Mapping[str, Any], kind: str, who: str, image: DatasetImage, reporter: Reporter
    ) -> DatasetBox | None:
        place = entry.get("label_id")
        label = self._label(place)
        if label is None:
            reporter.say(
                None,
                Message("{0}: no class has the number {1:.40}; left out.", Message(who), repr(place)),
                Message("unknown category id"),
            )
            return None
        if kind != "bbox" and kind not in _OUTLINES:
            reporter.say(
                None,
                Message("{0} is of the type '{1}' and no box; left out.", Message(who), Message(kind[:40])),
                Message("shape without a box"),
            )
            return None
        corners = _corners(entry, kind)
        if corners is None:
            reporter.say(
                None,
                Message("{0}: its {1} is not numbers; left out.", Message(who), kind),
                Message("coordinate is no number"),
            )
            return None
        box = checked_box(corners, image.width, image.height, who, None, reporter)
        if box is None:
            return None
        if kind in _OUTLINES:
            what = Message("{0} is a {1}; the upright box around it was taken.", Message(who), Message(_OUTLINES[kind]))
            reporter.say(None, what, Message("box from outline"))
        raw = entry.get("attributes")
        attributes = raw if isinstance(raw, dict) else {}
        score = number(attributes.get("score"))
        extras = extras_of(attributes, without=("score",))
        if extras.odd:
            self.not_kept["nested attributes"] += 1
        return extras.on(DatasetBox(box, label, score if score is not None and 0 <= score <= 1 else None))


def _image_name(entry: Mapping[str, Any]) -> str:
    """The image's path within its subset; older files give only the id, for a `.jpg`."""
    image = entry.get("image")
    path = image.get("path") if isinstance(image, dict) else None
    if isinstance(path, str) and (name := clean_reference(path)):
        return name
    name = clean_reference(entry["id"]) if isinstance(entry.get("id"), str) else ""
    return f"{name}.jpg" if name else ""


def _size(entry: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height, pixels, from the image's [height, width]; 0 where they are not declared."""
    image = entry.get("image")
    size = image.get("size") if isinstance(image, dict) else None
    sides = [number(value) for value in size] if isinstance(size, list) and len(size) == 2 else []
    known = [int(side) for side in sides if side is not None and 0 < side <= _LARGEST_SIDE]
    return (known[1], known[0]) if len(known) == 2 else (0, 0)


def _corners(entry: Mapping[str, Any], kind: str) -> Corners | None:
    raw = entry.get("bbox" if kind == "bbox" else "points")
    if not isinstance(raw, list):
        return None
    flat = [value for point in raw for value in (point if isinstance(point, list) else [point])]
    points = pairs(flat)
    if not points:
        return None
    if kind != "bbox":
        return bounds(points)
    if len(points) != 2:
        return None
    (x, y), (width, height) = points
    return x, y, x + width, y + height
