"""Reading Supervisely projects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_json import load
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem, Provenance
from boxwright.formats.extras import extras_of, image_marks, text_of
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file, relative_to, split_in_path
from boxwright.formats.json_sniff import ends
from boxwright.formats.names import is_image_name
from boxwright.formats.outlines import bounds
from boxwright.formats.supervisely_tags import UNLABELED, attribute_of
from boxwright.formats.text import class_name

META = "meta.json"
_ANNOTATIONS, _IMAGES = "ann", "img"
_SHAPES = frozenset({"rectangle", "polygon", "line"})


def find_meta(folder: Path) -> Path | None:
    """The `meta.json` of the project in `folder`, or one below, or above when `folder` is a dataset of it."""
    places = [folder / META, *([folder.parent / META] if is_dir(folder / _ANNOTATIONS) else [])]
    try:
        places += sorted(below / META for below in folder.iterdir() if is_dir(below))
    except OSError:
        return None
    return next((place for place in places if _is_meta(place)), None)


def _is_meta(file: Path) -> bool:
    text = ends(file) if is_file(file) else b""
    if b'"classes"' not in text or not (b'"tags"' in text or b'"shape"' in text):
        return False
    try:
        below = [folder for folder in file.parent.iterdir() if is_dir(folder)]
    except OSError:
        return False
    return any(is_dir(folder / _ANNOTATIONS) for folder in (file.parent, *below))


class SuperviselyReader:
    """Reader of one Supervisely project.

    Reads the project whose `meta.json` is `meta`. Problems name the annotation file.
    """

    def __init__(self, meta: Path, problems: list[Problem]) -> None:
        self.root = meta.parent
        self.problems = problems
        self.files = ImageFiles(self.root)
        self.classes: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._taken: set[int] = set()
        self._next = 1
        self._read_meta(meta)

    def read(self) -> Dataset:
        """Raises FormatError when there is neither an annotation nor an image in the layout."""
        annotations = [file for file in files_below(self.root) if _inside(file, self.root, _ANNOTATIONS)]
        images = [self._image(file) for file in annotations if file.suffix.lower() == ".json" and is_file(file)]
        known = {image.file for image in images}
        for file in self.files.all:
            if file not in known and _inside(file, self.root, _IMAGES):
                source = relative_to(file, self.root)
                name = _name(source, _IMAGES)
                split = split_in_path(source)
                images.append(DatasetImage(name, file, split=split, labeled=False, source=source))
        if not images:
            raise FormatError("{0} holds no Supervisely annotation (JSON files in folders ann).", self.root)
        return Dataset([DatasetClass(number_, name) for name, number_ in self.classes.items()], images)

    def _read_meta(self, meta: Path) -> None:
        reporter = Reporter(self.problems, meta.name)
        content, _ = load(meta, reporter)
        listed = content.get("classes") if isinstance(content, dict) else None
        for entry in listed if isinstance(listed, list) else []:
            name = class_name(entry.get("title")) if isinstance(entry, dict) else ""
            if not name or name in self.classes:
                reporter.say(
                    None,
                    Message("A class has no title of its own ('{0}'); left out.", name),
                    Message("broken class name"),
                )
                continue
            self._label(name, entry.get("id"))

    def _label(self, name: str, wanted: object = None) -> int:
        """The place of the class `name`; a new one takes the id `wanted` unless that is none or taken."""
        if name not in self.classes:
            number_ = self._next
            if isinstance(wanted, int) and not isinstance(wanted, bool) and abs(wanted) < 2**53:
                number_ = self._next if wanted in self._taken else wanted
            self._taken.add(number_)
            self._next = max(self._next, number_ + 1)
            self._places[name] = len(self.classes)
            self.classes[name] = number_
        return self._places[name]

    def _image(self, file: Path) -> DatasetImage:
        source = relative_to(file, self.root)
        name = _name(source, _ANNOTATIONS)[: -len(".json")]
        image = self.root / source[: source.rindex(f"{_ANNOTATIONS}/{name}.")] / _IMAGES / name
        entry = DatasetImage(
            path=name,
            file=image if is_image_name(name) and is_file(image) else None,
            split=split_in_path(source),
            source=source,
            stem_only=not is_image_name(name),
        )
        reporter = Reporter(self.problems, source)
        try:
            content, _ = load(file, reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("label file unreadable"))
            content = None
        objects = content.get("objects") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(objects, list):
            if content is not None:
                reporter.say(
                    None, Message("The file has no list of objects; left out."), Message("label file unreadable")
                )
            entry.labeled = False
            return entry
        size, tags = content.get("size"), content.get("tags")
        if isinstance(size, dict):
            entry.width, entry.height = declared_side(size.get("width")), declared_side(size.get("height"))
        words = [_word(name, value) for name, value in _tags(tags).items()]
        entry.labeled = bool(objects) or UNLABELED not in words
        entry.marks = image_marks([word for word in words if word != UNLABELED], content.get("description"))
        for position, item in enumerate(objects, start=1):
            box = self._box(item, Message("Object {0}", position), entry, reporter)
            if box is None:
                entry.refused += 1
            else:
                entry.boxes.append(box)
        return entry

    def _box(self, item: Any, who: str, image: DatasetImage, reporter: Reporter) -> DatasetBox | None:
        label = class_name(item.get("classTitle")) if isinstance(item, dict) else ""
        if not label:
            reporter.say(None, Message("{0} has no class; left out.", who), Message("object without a class"))
            return None
        who = Message("{0} ({1})", who, label)
        kind = str(item.get("geometryType") or "rectangle")[:40]
        points = item.get("points")
        exterior = points.get("exterior") if isinstance(points, dict) else None
        if kind not in _SHAPES or not isinstance(exterior, list):
            reporter.say(
                None,
                Message("{0} is a {1}, which holds no box; left out.", who, Message("'{0}'", Message(kind))),
                Message("shape without a box"),
            )
            return None
        known = [(number(p[0]), number(p[1])) for p in exterior if isinstance(p, list) and len(p) == 2]
        sound = [(x, y) for x, y in known if x is not None and y is not None]
        if len(sound) < max(2, len(exterior)):
            reporter.say(
                None,
                Message("{0}: a corner is missing or no number; left out.", who),
                Message("coordinate is no number"),
            )
            return None
        if kind != "rectangle":
            reporter.say(
                None,
                Message("{0} is a {1}; the box around it was taken.", who, Message(kind)),
                Message("box from outline"),
            )
        # The corners may be any two that face each other.
        box = checked_box(bounds(sound), image.width, image.height, who, None, reporter)
        if box is None:
            return None
        extras = extras_of(_tags(item.get("tags")))
        login = item.get("labelerLogin")
        if extras.provenance is None and isinstance(login, str) and login:
            extras = replace(extras, provenance=Provenance(annotator=login))
        return extras.on(DatasetBox(box, self._label(label, item.get("classId"))))


def _tags(tags: Any) -> dict[str, Any]:
    """The values of tags by name, in either form: a list of objects, or of names."""
    listed = tags if isinstance(tags, list) else []
    named = [{"name": tag} if isinstance(tag, str) else tag for tag in listed]
    return {str(t.get("name")): attribute_of(t.get("value")) for t in named if isinstance(t, dict) and t.get("name")}


def _word(name: str, value: Any) -> str:
    """A tag of an image as one word; a value is told with it."""
    return name if value is True else f"{name}: {text_of(value)}" if isinstance(value, str | int | float) else name


def _inside(file: Path, root: Path, folder: str) -> bool:
    return folder in file.relative_to(root).parts[:2]


def _name(source: str, folder: str) -> str:
    """The path below the folder `ann` or `img` of a dataset."""
    parts = source.split("/")
    return "/".join(parts[parts.index(folder) + 1 :])
