"""COCO results: a JSON list of a detector's boxes, as `boxwright predict` writes it. Read only, as pre-labels.

An entry names its image by `file_name`, by a text as `image_id` (the file's name without its suffix, as Ultralytics
writes it), or by the number that the COCO file beside the results gives it; that file has the names of the classes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.coco import is_coco
from boxwright.formats.coco_content import open_object
from boxwright.formats.coco_json import load
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import ImageFiles, is_dir, is_file
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.text import class_name, plain_head

_SNIFF = 4096


@dataclass(frozen=True)
class Given:
    """Names of the images and classes that results give by number, as a COCO file tells them."""

    images: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[int, str] = field(default_factory=dict)

    def completed(self, entry: Any) -> Any:
        """`entry` with the names it lacks."""
        if not isinstance(entry, dict):
            return entry
        number_, category = entry.get("image_id"), entry.get("category_id")
        name = number_ if isinstance(number_, str) else self.images.get(number_) if isinstance(number_, int) else None
        known = self.classes.get(category) if isinstance(category, int) else None
        added = {"file_name": name} if name is not None else {}
        return {**added, **({"category": known} if known is not None else {}), **entry}


def _names_image(entry: Mapping[str, Any]) -> bool:
    return "file_name" in entry or isinstance(entry.get("image_id"), str)


def given_by(results: Path) -> Given | None:
    """From the COCO file beside `results`, or in `annotations` there or one folder up; None without one."""
    for folder in (results.parent, results.parent / "annotations", results.parent.parent / "annotations"):
        for file in sorted(folder.glob("*.json")) if is_dir(folder) else ():
            if file == results or not is_coco(file):
                continue
            content = open_object(file, Reporter([], file.name))
            try:
                images = _named(content.items("images"), "file_name")
                if images:
                    return Given(images, _named(content.items("categories"), "name"))
            finally:
                content.close()
    return None


def _named(entries: Iterable[Any], key: str) -> dict[int, str]:
    return {
        entry["id"]: entry[key]
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get(key), str)
    }


class CocoResults(Format):
    name = "coco-results"
    title = Message("COCO results (a detector's boxes, JSON; read only)")
    capabilities = Capabilities(
        accuracy=1e-5, scores=True, splits=False, empty_images=False, unlabeled_images=False, sizes=False, writes=False
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if not is_file(path) or path.suffix.lower() != ".json":
            return None
        head = plain_head(path, _SNIFF)
        if re.match(rb"\s*\[\s*\{", head) and b'"bbox"' in head and b'"score"' in head:
            return FormatGuess(self.name, 0.9, Message("a JSON list of boxes with scores"))
        return None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        reporter = Reporter(problems, path.name)
        entries, _ = load(path, reporter) if is_file(path) else (None, b"")
        if not isinstance(entries, list):
            raise FormatError("{0} is no COCO results file: it should hold one JSON list of boxes.", path)
        given = Given()
        if entries and not any(isinstance(e, dict) and _names_image(e) for e in entries):
            found = given_by(path)
            if found is None:
                raise FormatError(
                    "{0} names its images only by number, so they cannot be found; put the COCO file that the "
                    "numbers come from beside it, or give each entry a file_name.",
                    path,
                )
            given = found
        files = ImageFiles(path.parent)
        labels: dict[str, int] = {}
        images: dict[str, DatasetImage] = {}
        for position, entry in enumerate(entries, start=1):
            self._entry(given.completed(entry), Message("Entry {0}", position), files, labels, images, reporter)
        return Dataset([DatasetClass(i + 1, name) for i, name in enumerate(labels)], list(images.values()))

    def _entry(
        self,
        entry: Any,
        who: str,
        files: ImageFiles,
        labels: dict[str, int],
        images: dict[str, DatasetImage],
        reporter: Reporter,
    ) -> None:
        raw = entry.get("file_name") if isinstance(entry, dict) else None
        name = clean_reference(raw) if isinstance(raw, str) else ""
        values = [number(v) for v in entry["bbox"]] if name and isinstance(entry.get("bbox"), list) else []
        score = number(entry.get("score")) if name else None
        if not name or len(values) != 4 or None in values or score is None or not 0 <= score <= 1:
            what = Message(
                "{0} lacks a file_name, four numbers as bbox, or a score from 0 to 1; left out.", Message(who)
            )
            reporter.say(None, what, Message("entry not understood"))
            return
        if name not in images:
            found = files.find(name)
            images[name] = DatasetImage(name, found, source=reporter.file, stem_only=not is_image_name(name))
        label = class_name(entry.get("category")) or f"class {entry.get('category_id')}"
        x, y, w, h = (v for v in values if v is not None)
        box = checked_box((x, y, x + w, y + h), 0, 0, who, None, reporter)
        if box is not None:
            index = labels.setdefault(label, len(labels))
            images[name].boxes.append(DatasetBox(box, index, score))
