"""Images and regions of the VGG Image Annotator (version 2, and what 1 wrote), as its JSON and its CSV hold them.

A region has a shape in pixels and attributes that the project chose; one of these is the class. VIA does not tell an
image nobody has looked at from one that is empty: the file attribute `labeled` of our own files does, and without it
an image without a region is taken for one nobody has labelled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import (
    NOTE,
    TAGS,
    annotator_of,
    attributes_of,
    extras_of,
    image_marks,
    signature_of,
    text_of,
)
from boxwright.formats.finding import ImageFiles, is_file, split_in_path
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.outlines import Corners, bounds, ellipse
from boxwright.formats.text import class_name, clean_label

CLASS, SCORE, LABELED = "label", "score", "labeled"
SUFFIX = {Split.TRAIN: "_train", Split.VALIDATION: "_val", Split.TEST: "_test", None: ""}
_CLASS_NAMES = (CLASS, "class", "class_name", "category", "name", "type", "object")
_SCORE_NAMES = (SCORE, "confidence")


class Regions:
    """Reader of VIA's images and regions.

    Gathers the images of several files, as one a split.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.images: dict[tuple[str, Path | None], DatasetImage] = {}

    def dataset(self) -> Dataset:
        classes = [DatasetClass(index, name) for index, name in enumerate(self.labels)]
        return Dataset(classes, list(self.images.values()))

    def image(self, filename: object, attributes: object, split: Split | None, source: str) -> DatasetImage | None:
        """The image called `filename`, the same one each time; None when that is no name."""
        name = clean_reference(filename.rsplit("://", 1)[-1]) if isinstance(filename, str) else ""
        if not name:
            return None
        found = self.files.find(name, self.root / "images")
        image = DatasetImage(
            path=name,
            file=found,
            split=split or split_in_path(name),
            labeled=isinstance(attributes, Mapping) and attributes.get(LABELED) == "yes",
            stem_only=not is_image_name(name),
            source=source,
        )
        same = self.images.setdefault((name, found), image)
        if isinstance(attributes, Mapping):
            same.marks = same.marks.joined(image_marks(attributes.get(TAGS), attributes.get(NOTE)))
            same.annotator = annotator_of(attributes)
        return same

    def add(
        self, image: DatasetImage, shape: object, attributes: object, options: Mapping[str, str], reporter: Reporter
    ) -> None:
        """Add a region to `image`. `options`: class names by what the region holds instead of them."""
        image.labeled = True
        item = self._box(image, shape, attributes if isinstance(attributes, Mapping) else {}, options, reporter)
        if item is None:
            image.refused += 1
        else:
            image.boxes.append(item)

    def _box(
        self,
        image: DatasetImage,
        shape: object,
        attributes: Mapping[str, Any],
        options: Mapping[str, str],
        reporter: Reporter,
    ) -> DatasetBox | None:
        key, chosen = _class_of(attributes)
        label = clean_label(options.get(chosen, chosen))
        who = Message("A region ({0}) of {1}", label or Message("without a class"), image.path)
        if not label:
            reporter.say(
                None, Message("{0}: no attribute says its class; left out.", who), Message("box without a class")
            )
            return None
        kind = str(shape.get("name")) if isinstance(shape, Mapping) else ""
        corners = _corners(kind, shape) if isinstance(shape, Mapping) else None
        if corners is None:
            reporter.say(
                None,
                Message("{0} is a {1}, which holds no box; left out.", who, Message("'{0}'", Message(kind[:40]))),
                Message("shape without a box"),
            )
            return None
        if kind != "rect":
            reporter.say(
                None,
                Message("{0} is a {1}; the box around it was taken.", who, Message(kind)),
                Message("box from outline"),
            )
        box = checked_box(corners, image.width, image.height, who, None, reporter)
        score = next((s for key in _SCORE_NAMES if (s := number(attributes.get(key))) is not None), None)
        valid = score is not None and 0 <= score <= 1
        if box is None:
            return None
        item = DatasetBox(box, self.labels.setdefault(label, len(self.labels)), score if valid else None)
        others = {k: _single(v) for k, v in attributes.items() if k != key and str(k).lower() not in _SCORE_NAMES}
        return extras_of(others, texts=True).on(item)


def _class_of(attributes: Mapping[str, Any]) -> tuple[str, str]:
    """The attribute that is the class and its value: by its name, else the first that is no score."""
    known = {str(key).strip().lower(): key for key in attributes}
    keys = [key for key in _CLASS_NAMES if key in known] + [key for key in known if key not in _SCORE_NAMES]
    found = ((known[key], text) for key in keys if (text := _chosen(attributes[known[key]])))
    return next(found, ("", ""))


def _single(value: Any) -> Any:
    """Of check boxes the names of those that are ticked."""
    if isinstance(value, Mapping):
        return ", ".join(str(key) for key, ticked in value.items() if ticked is True) or None
    return value


def _chosen(value: object) -> str:
    """The text of an attribute; of check boxes the first that is ticked."""
    if isinstance(value, Mapping):
        return next((str(key) for key, ticked in value.items() if ticked is True), "")
    return class_name(value)


def _corners(kind: str, shape: Mapping[str, Any]) -> Corners | None:
    """x1, y1, x2, y2 in pixels; None for shapes without extent; NaN where a number is missing."""
    if kind == "rect":
        x, y, width, height = _numbers(shape, "x", "y", "width", "height")
        return x, y, x + width, y + height
    if kind in ("circle", "ellipse"):
        cx, cy = _numbers(shape, "cx", "cy")
        rx, ry = _numbers(shape, "r", "r") if kind == "circle" else _numbers(shape, "rx", "ry")
        return ellipse(cx, cy, rx, ry, math.degrees(number(shape.get("theta")) or 0.0))
    if kind in ("polygon", "polyline"):
        xs, ys = shape.get("all_points_x"), shape.get("all_points_y")
        if isinstance(xs, list) and isinstance(ys, list) and len(xs) == len(ys):
            return bounds(list(zip(_each(xs), _each(ys), strict=True)))
        return bounds([])
    return None


def _numbers(shape: Mapping[str, Any], *keys: str) -> list[float]:
    return _each([shape.get(key) for key in keys])


def _each(values: list[Any]) -> list[float]:
    return [found if (found := number(value)) is not None else float("nan") for value in values]


def region_rows(image: DatasetImage, classes: list[DatasetClass]) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The shape and the attributes of each box. Raises FormatError when its pixels are not known."""
    if image.relative and image.boxes and (image.width <= 0 or image.height <= 0):
        raise FormatError(
            "A VIA file needs the size of every image, and that of {0} is not known; nothing was written.", image.path
        )
    for item in image.pixel_boxes(image.width, image.height):
        box = item.box
        x, y, width, height = (round(v, 6) for v in (box.x1, box.y1, box.width, box.height))
        attributes = {name: text_of(value) for name, value in attributes_of(item).items()}
        attributes[CLASS] = classes[item.label].name
        if item.score is not None:
            attributes[SCORE] = repr(float(item.score))
        yield {"name": "rect", "x": x, "y": y, "width": width, "height": height}, attributes


def file_attributes(image: DatasetImage) -> dict[str, Any]:
    found: dict[str, Any] = {LABELED: "yes" if image.labeled else "no"}
    if image.marks.tags:
        found[TAGS] = dict.fromkeys(sorted(image.marks.tags), True)
    if image.marks.note:
        found[NOTE] = image.marks.note
    return found | signature_of(image)


def file_size(image: DatasetImage, written: bool) -> int:
    """The size by which VIA knows a file again, bytes; -1, as for files elsewhere, when none is written."""
    return image.file.stat().st_size if written and image.file is not None and is_file(image.file) else -1
