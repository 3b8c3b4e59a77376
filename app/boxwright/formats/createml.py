"""Create ML: a JSON file beside the images it lists, boxes by centre, width and height in pixels.

Layout written: `SPLIT/annotations.json` beside the images of that split, in the folder itself where there is none.
Images nobody has labelled lie in `unlabeled/`, and no JSON lists them. Corners are edges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.coco import json_files
from boxwright.formats.createml_read import CreateMLReader
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.json_sniff import ends
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.unlabeled import unlabeled_path

_FOLDERS = {Split.TRAIN: "train/", Split.VALIDATION: "val/", Split.TEST: "test/", None: ""}
_IMAGE = re.compile(rb'"(image|imagefilename|imageURL)"\s*:\s*"')
_ANNOTATIONS = re.compile(rb'"annotations?"\s*:\s*\[')
_BOX = re.compile(rb'"coordinates"\s*:\s*\{')


class CreateML(Format):
    name = "createml"
    title = Message("Create ML (JSON)")
    capabilities = Capabilities(accuracy=1e-5, sizes=False, class_order=False, unused_classes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a JSON list of images and annotations"))
                if is_createml(path)
                else None
            )
        found = next((file for file in json_files(path) if is_createml(file)), None)
        if found is None:
            return None
        return FormatGuess(self.name, 0.92, Message("holds {0}, a Create ML file", found.relative_to(path).as_posix()))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in json_files(path) if is_createml(file)]
        if not files:
            raise FormatError("{0} holds no Create ML file (a JSON list of images with annotations).", path)
        reader = CreateMLReader(path if is_dir(path) else path.parent, problems)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in dataset.used_splits() or [None]:
            rows = [(image, name) for image, name in pairs if image.split is split and image.labeled]
            if rows:
                with staging.open(f"{_FOLDERS[split]}annotations.json") as handle:
                    handle.writelines(_lines(dataset, rows))
        for image, name in pairs:
            at = f"{_FOLDERS[image.split]}{name}" if image.labeled else unlabeled_path(image.split, name)
            staging.place(image.path, image.file, at, image_mode)


def is_createml(file: Path) -> bool:
    """Whether `file` looks like a list of images with annotations, with boxes by their coordinates or without any."""
    found = ends(file)
    if found.lstrip()[:1] != b"[" or not (_IMAGE.search(found) and _ANNOTATIONS.search(found)):
        return False
    return _BOX.search(found) is not None or not re.search(rb'"annotations?"\s*:\s*\[\s*[^\s\]]', found)


def _lines(dataset: Dataset, rows: list[tuple[DatasetImage, str]]) -> Iterator[bytes]:
    """The file, one image a line, so that a line number leads a person to it."""
    yield b"[\n"
    for position, (image, name) in enumerate(rows):
        annotations = []
        for item in image.pixel_boxes(image.width, image.height):
            box = item.box
            x, y, width, height = (
                round(v, 6) for v in ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, box.width, box.height)
            )
            coordinates = {"x": x, "y": y, "width": width, "height": height}
            annotations.append({"label": dataset.classes[item.label].name, "coordinates": coordinates})
        entry = {"image": name, "annotations": annotations}
        yield orjson.dumps(entry) + (b",\n" if position + 1 < len(rows) else b"\n")
    yield b"]\n"
