"""Reading Label Studio tasks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_json import load
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, annotator_of, image_marks
from boxwright.formats.finding import ImageFiles, is_file, relative_to, split_in_path
from boxwright.formats.labelstudio_besides import BESIDES, besides_by_id, said_of_image, said_of_region
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.outlines import Corners, bounds
from boxwright.formats.text import class_name, clean_label
from boxwright.formats.xml_lines import Element, parse

CONFIG = "label_config.xml"
# Label Studio puts eight hexadecimal digits before the name of an uploaded file.
_UPLOADED = re.compile(r"^(.*/)?[0-9a-f]{8}-(?=[^/]+$)")


class LabelStudioReader:
    """Reader of Label Studio's tasks.

    Gathers the tasks of several files, as one a split. Problems name the task by its id.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.images: dict[tuple[str, Path | None], DatasetImage] = {}
        self._read_config()

    def dataset(self) -> Dataset:
        classes = [DatasetClass(index, name) for index, name in enumerate(self.labels)]
        return Dataset(classes, list(self.images.values()))

    def read(self, file: Path) -> None:
        """Add the tasks of `file`. Raises FormatError when it is no list."""
        source = relative_to(file, self.root)
        reporter = Reporter(self.problems, source)
        tasks, _ = load(file, reporter)
        if not isinstance(tasks, list):
            raise FormatError("{0} holds no Label Studio tasks: it should hold one JSON list.", file)
        _TaskFile(self, file, reporter).read(tasks)

    def _read_config(self) -> None:
        file = self.root / CONFIG
        if not is_file(file):
            return
        reporter = Reporter(self.problems, CONFIG)
        try:
            root = parse(file, reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("XML cannot be read"))
            return
        for label in filter(None, map(clean_label, _label_values(root))):
            self.labels.setdefault(label, len(self.labels))


def _label_values(element: Element) -> Iterator[str]:
    for child in element.children:
        if child.tag == "Label":
            yield child.attributes.get("value", "")
        yield from _label_values(child)


class _TaskFile:
    def __init__(self, gathered: LabelStudioReader, file: Path, reporter: Reporter) -> None:
        self.gathered = gathered
        self.folder = file.parent
        self.reporter = reporter
        self.split = file_split(reporter.file)
        self.without_box: dict[str, int] = {}
        self.unscored = 0
        self.set_aside = 0

    def read(self, tasks: list[Any]) -> None:
        for position, task in enumerate(tasks, start=1):
            self._task(position, task)
        say = self.reporter.say
        for kind, count in self.without_box.items():
            say(
                None,
                Message("{0} results of type {1} hold no box; left out.", count, repr(kind)),
                Message("result without a box"),
            )
        if self.unscored:
            what = Message(
                "{0} boxes of predictions have no score; they cannot be told from a person's.", self.unscored
            )
            say(None, what, Message("prediction without a score"))
        if self.set_aside:
            what = Message(
                "{0} tasks have predictions beside a person's annotation; the annotation was read.", self.set_aside
            )
            say(None, what, Message("predictions beside annotations"))

    def _task(self, position: int, task: Any) -> None:
        data = task.get("data") if isinstance(task, dict) else None
        who = (
            Message("Task {0}", task["id"])
            if isinstance(data, dict) and isinstance(task.get("id"), int)
            else Message("Task {0}", position)
        )
        reference = _reference(data) if isinstance(data, dict) else ""
        if not reference or not isinstance(data, dict):
            self.reporter.say(None, Message("{0} names no image; left out.", who), Message("task without an image"))
            return
        image = self._image(reference, data, who)
        annotation = self._newest(task.get("annotations") or task.get("completions"), "annotations", who)
        prediction = self._newest(task.get("predictions"), "predictions", who)
        if annotation is not None:
            image.labeled = True
            self.set_aside += bool(prediction and prediction.get("result"))
            image.annotator = image.annotator or _who(annotation.get("completed_by"))
            self._results(annotation.get("result"), image, who, None, _who(annotation.get("completed_by")))
        elif prediction is not None and prediction.get("result"):
            image.labeled = True
            self._results(prediction.get("result"), image, who, prediction)

    def _image(self, reference: str, data: dict[str, Any], who: str) -> DatasetImage:
        folders = (self.folder, self.folder / "images")
        found = self.gathered.files.find(reference, *folders)
        if found is None and (short := _UPLOADED.sub(r"\1", reference)) != reference:
            reference, found = short, self.gathered.files.find(short, *folders)
        name = reference.removeprefix("images/")
        image = DatasetImage(
            path=name,
            file=found,
            width=declared_side(data.get("width")),
            height=declared_side(data.get("height")),
            split=self.split or split_in_path(reference),
            labeled=False,
            relative=True,
            source=self.reporter.file,
            stem_only=not is_image_name(name),
            marks=image_marks(data.get(TAGS), data.get(NOTE)),
            annotator=annotator_of(data),
        )
        same = self.gathered.images.setdefault((name, found), image)
        if same is not image:
            what = Message("{0}: the image '{1}' has another task already; their boxes were put together.", who, name)
            self.reporter.say(None, what, Message("image listed twice"))
        return same

    def _newest(self, found: Any, what: str, who: str) -> dict[str, Any] | None:
        """The ground truth of several, else the one changed last; those a person cancelled do not count."""
        items = found if isinstance(found, list) else []
        known = [item for item in items if isinstance(item, dict) and item.get("was_cancelled") is not True]
        if len(known) > 1:
            said = Message(
                "{0} has {1} {2}; the ground truth or else the newest was read.", who, len(known), Message(what)
            )
            self.reporter.say(None, said, Message("several {0}", Message(what)))
        return max(known, key=_age) if known else None

    def _results(
        self, results: Any, image: DatasetImage, who: str, prediction: dict[str, Any] | None, annotator: str = ""
    ) -> None:
        regions = [r for r in results if isinstance(r, dict)] if isinstance(results, list) else []
        # The tags Rectangle and Labels make two results of one id.
        boxed = {str(r.get("id")) for r in regions if isinstance(r.get("value"), dict) and "width" in r["value"]}
        besides = besides_by_id(regions)
        times = Counter(str(r.get("id")) for r in regions)
        named = {str(r.get("id")): label for r in regions if (label := _label(r))}
        for region in regions:
            value = region.get("value")
            kind = str(region.get("type") or "")[:40]
            if not isinstance(value, dict) or not ("points" in value or "width" in value):
                if kind in BESIDES and isinstance(value, dict):
                    if str(region.get("id")) not in boxed:
                        image.marks = image.marks.joined(said_of_image(value))
                elif kind != "labels":
                    self.without_box[kind] = self.without_box.get(kind, 0) + 1
                    image.refused += kind.endswith("labels")
                continue
            if kind == "labels" and times[str(region.get("id"))] > 1:
                continue
            item = self._box(region, value, named.get(str(region.get("id")), ""), image, who)
            if item is None:
                image.refused += 1
                continue
            extras = said_of_region(region, besides.get(str(region.get("id")), ()), annotator)
            item = extras.on(item)
            image.boxes.append(self._scored(item, region, prediction) if prediction is not None else item)

    def _scored(self, item: DatasetBox, region: dict[str, Any], prediction: dict[str, Any]) -> DatasetBox:
        for found in (number(region.get("score")), number(prediction.get("score"))):
            if found is not None and 0 <= found <= 1:
                return replace(item, score=found)
        self.unscored += 1
        return item

    def _box(
        self, region: dict[str, Any], value: dict[str, Any], label: str, image: DatasetImage, who: str
    ) -> DatasetBox | None:
        if not label:
            self.reporter.say(None, Message("{0}: a box has no class; left out.", who), Message("box without a class"))
            return None
        who = Message("{0}: a box ({1})", who, label)
        if number(region.get("image_rotation")) not in (None, 0):
            what = Message("{0} was drawn on a turned image; left out.", who)
            self.reporter.say(None, what, Message("image turned"))
            return None
        width, height = declared_side(region.get("original_width")), declared_side(region.get("original_height"))
        image.width, image.height = image.width or width, image.height or height
        corners = self._corners(value, width, height, who)
        if corners is None:
            return None
        fractions = (corners[0] / 100, corners[1] / 100, corners[2] / 100, corners[3] / 100)
        box = checked_box(fractions, 1.0, 1.0, who, None, self.reporter, relative=True)
        return DatasetBox(box, self.gathered.labels.setdefault(label, len(self.gathered.labels))) if box else None

    def _corners(self, value: dict[str, Any], width: int, height: int, who: str) -> Corners | None:
        """x1, y1, x2, y2 in percent."""
        if "points" in value:
            points = [p for p in value["points"] if isinstance(p, list)] if isinstance(value["points"], list) else []
            known = [(number(p[0]), number(p[1])) for p in points if len(p) == 2]
            sound = [(x, y) for x, y in known if x is not None and y is not None]
            if not sound or len(sound) < len(points):
                self.reporter.say(
                    None,
                    Message("{0}: a point is no pair of numbers; left out.", who),
                    Message("coordinate is no number"),
                )
                return None
            self.reporter.say(
                None, Message("{0} is an outline; the box around it was taken.", who), Message("box from outline")
            )
            return bounds(sound)
        values = [number(value.get(key)) for key in ("x", "y", "width", "height")]
        if None in values:
            self.reporter.say(
                None,
                Message("{0}: x, y, width or height is no number; left out.", who),
                Message("coordinate is no number"),
            )
            return None
        x, y, w, h = (v for v in values if v is not None)
        turn = number(value.get("rotation")) or 0.0
        if turn == 0:
            return x, y, x + w, y + h
        if not (width and height and math.isfinite(turn)):
            what = Message("{0} is turned, and without the size of its image its place is not known; left out.", who)
            self.reporter.say(None, what, Message("turned box"))
            return None
        self.reporter.say(
            None, Message("{0} is turned; the upright box around it was taken.", who), Message("turned box")
        )
        return _upright(x, y, w, h, turn, width / height)


def _upright(x: float, y: float, w: float, h: float, degrees: float, aspect: float) -> Corners:
    """The upright box, percent, around a box turned clockwise about its top left corner in an image whose width is
    `aspect` times its height."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = (w * cos, w * sin * aspect), (-h * sin / aspect, h * cos)
    return bounds([(x + a * across[0] + b * down[0], y + a * across[1] + b * down[1]) for a in (0, 1) for b in (0, 1)])


def _label(region: dict[str, Any]) -> str:
    """The first class of a result: that of `rectanglelabels`, `polygonlabels`, `labels`, ..."""
    value = region.get("value")
    lists = [v for k, v in value.items() if str(k).endswith("labels")] if isinstance(value, dict) else []
    return next((class_name(v[0]) for v in lists if isinstance(v, list) and v), "")


def _who(raw: Any) -> str:
    """Who made an annotation: the address of a full export, or the number of the account."""
    if isinstance(raw, dict):
        raw = raw.get("email") or raw.get("username") or raw.get("id")
    return str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""


def _age(item: dict[str, Any]) -> tuple[bool, str]:
    return item.get("ground_truth") is True, str(item.get("updated_at") or item.get("created_at") or "")


def _reference(data: dict[str, Any]) -> str:
    """The image of a task as a relative path: from `image`, else from the first value that names an image file."""
    texts = [data.get("image"), data.get("img"), *data.values()]
    paths = [_path(text) for text in texts if isinstance(text, str)]
    return next((path for path in paths if is_image_name(path)), next(filter(None, paths), ""))


def _path(text: str) -> str:
    """The path in an address, as of a web server, a storage, or Label Studio's own local files and uploads."""
    if not text.startswith("/data/") and "://" not in text:
        return clean_reference(text)
    try:
        parts = urlsplit(text)
    except ValueError:
        return clean_reference(text)
    local = parse_qs(parts.query).get("d", [""])[0]
    return clean_reference(local or unquote(parts.path))
