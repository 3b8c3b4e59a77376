"""COCO results: a JSON list of a detector's boxes, as `boxwright predict` writes it. Read only, as pre-labels.

An entry names its image by `file_name`. Results of other tools that have a bare `image_id` are of no use without the
file those ids came from.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.formats.base import Capabilities, Format, Guess
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.coco_json import load
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import ImageFiles
from boxwright.formats.names import clean_reference
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.text import clean_label

_SNIFF = 4096


class CocoResults(Format):
    name = "coco-results"
    title = "COCO results (a detector's boxes, JSON; read only)"
    capabilities = Capabilities(
        accuracy=1e-5, scores=True, splits=False, empty_images=False, unlabeled_images=False, sizes=False, writes=False
    )

    def recognise(self, path: Path) -> Guess | None:
        if not path.is_file() or path.suffix.lower() != ".json":
            return None
        try:
            with path.open("rb") as handle:
                head = handle.read(_SNIFF)
        except OSError:
            return None
        if re.match(rb"\s*\[\s*\{", head) and b'"bbox"' in head and b'"score"' in head:
            return Guess(self.name, 0.9, "a JSON list of boxes with scores")
        return None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        reporter = Reporter(problems, path.name)
        entries, _ = load(path, reporter) if path.is_file() else (None, b"")
        if not isinstance(entries, list):
            raise FormatError(f"{path} is no COCO results file: it should hold one JSON list of boxes.")
        if entries and not any(isinstance(e, dict) and "file_name" in e for e in entries):
            raise FormatError(
                f"{path} names its images only by number, so they cannot be found; give each entry a file_name."
            )
        files = ImageFiles(path.parent)
        labels: dict[str, int] = {}
        images: dict[str, DatasetImage] = {}
        for position, entry in enumerate(entries, start=1):
            self._entry(entry, f"Entry {position}", files, labels, images, reporter)
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
            what = f"{who} lacks a file_name, four numbers as bbox, or a score from 0 to 1; left out."
            reporter.say(None, what, "entry not understood")
            return
        if name not in images:
            images[name] = DatasetImage(name, files.find(name), source=reporter.file)
        label = clean_label(str(entry.get("category") or "")) or f"class {entry.get('category_id')}"
        x, y, w, h = (v for v in values if v is not None)
        box = checked_box((x, y, x + w, y + h), 0, 0, who, None, reporter)
        if box is not None:
            index = labels.setdefault(label, len(labels))
            images[name].boxes.append(DatasetBox(box, index, score))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        raise FormatError("COCO results hold a detector's boxes and are only read; export as coco instead.")
