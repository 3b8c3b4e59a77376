"""Orientation of imported boxes: drawn on a photo before its EXIF rotation, put where they belong upright."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from boxwright.domain.box import Box
from boxwright.domain.messages import Message
from boxwright.formats.dataset import DatasetImage

_ORIENTATION_TAG = 0x0112
_MOST_LOOKED = 5_000
_HEAD = 4096


def exif_orientation(file: Path) -> int:
    """1..8 as EXIF has it; 1 where the file has none or cannot be read."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except (OSError, ValueError, TypeError, SyntaxError):
        return 1


def turned(box: Box, orientation: int, width: float, height: float) -> Box:
    """`box` of the stored image (`width` x `height`) on the upright one. 5 to 8 swap the sides. Source: the EXIF
    standard, tag 0x0112."""
    if orientation == 2:
        return Box(width - box.x2, box.y1, width - box.x1, box.y2)
    if orientation == 3:
        return Box(width - box.x2, height - box.y2, width - box.x1, height - box.y1)
    if orientation == 4:
        return Box(box.x1, height - box.y2, box.x2, height - box.y1)
    if orientation == 5:
        return Box(box.y1, box.x1, box.y2, box.x2)
    if orientation == 6:
        return Box(height - box.y2, box.x1, height - box.y1, box.x2)
    if orientation == 7:
        return Box(height - box.y2, width - box.x2, height - box.y1, width - box.x1)
    if orientation == 8:
        return Box(box.y1, width - box.x2, box.y2, width - box.x1)
    return box


def turned_photos(items: Iterable[tuple[DatasetImage, Path]]) -> int:
    """How many of the first thousands are photos that EXIF turns while nothing in the dataset tells whether their boxes
    are of the upright picture: it says no size, or one that both have."""
    return sum(
        item.box_count > 0 and _is_open(item, orientation)
        for item, file in islice(items, _MOST_LOOKED)
        if (orientation := _quick_orientation(file)) > 1
    )


def turned_words(count: int, stored: bool) -> str:
    """What a person should know of so many such photos; `stored`: their boxes were turned. "" for none."""
    if not count:
        return ""
    if stored:
        return Message("The boxes of {0} photos that EXIF turns were turned with them.", count)
    if count == 1:
        return Message(
            "1 photo is turned by EXIF, and nothing tells whether its boxes are of the upright picture, as was taken; "
            "if they are of the unturned pixels, import with --exif stored."
        )
    return Message(
        "{0} photos are turned by EXIF, and nothing tells whether their boxes are of the upright pictures, as was "
        "taken; if they are of the unturned pixels, import with --exif stored.",
        count,
    )


def _is_open(item: DatasetImage, orientation: int) -> bool:
    return item.relative or 0 in (item.width, item.height) or orientation < 5


def _quick_orientation(file: Path) -> int:
    """As `exif_orientation`, without opening files that have no EXIF at their beginning."""
    try:
        with file.open("rb") as handle:
            head = handle.read(_HEAD)
    except (OSError, ValueError):
        return 1
    has = b"Exif\0\0" in head or b"eXIf" in head or file.suffix.lower() in (".tif", ".tiff", ".webp")
    return exif_orientation(file) if has else 1
