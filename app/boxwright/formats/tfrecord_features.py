"""Features of an Example for one image of a TFRecord dataset: the names of the TF object detection API."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

import orjson

from boxwright.domain.errors import FormatError
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage
from boxwright.formats.extras import attributes_of
from boxwright.formats.tfrecord_wire import Values

SIDES = ("image/object/bbox/xmin", "image/object/bbox/ymin", "image/object/bbox/xmax", "image/object/bbox/ymax")
TEXT, LABEL = "image/object/class/text", "image/object/class/label"
FILENAME, WIDTH, HEIGHT, ENCODED = "image/filename", "image/width", "image/height", "image/encoded"
# Both names of the mark for a group: Open Images' and COCO's.
FLAGS = {
    "image/object/difficult": "difficult",
    "image/object/truncated": "truncated",
    "image/object/occluded": "occluded",
    "image/object/group_of": "crowd",
    "image/object/is_crowd": "crowd",
}
# The API has no features for these, and passes over what it does not know.
SCORE, ATTRIBUTES = "image/object/score", "image/object/attributes"
TAGS, NOTE = "image/tags", "image/note"
_FORMATS = {"jpg": "jpeg"}


def features_of(
    image: DatasetImage, name: str, number: int, dataset: Dataset, content: bytes | None
) -> dict[str, Values]:
    """`number` is the image's own; `content` the bytes of its file, None when they are not to be inside. Raises
    FormatError when its boxes are pixels and its size is not known."""
    try:
        boxes = image.fraction_boxes() if image.boxes else []
    except ValueError as error:
        raise FormatError("TFRecord needs the size of every image, and {0}; nothing was written.", error) from None
    suffix = PurePosixPath(name).suffix.lstrip(".").lower()
    found: dict[str, Values] = {
        HEIGHT: [image.height],
        WIDTH: [image.width],
        FILENAME: [name.encode()],
        "image/source_id": [str(number).encode()],
        "image/format": [_FORMATS.get(suffix, suffix).encode()],
    }
    if content is not None:
        found[ENCODED] = [content]
        found["image/key/sha256"] = [hashlib.sha256(content).hexdigest().encode()]
    corners = zip(SIDES, ("x1", "y1", "x2", "y2"), strict=True)
    found |= {side: [float(getattr(item.box, corner)) for item in boxes] for side, corner in corners}
    found[TEXT] = [dataset.classes[item.label].name.encode() for item in boxes]
    found[LABEL] = [item.label + 1 for item in boxes]
    found |= {feature: [int(flag in item.flags) for item in boxes] for feature, flag in FLAGS.items()}
    if any(item.score is not None for item in boxes):
        found[SCORE] = [-1.0 if item.score is None else float(item.score) for item in boxes]
    if any(_attributes(item) for item in boxes):
        found[ATTRIBUTES] = [orjson.dumps(_attributes(item)) for item in boxes]
    if image.marks.tags:
        found[TAGS] = [tag.encode() for tag in sorted(image.marks.tags)]
    if image.marks.note:
        found[NOTE] = [image.marks.note.encode()]
    return found


def _attributes(item: DatasetBox) -> dict[str, object]:
    return dict(attributes_of(item, item.flags))
