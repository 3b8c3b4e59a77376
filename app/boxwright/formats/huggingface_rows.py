"""Rows of a Hugging Face image folder, one an image: the same columns in every row of a dataset."""

from __future__ import annotations

from typing import Any

import orjson

from boxwright.domain.marks import FLAGS
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage
from boxwright.formats.extras import NOTE, TAGS, attributes_of

SCORE, ATTRIBUTES = "score", "attributes"


def used_columns(dataset: Dataset) -> frozenset[str]:
    """Those of the optional columns that any image or box of `dataset` fills."""
    used: set[str] = set()
    for image in dataset.images:
        used |= ({TAGS} if image.marks.tags else set()) | ({NOTE} if image.marks.note else set())
        for item in image.boxes:
            used |= item.flags
            used |= {SCORE} if item.score is not None else set()
            used |= {ATTRIBUTES} if attributes_of(item, FLAGS) else set()
    return frozenset(used)


def entry_of(image: DatasetImage, dataset: Dataset, columns: frozenset[str]) -> dict[str, Any]:
    """The row of `image` without its name; boxes as x, y, width, height in pixels."""
    boxes = image.pixel_boxes(image.width, image.height)
    sides = [[round(float(v), 6) for v in (b.box.x1, b.box.y1, b.box.width, b.box.height)] for b in boxes]
    objects: dict[str, Any] = {"bbox": sides, "categories": [dataset.classes[item.label].name for item in boxes]}
    if SCORE in columns:
        objects[SCORE] = [item.score for item in boxes]
    objects |= {flag: [flag in item.flags for item in boxes] for flag in FLAGS if flag in columns}
    if ATTRIBUTES in columns:
        objects[ATTRIBUTES] = [_text(item) for item in boxes]
    entry: dict[str, Any] = {"width": image.width or None, "height": image.height or None}
    entry["objects"] = objects if image.labeled else None
    if TAGS in columns:
        entry[TAGS] = sorted(image.marks.tags)
    if NOTE in columns:
        entry[NOTE] = image.marks.note
    return entry


def _text(item: DatasetBox) -> str:
    return orjson.dumps(attributes_of(item, FLAGS)).decode()
