"""Boxes drawn on a photo before its EXIF rotation, put where they belong on the upright image."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.box import Box

_ORIENTATION_TAG = 0x0112


def exif_orientation(file: Path) -> int:
    """1..8 as EXIF has it; 1 where the file has none or cannot be read."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except (OSError, ValueError, TypeError, SyntaxError):
        return 1


def turned(box: Box, orientation: int, width: int, height: int) -> Box:
    """`box` of the stored image (`width` x `height` pixels) on the upright one, for the orientations 5 to 8, which swap
    the sides; any other box comes back as it is. Source: the EXIF standard, tag 0x0112."""
    if orientation == 5:
        return Box(box.y1, box.x1, box.y2, box.x2)
    if orientation == 6:
        return Box(height - box.y2, box.x1, height - box.y1, box.x2)
    if orientation == 7:
        return Box(height - box.y2, width - box.x2, height - box.y1, width - box.x1)
    if orientation == 8:
        return Box(box.y1, width - box.x2, box.y2, width - box.x1)
    return box
