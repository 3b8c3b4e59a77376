"""Reading image folders in the layout of Hugging Face's `datasets`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, files_below, is_file, relative_to, split_in_path
from boxwright.formats.huggingface_rows import ATTRIBUTES
from boxwright.formats.listed import find_listed
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.text import LARGEST_LABEL_FILE, class_name, clean_label, decode, read_bytes
from boxwright.formats.unlabeled import unlabeled_images
from boxwright.formats.yaml_text import load_yaml

METADATA, CARD = "metadata.jsonl", "README.md"
_DEEPEST = 3
_BOXES = ("bbox", "bboxes", "boxes", "box")
_CATEGORIES = ("categories", "category", "labels", "label", "category_id", "class", "name")
_SCORES = ("score", "scores", "confidence")
_NOT_ATTRIBUTES = frozenset({*_BOXES, *_CATEGORIES, *_SCORES, ATTRIBUTES, "id", "bbox_id", "area", "segmentation"})
_FOLDERS = ("train", "validation", "val", "valid", "test")


def metadata_files(folder: Path) -> Iterator[Path]:
    """The files of metadata at most two folders deep."""
    return (
        file
        for file in files_below(folder)
        if file.name.lower() == METADATA and len(file.relative_to(folder).parts) <= _DEEPEST and is_file(file)
    )


class HuggingFaceReader:
    """Reader of Hugging Face image folders.

    Reads the metadata files of one dataset below `root`. Problems name the file and the line.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.names = self._card_names()
        self.labels: dict[str, int] = {name: index for index, name in enumerate(dict.fromkeys(self.names))}
        self.images: dict[tuple[str, str, Path | None], DatasetImage] = {}
        self.numbered = False

    def read(self, file: Path) -> None:
        """Add the images of `file`. Raises FormatError when it cannot be read at all."""
        reporter = Reporter(self.problems, relative_to(file, self.root))
        text = decode(read_bytes(file), reporter).replace("\0", "")
        for line, raw in enumerate(text.split("\n"), start=1):
            if not raw.strip():
                continue
            try:
                entry = _value(raw)
            except (ValueError, RecursionError):
                reporter.say(line, Message("Line {0} is not JSON; left out.", line), Message("line not understood"))
                continue
            self.add(entry, line, file, reporter)

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far; `with_unlabeled`: and the image files that no file lists. Classes are in the order of
        the dataset's card, or without one by name."""
        images = list(self.images.values())
        names = list(self.labels) if self.names else sorted(self.labels)
        order = {self.labels[name]: index for index, name in enumerate(names)}
        for image in images:
            image.boxes = [i.with_label(order[i.label]) for i in image.boxes]
        if self.numbered:
            what = Message(
                "Classes are numbers, and no {0} tells their names; they were named after the numbers.", CARD
            )
            Reporter(self.problems, METADATA).say(None, what, Message("classes without names"))
        if with_unlabeled:
            images += unlabeled_images(self.files, images, *_FOLDERS)
        return Dataset([DatasetClass(index, name) for index, name in enumerate(names)], images)

    def _card_names(self) -> list[str]:
        """The class names that the card of the dataset gives to the numbers."""
        file = self.root / CARD
        if not is_file(file):
            return []
        reporter = Reporter(self.problems, CARD)
        try:
            parts = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter).split("---")
            content = load_yaml(parts[1], file) if len(parts) > 2 and not parts[0].strip() else None
            return _class_label(content)
        except (FormatError, ValueError):
            reporter.say(None, Message("The class names in it cannot be read."), Message("card cannot be read"))
            return []

    def add(
        self, entry: Any, line: int, file: Path, reporter: Reporter, split: Split | None = None
    ) -> DatasetImage | None:
        """Add the image of one row; None when that names none."""
        raw = entry.get("file_name") if isinstance(entry, dict) else None
        name = clean_reference(raw) if isinstance(raw, str) else ""
        if not name:
            reporter.say(
                line, Message("Line {0} names no image (file_name); left out.", line), Message("line not understood")
            )
            return None
        split = split or split_in_path(reporter.file) or split_in_path(name)
        found = find_listed(self.files, name, split, file.parent)
        image = DatasetImage(
            path=name,
            file=found,
            width=declared_side(entry.get("width")),
            height=declared_side(entry.get("height")),
            split=split,
            labeled=False,
            stem_only=not is_image_name(name),
            source=reporter.file,
            marks=image_marks(entry.get(TAGS), entry.get(NOTE)),
        )
        same = self.images.setdefault((reporter.file if found is None else "", name, found), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", name)
            reporter.say(line, what, Message("image listed twice"))
        objects = _objects(entry.get("objects"))
        if objects is None:
            if entry.get("objects") is not None:
                what = Message("Line {0}: objects holds no list of boxes with as many categories; left out.", line)
                reporter.say(line, what, Message("objects not understood"))
            return same
        same.labeled = True
        for place, (bbox, category, rest) in enumerate(objects, start=1):
            item = self._box(bbox, category, Message("Object {0} of '{1}'", place, name), same, line, reporter)
            if item is None:
                same.refused += 1
            else:
                same.boxes.append(_dressed(item, rest))
        return same

    def _box(
        self, bbox: Any, category: Any, who: str, image: DatasetImage, line: int, reporter: Reporter
    ) -> DatasetBox | None:
        label = self._label(category)
        if not label:
            reporter.say(line, Message("{0} has no class; left out.", Message(who)), Message("box without a class"))
            return None
        values = [number(value) for value in bbox] if isinstance(bbox, list) else []
        known = [value for value in values if value is not None]
        if len(known) != 4 or len(values) != 4:
            reporter.say(
                line,
                Message("{0} ({1}): bbox is not four numbers; left out.", Message(who), label),
                Message("coordinate is no number"),
            )
            return None
        x, y, width, height = known
        corners = (x, y, x + width, y + height)
        box = checked_box(corners, image.width, image.height, Message("{0} ({1})", Message(who), label), line, reporter)
        return DatasetBox(box, self.labels.setdefault(label, len(self.labels)), line=line) if box is not None else None

    def _label(self, category: Any) -> str:
        if isinstance(category, str):
            return clean_label(category)
        if isinstance(category, bool) or not isinstance(category, int):
            return ""
        if 0 <= category < len(self.names):
            return self.names[category]
        self.numbered = self.numbered or not self.names
        return f"class {category}" if not self.names else ""


def _value(raw: str) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        # Python's own writer makes NaN and Infinity.
        return json.loads(raw)


def _objects(objects: Any) -> list[tuple[Any, Any, dict[str, Any]]] | None:
    """Box, category and the rest of each object: from lists side by side or a list of objects; None where it is
    neither."""
    if isinstance(objects, list):
        return [(_first(i, _BOXES), _first(i, _CATEGORIES), i if isinstance(i, dict) else {}) for i in objects]
    boxes, categories = _first(objects, _BOXES), _first(objects, _CATEGORIES)
    if not isinstance(boxes, list) or not isinstance(categories, list) or len(boxes) != len(categories):
        return None
    lists = {key: value for key, value in objects.items() if isinstance(value, list) and len(value) == len(boxes)}
    rests = [{key: value[place] for key, value in lists.items()} for place in range(len(boxes))]
    return list(zip(boxes, categories, rests, strict=True))


def _dressed(item: DatasetBox, rest: dict[str, Any]) -> DatasetBox:
    """`item` with its score and whatever else its object says, some of it as JSON in a text."""
    score = next((found for key in _SCORES if (found := number(rest.get(key))) is not None), None)
    packed = rest.get(ATTRIBUTES)
    try:
        inside = orjson.loads(packed) if isinstance(packed, str) else packed
    except orjson.JSONDecodeError:
        inside = {ATTRIBUTES: packed}
    raw = {key: value for key, value in rest.items() if key not in _NOT_ATTRIBUTES}
    extras = extras_of({**raw, **inside} if isinstance(inside, dict) else raw)
    kept = score if score is not None and 0 <= score <= 1 else None
    return extras.on(DatasetBox(item.box, item.label, kept, line=item.line))


def _first(entry: Any, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if key in entry), None) if isinstance(entry, dict) else None


def _class_label(content: Any) -> list[str]:
    """The names of the first `class_label` anywhere in `content`, in the order of their numbers."""
    if isinstance(content, dict):
        names = content["class_label"].get("names") if isinstance(content.get("class_label"), dict) else None
        if isinstance(names, dict):
            names = [names[key] for key in sorted(names, key=int)]
        if isinstance(names, list):
            return [class_name(name) or f"class {place}" for place, name in enumerate(names)]
        content = list(content.values())
    found = (_class_label(item) for item in content) if isinstance(content, list) else iter(())
    return next(filter(None, found), [])
