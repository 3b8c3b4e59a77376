"""Thumbnails: small JPEG previews of image files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from boxwright.config.opencv import cv2
from boxwright.imaging.read import read_image

SIDE = 128
_QUALITY = 80


def thumbnail_jpeg(path: Path, side: int = SIDE) -> bytes:
    """A JPEG file of the upright image whose longer side is at most `side` pixels. Raises ImageReadError."""
    pixels = read_image(path, max_side=side)
    scale = min(1.0, side / max(pixels.shape[:2]))
    size = tuple(max(1, round(n * scale)) for n in (pixels.shape[1], pixels.shape[0]))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(np.asarray(encoded, dtype=np.uint8).data)
