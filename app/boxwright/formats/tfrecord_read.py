"""Reading TFRecord files of the TensorFlow object detection API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import extras_of, image_marks
from boxwright.formats.finding import ImageFiles, files_below, is_file, relative_to
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.text import LARGEST_LABEL_FILE, clean_label, read_bytes
from boxwright.formats.text import decode as decode_text
from boxwright.formats.tfrecord_features import (
    ATTRIBUTES,
    ENCODED,
    FILENAME,
    FLAGS,
    HEIGHT,
    LABEL,
    NOTE,
    SCORE,
    SIDES,
    TAGS,
    TEXT,
    WIDTH,
)  # fmt: skip
from boxwright.formats.tfrecord_wire import Values, decode, label_map_names, record_at, records
from boxwright.formats.unlabeled import unlabeled_images

_LABEL_MAPS = (".pbtxt", ".pbtext")
_VIEW = "image/object/view"


class TFRecordReader:
    """Reader of TFRecord files.

    Reads the files of records of one dataset below `root`. Problems name the file and the record's number.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.images: dict[tuple[str, Split | None], DatasetImage] = {}
        for file in sorted(f for f in files_below(root) if f.suffix.lower() in _LABEL_MAPS):
            self._read_label_map(file)

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far; `with_unlabeled`: and the image files beside the records."""
        images = list(self.images.values())
        if with_unlabeled:
            images += unlabeled_images(self.files, images)
        return Dataset([DatasetClass(index + 1, name) for name, index in self.labels.items()], images)

    def read(self, file: Path) -> None:
        """Add the images of `file`; what follows a broken record is lost, with a word."""
        reporter = Reporter(self.problems, relative_to(file, self.root))
        split = file_split(reporter.file)
        try:
            for record in records(file):
                who = Message("Record {0}", record.number)
                if record.data is None:
                    reporter.say(
                        None,
                        Message("{0} is damaged (its checksum is wrong); left out.", who),
                        Message("record damaged"),
                    )
                    continue
                try:
                    features = decode(record.data)
                except ValueError:
                    reporter.say(None, Message("{0} is no Example; left out.", who), Message("record not understood"))
                    continue
                self._example(features, who, split, partial(_content, file, record.offset), reporter)
        except FormatError as error:
            reporter.say(None, error.message, Message("file cannot be read to its end"))

    def _read_label_map(self, file: Path) -> None:
        reporter = Reporter(self.problems, relative_to(file, self.root))
        if not is_file(file):
            return
        try:
            found = label_map_names(decode_text(read_bytes(file, LARGEST_LABEL_FILE), reporter))
        except UnicodeError:
            reporter.say(
                None,
                Message("The label map holds a sign that is no text; left out."),
                Message("label map cannot be read"),
            )
            return
        except (FormatError, ValueError) as error:
            reporter.say(
                None, Message("The label map cannot be read ({0}).", error), Message("label map cannot be read")
            )
            return
        for key, raw in found.items():
            if name := clean_label(raw):
                self.names.setdefault(key, name)
                self.labels.setdefault(name, len(self.labels))

    def _example(
        self, features: dict[str, Values], who: str, split: Split | None, content: Any, reporter: Reporter
    ) -> None:
        name = clean_reference(_text(features, FILENAME)) or clean_reference(_text(features, "image/source_id"))
        if not name:
            reporter.say(None, Message("{0} names no image; left out.", who), Message("broken image entry"))
            return
        embedded = content if _first(features.get(ENCODED)) else None
        image = DatasetImage(
            path=name,
            file=self.files.find(name) if embedded is None else None,
            width=declared_side(_first(features.get(WIDTH))),
            height=declared_side(_first(features.get(HEIGHT))),
            split=split,
            relative=True,
            stem_only=not is_image_name(name),
            source=reporter.file,
            embedded=embedded,
            marks=image_marks(_texts(features, TAGS), _text(features, NOTE)),
        )
        same = self.images.setdefault((name, split), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", name)
            reporter.say(None, what, Message("image listed twice"))
        sides = [list(features.get(side, ())) for side in SIDES]
        for place, corners in enumerate(zip(*sides, strict=False)):
            item = self._box(features, place, corners, Message("{0}: box {1} of '{2}'", who, place + 1, name), reporter)
            if item is None:
                same.refused += 1
            else:
                same.boxes.append(item)

    def _box(
        self, features: dict[str, Values], place: int, corners: tuple[Any, ...], who: str, reporter: Reporter
    ) -> DatasetBox | None:
        label = self._label(features, place)
        if not label:
            reporter.say(None, Message("{0} has no class; left out.", who), Message("box without a class"))
            return None
        values = [number(value) for value in corners]
        known = [value for value in values if value is not None]
        if len(known) != 4:
            reporter.say(
                None,
                Message("{0} ({1}): a corner is no number; left out.", who, label),
                Message("coordinate is no number"),
            )
            return None
        x1, y1, x2, y2 = known
        box = checked_box((x1, y1, x2, y2), 1.0, 1.0, Message("{0} ({1})", who, label), None, reporter, relative=True)
        if box is None:
            return None
        score = number(_at(features.get(SCORE), place))
        kept = score if score is not None and 0 <= score <= 1 else None
        item = DatasetBox(box, self.labels.setdefault(label, len(self.labels)), kept)
        flags = {flag for feature, flag in FLAGS.items() if _at(features.get(feature), place) == 1}
        return extras_of(_attributes(features, place), flags).on(item)

    def _label(self, features: dict[str, Values], place: int) -> str:
        """The name of the class: its text, else that of its number."""
        text = _at(features.get(TEXT), place)
        if isinstance(text, bytes) and (name := clean_label(text.decode("utf-8", errors="replace"))):
            return name
        wanted = number(_at(features.get(LABEL), place))
        if wanted is None or not wanted.is_integer():
            return ""
        return self.names.get(int(wanted), f"class {int(wanted)}")


def _content(file: Path, offset: int) -> bytes:
    """The image in the record at `offset`; none when it has changed since."""
    try:
        found = _first(decode(record_at(file, offset)).get(ENCODED))
    except ValueError:
        found = None
    return found if isinstance(found, bytes) else b""


def _attributes(features: dict[str, Values], place: int) -> dict[str, Any]:
    raw = _at(features.get(ATTRIBUTES), place)
    try:
        found = orjson.loads(raw) if isinstance(raw, bytes) else {}
    except orjson.JSONDecodeError:
        found = {}
    attributes = found if isinstance(found, dict) else {}
    view = _at(features.get(_VIEW), place)
    if isinstance(view, bytes) and view.lower() not in (b"", b"unspecified"):
        attributes.setdefault("pose", view.decode("utf-8", errors="replace"))
    return attributes


def _first(values: Sequence[Any] | None) -> Any:
    return _at(values, 0)


def _at(values: Sequence[Any] | None, place: int) -> Any:
    return values[place] if values is not None and place < len(values) else None


def _texts(features: dict[str, Values], name: str) -> list[str]:
    return [value.decode("utf-8", errors="replace") for value in features.get(name, ()) if isinstance(value, bytes)]


def _text(features: dict[str, Values], name: str) -> str:
    return next(iter(_texts(features, name)), "")
