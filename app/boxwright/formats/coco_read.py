"""Reading COCO files: several of them, as one a split, become one dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from boxwright.domain.image import Split
from boxwright.domain.marks import NO_FLAGS
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_content import RepeatedIds, open_object
from boxwright.formats.coco_masks import mask_bounds
from boxwright.formats.dataset import Boxes, Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, annotator_of, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, relative_to, split_in_path
from boxwright.formats.names import clean_reference
from boxwright.formats.splits import split_named
from boxwright.formats.text import class_name

_CROWD = frozenset({"crowd"})


class CocoRead:
    """State of a read over several files: classes by name, images by name and file."""

    def __init__(self, files: ImageFiles, problems: list[Problem]) -> None:
        self.files = files
        self.problems = problems
        self.classes: dict[str, int] = {}
        self.ids: dict[int, None] = {}
        self._next = 1
        self.images: dict[tuple[str, Path | None], DatasetImage] = {}

    def label(self, name: str, wanted: int | None) -> int:
        """The index of the class `name`; a new one takes the id `wanted` unless that is missing or taken."""
        if name not in self.classes:
            number_ = self._next if wanted is None or wanted in self.ids else wanted
            self.ids[number_] = None
            self._next = max(self._next, number_ + 1)
            self.classes[name] = len(self.classes)
        return self.classes[name]

    def dataset(self) -> Dataset:
        classes = [DatasetClass(number, name) for number, name in zip(self.ids, self.classes, strict=True)]
        return Dataset(classes, list(self.images.values()))


class CocoFile:
    """Reader of one COCO file.

    One file being read into `CocoRead`. Problems name the annotation's id and its line.
    """

    def __init__(self, file: Path, root: Path, gathered: CocoRead) -> None:
        self.file = file
        self.gathered = gathered
        self.source = relative_to(file, root)
        self.reporter = Reporter(gathered.problems, self.source)
        self.split = file_split(self.source)
        self.labeled = not file.name.startswith("image_info")
        self.content = open_object(file, self.reporter)
        self.labels: dict[Any, int] = {}
        self.names: set[str] = set()
        self.images: dict[Any, DatasetImage] = {}
        self.not_kept: dict[str, int] = {}

    def read(self) -> None:
        """Raises FormatError when the file as a whole cannot be read."""
        try:
            for position, entry in enumerate(self._items("categories")):
                self._category(position, entry)
            for position, entry in enumerate(self._items("images")):
                self._image(position, entry)
            self._annotations()
            self._notice_shares()
        finally:
            self.content.close()
        for what, count in self.not_kept.items():
            self.reporter.say(
                None,
                Message("{0} annotations carry {1}; only their boxes are kept.", count, Message(what)),
                Message("{0} not kept", Message(what)),
            )

    def _items(self, key: str) -> Iterator[Any]:
        if key in self.content and not self.content.is_list(key):
            self._say(key, None, Message("'{0}' is no list; nothing of it was read.", key), Message("not a list"))
        return self.content.items(key)

    def _say(self, key: str, position: int | None, what: str, kind: str) -> None:
        line = None if position is None else self.content.line(key, position)
        self.reporter.say(line, what, kind)

    def _category(self, position: int, entry: Any) -> None:
        name = class_name(entry.get("name")) if isinstance(entry, dict) else ""
        key = _key(entry.get("id")) if isinstance(entry, dict) else None
        if key is None:
            self._say("categories", position, Message("A category lacks an id; left out."), Message("broken category"))
            return
        if not name:
            name = f"class {key}"
            what = Message("Category id {0} has no name; it is called '{1}'.", key, name)
            self._say("categories", position, what, Message("broken category"))
        elif isinstance(entry["name"], float):
            what = Message("The name of category id {0} is a number and no text; it is called '{1}'.", key, name)
            self._say("categories", position, what, Message("class name is a number"))
        if key in self.labels:
            self._say(
                "categories",
                position,
                Message("Category id {0} occurs twice; '{1}' left out.", key, name),
                Message("duplicate id"),
            )
            return
        if name in self.names:
            self._say(
                "categories",
                position,
                Message("Two categories are called '{0}'; read as one.", name),
                Message("same name twice"),
            )
        self.names.add(name)
        self.labels[key] = self.gathered.label(name, key if isinstance(key, int) else None)

    def _image(self, position: int, entry: Any) -> None:
        raw = entry.get("file_name") if isinstance(entry, dict) else None
        name = clean_reference(raw) if isinstance(raw, str) else ""
        key = _key(entry.get("id")) if isinstance(entry, dict) else None
        if not name or key is None:
            self._say(
                "images",
                position,
                Message("An image lacks a file name or an id; left out."),
                Message("broken image entry"),
            )
            return
        if key in self.images:
            self._say(
                "images",
                position,
                Message("Image id {0} occurs twice; '{1}' left out.", key, name),
                Message("duplicate id"),
            )
            return
        found = self.gathered.files.find(name, *self._folders)
        image = DatasetImage(
            path=name,
            file=found,
            width=declared_side(entry.get("width")),
            height=declared_side(entry.get("height")),
            split=self.split or split_in_path(name),
            labeled=self.labeled,
            source=self.source,
            id=key if isinstance(key, int) else None,
            marks=image_marks(entry.get(TAGS), entry.get(NOTE)),
            annotator=annotator_of(entry),
        )
        same = self.gathered.images.setdefault((name, found), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", name)
            self._say("images", position, what, Message("image listed twice"))
            same.labeled |= self.labeled
            same.marks = same.marks.joined(image.marks)
        self.images[key] = same

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        here = self.file.parent
        above = (here.parent / "images", here.parent) if here.name.lower() == "annotations" else ()
        return (here, here / "images", *above)

    def _annotations(self) -> None:
        """Nearly every annotation is plain and sound, and there may be millions: those take the short way."""
        ids = RepeatedIds()
        for position, entry in enumerate(self._items("annotations")):
            try:
                image = self.images[entry["image_id"]]
                x, y, w, h = entry["bbox"]
                right, bottom = x + w, y + h
                plain = 0 <= x < right <= image.width and 0 <= y < bottom <= image.height and not _more_in(entry)
                label = self.labels[entry["category_id"]] if plain else 0
            except (KeyError, TypeError, ValueError, OverflowError):
                plain = False
            if plain and isinstance(image.boxes, Boxes):
                ids.add(position, entry.get("id"))
                image.boxes.append_plain((x, y, right, bottom), label)
            elif isinstance(entry, dict):
                ids.add(position, _key(entry.get("id")))
                self._annotation(position, entry)
            else:
                self._say(
                    "annotations",
                    position,
                    Message("An annotation is no object; left out."),
                    Message("broken annotation"),
                )
        for position, number_ in ids.repeated():
            self._say(
                "annotations",
                position,
                Message("Annotation {0}: its id occurs twice; kept.", number_),
                Message("duplicate id"),
            )

    def _notice_shares(self) -> None:
        """Boxes that are all within the first pixel are shares of width and height."""
        filled = [image for image in self.images.values() if image.boxes]
        for image in filled:
            corners = image.boxes.columns()[0] if isinstance(image.boxes, Boxes) else None
            if corners is None or corners.max() > 1 or not min(image.width or 2, image.height or 2) > 1:
                return
        if not filled:
            return
        for image in filled:
            image.relative = True
        what = Message("No box reaches beyond 1, so all were read as shares of width and height, not as pixels.")
        self.reporter.say(None, what, Message("boxes are shares"))

    def _annotation(self, position: int, entry: Mapping[str, Any]) -> None:
        number_ = _key(entry.get("id"))
        who = Message("Annotation {0}", position + 1) if number_ is None else Message("Annotation {0}", number_)
        image = self.images.get(_key(entry.get("image_id")))
        if image is None:
            what = Message("{0}: no image has the id {1:.60}; left out.", who, repr(entry.get("image_id")))
            self._say("annotations", position, what, Message("unknown image id"))
            return
        label = self.labels.get(_key(entry.get("category_id")))
        if label is None:
            image.refused += 1
            what = Message("{0}: no category has the id {1:.60}; left out.", who, repr(entry.get("category_id")))
            self._say("annotations", position, what, Message("unknown category id"))
            return
        self._box(position, entry, who, image, label)

    def _box(self, position: int, entry: Mapping[str, Any], who: str, image: DatasetImage, label: int) -> None:
        found: list[Problem] = []
        corners = self._corners(entry, who, found)
        box = corners and checked_box(corners, image.width, image.height, who, None, Reporter(found, self.source))
        for problem in found:
            self._say("annotations", position, problem.what, problem.kind)
        if not box:
            image.refused += 1
            return
        score = number(entry.get("score"))
        valid = score is not None and 0 <= score <= 1
        extras = extras_of(entry.get("attributes"), _CROWD if entry.get("iscrowd") in (1, True) else NO_FLAGS)
        if extras.odd:
            self.not_kept["nested attributes"] = self.not_kept.get("nested attributes", 0) + 1
        kept = score if valid else None
        image.boxes.append(DatasetBox(box, label, kept, extras.flags, None, extras.attributes, extras.provenance))
        for key, what in (("segmentation", "outlines"), ("keypoints", Message("key points"))):
            if entry.get(key):
                self.not_kept[what] = self.not_kept.get(what, 0) + 1

    def _corners(
        self, entry: Mapping[str, Any], who: str, found: list[Problem]
    ) -> tuple[float, float, float, float] | None:
        raw = entry.get("bbox")
        values = [number(v) for v in raw] if isinstance(raw, list) and len(raw) == 4 else []
        if len(values) == 4 and None not in values:
            x, y, w, h = (v for v in values if v is not None)
            return x, y, x + w, y + h
        outline = _outline(entry.get("segmentation")) or mask_bounds(entry.get("segmentation"))
        if raw in (None, []) and outline is not None:
            what = Message("{0} has an outline but no box; the box around it was taken.", who)
            found.append(Problem(self.source, None, what, Message("box from outline")))
            return outline
        what = Message("{0}: its bbox {1:.60} is not four numbers; left out.", who, repr(raw))
        found.append(Problem(self.source, None, what, Message("coordinate is no number")))
        return None


def _more_in(entry: Mapping[str, Any]) -> bool:
    """Whether there is anything but a box and a class in it that a reader looks at."""
    return bool(
        entry.get("iscrowd")
        or entry.get("segmentation")
        or entry.get("attributes")
        or entry.get("keypoints")
        or "score" in entry
    )


def file_split(source: str) -> Split | None:
    """The split that a JSON file's own name tells (`instances_val2017.json`), or else its folder."""
    stem = source.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for word in reversed(stem.replace("-", "_").replace(".", "_").split("_")):
        if (split := split_named(word)) is not None:
            return split
    return split_in_path(source)


def _key(value: Any) -> int | str | None:
    """An id to look things up by. 3 and 3.0 are one; text stays text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return None
    return value


def _outline(value: Any) -> tuple[float, float, float, float] | None:
    """The bounds of COCO polygons: lists of x, y, x, y, ... in pixels."""
    if not isinstance(value, list):
        return None
    numbers = [number(v) for polygon in value if isinstance(polygon, list) for v in polygon]
    known = [v for v in numbers if v is not None]
    if len(known) != len(numbers) or len(known) < 6 or len(known) % 2:
        return None
    return min(known[0::2]), min(known[1::2]), max(known[0::2]), max(known[1::2])
