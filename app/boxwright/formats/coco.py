"""COCO detection: one JSON file a split, boxes as x, y, width, height in pixels.

Layout written: `annotations/instances_SPLIT.json` (`instances.json` where the images have no split), images
without labels in `annotations/image_info_unlabeled_SPLIT.json`, image files under `images/`. Corners are edges. What
COCO has no key for stands where CVAT and Datumaro put it, in `attributes` of an annotation; tags and note of an image
are keys of the image.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import AttributeValue
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.coco_read import CocoFile, CocoRead
from boxwright.formats.dataset import Boxes, Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, attributes_of, signature_of
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging

_SNIFF = 1 << 16
_DIGITS = 6
_SUFFIX = {Split.TRAIN: "_train", Split.VALIDATION: "_val", Split.TEST: "_test", None: ""}
UNLABELED = "image_info_unlabeled"


class Coco(Format):
    name = "coco"
    title = Message("COCO detection (JSON)")
    capabilities = replace(ALL_OF_BOXES, signed_empty=True, class_ids=True, image_ids=True, folders=True)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a JSON file with images and categories"))
                if is_coco(path)
                else None
            )
        found = next((file for file in json_files(path) if is_coco(file)), None)
        if found is None:
            return None
        return FormatGuess(self.name, 0.9, Message("holds {0}, a COCO file", found.relative_to(path).as_posix()))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in json_files(path) if is_coco(file)]
        if not files:
            raise FormatError("{0} holds no COCO file (JSON with images, annotations and categories).", path)
        folder = path if is_dir(path) else path.parent
        root = folder.parent if folder.name.lower() == "annotations" else folder
        gathered = CocoRead(ImageFiles(root), problems)
        for file in files:
            CocoFile(file, root, gathered).read()
        return gathered.dataset()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        numbers = image_numbers(dataset.images)
        next_id = 1
        for labeled, stem in ((True, "instances"), (False, UNLABELED)):
            for split in dataset.used_splits() or [None]:
                rows = [i for i, m in enumerate(dataset.images) if m.split is split and m.labeled is labeled]
                if not rows and (dataset.images or not labeled):
                    continue
                with staging.open(f"annotations/{stem}{_SUFFIX[split]}.json") as handle:
                    handle.writelines(_lines(dataset, rows, names, numbers, next_id))
                next_id += sum(dataset.images[i].box_count for i in rows)
        for image, name in zip(dataset.images, names, strict=True):
            staging.place(image.path, image.file, f"images/{name}", image_mode)


def json_files(folder: Path) -> Iterator[Path]:
    """The JSON files at most two folders deep."""
    return (
        file
        for file in files_below(folder)
        if file.suffix.lower() == ".json" and len(file.relative_to(folder).parts) <= 3
    )


def is_coco(file: Path) -> bool:
    """Whether the beginning and the end of `file` look like COCO: an object with `images` beside `annotations` or
    `categories`."""
    if not is_file(file):
        return False
    try:
        with file.open("rb") as handle:
            head = handle.read(_SNIFF)
            handle.seek(max(0, file.stat().st_size - _SNIFF))
            ends = (head + handle.read(_SNIFF)).replace(b"\0", b"")
    except OSError:
        return False
    if not re.match(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*\{", head.replace(b"\0", b"")):
        return False
    if re.search(rb'"categories"\s*:\s*\{', ends):
        # Datumaro's files have annotations and categories too.
        return False
    keys = [key for key in (b"images", b"annotations", b"categories") if re.search(rb'"%s"\s*:' % key, ends)]
    return len(keys) >= 2 or (bool(keys) and file.stat().st_size > 2 * _SNIFF)


def image_numbers(images: list[DatasetImage]) -> list[int]:
    """The ids to write: the images' own when all have one and no two the same, else 1, 2, 3, ..."""
    own = [image.id for image in images if image.id is not None]
    return own if len(set(own)) == len(images) else list(range(1, len(images) + 1))


def _lines(dataset: Dataset, rows: list[int], names: list[str], numbers: list[int], first: int) -> Iterator[bytes]:
    """The file, one image, annotation or category a line, so that a line number leads a person to it."""
    yield b'{"info": {"description": "Exported by Boxwright", "version": "1.0"},\n"licenses": [],\n"images": [\n'
    for position, row in enumerate(rows):
        image = dataset.images[row]
        entry: dict[str, object] = {"id": numbers[row], "file_name": names[row]}
        entry |= {"width": image.width, "height": image.height}
        if image.marks.tags:
            entry[TAGS] = sorted(image.marks.tags)
        if image.marks.note:
            entry[NOTE] = image.marks.note
        entry |= signature_of(image)
        yield orjson.dumps(entry) + (b",\n" if position + 1 < len(rows) else b"\n")
    yield b'],\n"annotations": [\n'
    number, mark = first, b""
    ids = [known.id for known in dataset.classes]
    for row in rows:
        image = dataset.images[row]
        boxes = image.pixel_boxes(image.width, image.height)
        if boxes:
            yield mark + _annotations(number, numbers[row], ids, boxes)
            number, mark = number + len(boxes), b",\n"
    yield b"\n" if mark else b""
    yield b'],\n"categories": [\n'
    yield b",\n".join(orjson.dumps({"id": c.id, "name": c.name, "supercategory": ""}) for c in dataset.classes)
    yield b"\n]}\n"


def _annotations(number: int, image: int, ids: list[int], listed: Sequence[DatasetBox]) -> bytes:
    """One a line, numbered from `number`. Written from columns: objects for a million boxes take most of the time."""
    boxes = listed if isinstance(listed, Boxes) else Boxes(listed)
    corners, labels, scores, _ = boxes.columns()
    sides = corners.copy()
    sides[:, 2:] -= corners[:, :2]
    category = iter(labels.tolist())
    entries: list[dict[str, object]] = [
        {
            "id": n,
            "image_id": image,
            "category_id": ids[next(category)],
            "bbox": bbox,
            "area": round(bbox[2] * bbox[3], _DIGITS),
            "iscrowd": 0,
            "segmentation": [],
        }
        for n, bbox in enumerate(sides.round(_DIGITS).tolist(), start=number)
    ]
    for place, score in enumerate(() if scores is None else scores.tolist()):
        if not math.isnan(score):
            entries[place]["score"] = score
    said: dict[int, dict[str, AttributeValue]] = {}
    for place, known in boxes.besides.items():
        if "crowd" in known.flags:
            entries[place]["iscrowd"] = 1
        # One object serves all boxes that are alike.
        attributes = said.get(id(known))
        if attributes is None:
            attributes = said[id(known)] = attributes_of(known, ("crowd",))
        if attributes:
            entries[place]["attributes"] = attributes
    lines = orjson.dumps(entries)[1:-1]
    if lines.count(b"},{") == len(entries) - 1:
        return lines.replace(b"},{", b"},\n{")
    # A text holds what stands between two entries.
    return b",\n".join(map(orjson.dumps, entries))
