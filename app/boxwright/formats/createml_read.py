"""Reading Create ML's JSON files: what Apple documents, and what its app and others make of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.coco_json import ItemLines, load
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import ImageFiles, is_file, relative_to
from boxwright.formats.listed import find_listed
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.splits import split_named
from boxwright.formats.text import class_name
from boxwright.formats.unlabeled import unlabeled_images

_IMAGE_KEYS = ("image", "imagefilename", "imageURL")
_LIST_KEYS = ("annotations", "annotation")


class CreateMLReader:
    """Reader of Create ML's JSON files.

    Reads the files of one dataset below `root`. Problems name the file and the line where the image's entry
    begins.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.splits: dict[str, None] = {}
        self.images: dict[tuple[str, str, Path | None], DatasetImage] = {}

    def read(self, file: Path) -> None:
        """Raises FormatError when the file as a whole cannot be read."""
        reporter = Reporter(self.problems, relative_to(file, self.root))
        entries, text = load(file, reporter)
        if not isinstance(entries, list):
            raise FormatError("{0} is no Create ML file: it should hold one JSON list of images.", file)
        # As a member of an object the list is one whose items' lines can be found.
        lines = ItemLines(b'{"":' + text + b"}")
        for position, entry in enumerate(entries):
            found: list[Problem] = []
            self._entry(position, entry, file, Reporter(found, reporter.file))
            for problem in found:
                reporter.say(lines.line("", position), problem.what, problem.kind)

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far, classes by name; `with_unlabeled`: and the image files that no file lists."""
        images = list(self.images.values())
        # The order of the images must not decide the order of the classes.
        names = sorted(self.labels)
        order = {self.labels[name]: index for index, name in enumerate(names)}
        for image in images:
            image.boxes = [item.with_label(order[item.label]) for item in image.boxes]
        if with_unlabeled:
            images += unlabeled_images(self.files, images, *self.splits)
        return Dataset([DatasetClass(index, name) for index, name in enumerate(names)], images)

    def _entry(self, position: int, entry: Any, file: Path, reporter: Reporter) -> None:
        raw = next((entry[key] for key in _IMAGE_KEYS if key in entry), None) if isinstance(entry, dict) else None
        name = clean_reference(raw.removeprefix("file://")) if isinstance(raw, str) else ""
        boxes: Any = next((entry[key] for key in _LIST_KEYS if key in entry), []) if name else None
        if not isinstance(boxes, list):
            what = Message("Entry {0} names no image or has no list of annotations; left out.", position + 1)
            reporter.say(None, what, Message("broken image entry"))
            return
        split = file_split(reporter.file)
        beside = file.parent / name
        found = beside if is_image_name(name) and is_file(beside) else find_listed(self.files, name, split)
        folder = reporter.file.rpartition("/")[0]
        # The folder of a split is no part of the name, any other tells two images of one name apart.
        path = f"{folder}/{name}" if folder else name
        if split_named(folder) is not None:
            path = name
            self.splits[folder] = None
        if found is not None and found != beside:
            path = relative_to(found, self.root)
        image = DatasetImage(path, found, split=split, source=reporter.file)
        same = self.images.setdefault((path, folder if found is None else "", found), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", path)
            reporter.say(None, what, Message("image listed twice"))
        for place, annotation in enumerate(boxes, start=1):
            item = self._box(annotation, Message("Annotation {0} of '{1}'", place, name), reporter)
            if item is None:
                same.refused += 1
            else:
                same.boxes.append(item)

    def _box(self, entry: Any, who: str, reporter: Reporter) -> DatasetBox | None:
        raw = entry.get("label") if isinstance(entry, dict) else None
        label = class_name(raw)
        if not label:
            reporter.say(None, Message("{0} has no label; left out.", who), Message("object without a class"))
            return None
        who = Message("{0} ({1})", who, label)
        coordinates = entry.get("coordinates")
        values = _numbers(coordinates) if isinstance(coordinates, dict) else None
        if values is None:
            what = Message("{0}: x, y, width and height are not all numbers; left out.", who)
            reporter.say(None, what, Message("coordinate is no number"))
            return None
        x, y, width, height = values
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        # The format tells no size, so only a corner before the first pixel is known to lie outside.
        box = checked_box(corners, 0, 0, who, None, reporter)
        return DatasetBox(box, self.labels.setdefault(label, len(self.labels))) if box is not None else None


def _numbers(coordinates: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    values = [number(coordinates.get(key)) for key in ("x", "y", "width", "height")]
    known = [value for value in values if value is not None]
    return (known[0], known[1], known[2], known[3]) if len(known) == 4 else None
