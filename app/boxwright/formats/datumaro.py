"""Datumaro: a JSON file a subset, boxes as x, y, width, height in pixels, classes by their place in a list.

Layout written: `annotations/SUBSET.json`, image files under `images/SUBSET/`; the subset is `default` where there is no
split. Images nobody has labelled lie in `unlabeled/`, and the JSON does not list them. Corners are edges. The tags of
an image are attributes of its item that are true, its note is a caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.coco import json_files
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.datumaro_read import FLAGS, DatumaroReader
from boxwright.formats.extras import attributes_of, signature_of
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.json_sniff import ends
from boxwright.formats.names import stem_of, unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.unlabeled import SPLIT_FOLDERS, unlabeled_path

_IMAGE = 2


class Datumaro(Format):
    name = "datumaro"
    title = "Datumaro (JSON)"
    capabilities = Capabilities(
        accuracy=1e-5,
        scores=True,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        notes=True,
        provenance=True,
        signed_empty=True,
        folders=True,
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a JSON file with items and categories"))
                if is_datumaro(path)
                else None
            )
        found = next((file for file in json_files(path) if is_datumaro(file)), None)
        if found is None:
            return None
        return FormatGuess(self.name, 0.95, Message("holds {0}, a Datumaro file", found.relative_to(path).as_posix()))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in json_files(path) if is_datumaro(file)]
        if not files:
            raise FormatError("{0} holds no Datumaro file (JSON with items and categories).", path)
        folder = path if is_dir(path) else path.parent
        reader = DatumaroReader(folder.parent if folder.name.lower() == "annotations" else folder, problems)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in dataset.used_splits() or [None]:
            rows = [(image, name) for image, name in pairs if image.split is split and image.labeled]
            if rows or not dataset.images:
                with staging.open(f"annotations/{SPLIT_FOLDERS[split]}.json") as handle:
                    handle.writelines(_lines(dataset, rows))
        for image, name in pairs:
            at = f"images/{SPLIT_FOLDERS[image.split]}/{name}" if image.labeled else unlabeled_path(image.split, name)
            staging.place(image.path, image.file, at, image_mode)


def is_datumaro(file: Path) -> bool:
    """Whether `file` looks like an object with a list of items and an object of categories."""
    found = ends(file)
    keys = (rb'"items"\s*:\s*\[', rb'"categories"\s*:\s*\{')
    return found.lstrip()[:1] == b"{" and all(re.search(key, found) for key in keys)


def _lines(dataset: Dataset, rows: list[tuple[DatasetImage, str]]) -> Iterator[bytes]:
    """The file, one image a line, so that a line number leads a person to it."""
    labels = [{"name": known.name, "parent": "", "attributes": []} for known in dataset.classes]
    categories = {"label": {"labels": labels, "label_groups": [], "attributes": list(FLAGS)}}
    yield b'{"dm_format_version": "1.0", "media_type": %d, "infos": {},\n"categories": ' % _IMAGE
    yield orjson.dumps(categories) + b',\n"items": [\n'
    for position, (image, name) in enumerate(rows):
        boxes = image.pixel_boxes(image.width, image.height)
        annotations = [_annotation(number, item) for number, item in enumerate(boxes)]
        if image.marks.note:
            caption = {"type": "caption", "attributes": {}, "group": 0, "caption": image.marks.note}
            annotations.append({"id": len(boxes), **caption})
        attributes = {**dict.fromkeys(sorted(image.marks.tags), True), **signature_of(image)}
        entry: dict[str, object] = {
            "id": stem_of(name),
            "annotations": annotations,
            **({"attr": attributes} if attributes else {}),
            "image": {"path": name, **({"size": [image.height, image.width]} if image.width and image.height else {})},
        }
        yield orjson.dumps(entry) + (b",\n" if position + 1 < len(rows) else b"\n")
    yield b"]}\n"


def _annotation(number: int, item: DatasetBox) -> dict[str, object]:
    box = item.box
    attributes: dict[str, object] = {key: True for flag, key in FLAGS.items() if flag in item.flags}
    attributes |= attributes_of(item, FLAGS)
    if item.score is not None:
        attributes["score"] = item.score
    return {
        "id": number,
        "type": "bbox",
        "attributes": attributes,
        "group": 0,
        "label_id": item.label,
        "z_order": 0,
        "bbox": [round(value, 6) for value in (box.x1, box.y1, box.width, box.height)],
    }
