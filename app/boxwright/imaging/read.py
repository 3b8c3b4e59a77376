"""Image files as upright BGR pixels."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2
from boxwright.domain.errors import BoxwrightError
from boxwright.imaging.header import Header, open_image, read_header
from boxwright.imaging.window import eight_bits, sixteen_bits

Pixels = NDArray[np.uint8]
WAY = 2
"""Counts the ways in which pixels were made of a file's samples, for what is kept of an image by its content."""

# What OpenCV decodes as stored, leaving the orientation to us. It turns TIFF by itself, and wrongly at reduced size;
# it turns CMYK into odd colours. Pillow takes those and the rest.
_OPENCV = ("JPEG", "MPO", "PNG", "WEBP", "BMP", "DIB", "PPM")


class ImageReadError(BoxwrightError):
    """An image file is gone, damaged, or of a kind that cannot be shown."""


def read_image(path: Path, max_side: int | None = None) -> Pixels:
    """(H,W,3) uint8 BGR, EXIF-upright, first frame of an animation. Raises ImageReadError.

    With `max_side` (pixels) it may come back at 1/2, 1/4 or 1/8, its longer side still at least `max_side`; JPEG files
    are then decoded at that size. Channels of more than 8 bits are as a person sees them (`imaging.window.eight_bits`),
    because cameras leave the upper bits empty. See-through pixels are laid on white, as viewers do.
    """
    return decode_image(_content(path), path, max_side)


def read_for_viewing(path: Path, max_side: int | None = None) -> Pixels | NDArray[np.uint16]:
    """As `read_image`, but channels of more than 8 bits keep their values: (H,W) or (H,W,3) uint16 BGR, for a person
    who chooses what part of the range is shown. Values that 16 bits do not hold are stretched to them; see-through
    pictures come as `read_image` gives them."""
    return _decoded(_content(path), path, max_side, deep=True)


def decode_image(data: bytes, path: Path, max_side: int | None = None) -> Pixels:
    """As `read_image`, from bytes in memory; `path` is for the message."""
    return np.asarray(_decoded(data, path, max_side, deep=False), dtype=np.uint8)


def _decoded(data: bytes, path: Path, max_side: int | None, deep: bool) -> Pixels | NDArray[np.uint16]:
    try:
        header = read_header(io.BytesIO(data))
    except Exception as error:
        raise ImageReadError(f"{path} is not an image that can be read: check the file or leave it out.") from error
    if header.too_large:
        raise ImageReadError(f"{path} is too large ({header.width} x {header.height} pixels): make it smaller first.")
    factor = _factor(header, max_side)
    try:
        pixels = _decode(data, header, factor, deep and header.deep and not header.alpha)
    except Exception as error:
        raise ImageReadError(f"{path} is damaged and cannot be shown: replace the file or leave it out.") from error
    return np.ascontiguousarray(_upright(pixels, header.orientation))


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImageReadError(f"{path} is not a regular file, so it cannot be read as an image.")
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ImageReadError(f"{path} cannot be read ({why}): check that the folder is there and readable.") from error


def _factor(header: Header, max_side: int | None) -> int:
    """1, 2, 4 or 8: how far the image may shrink with its longer side still at least `max_side`."""
    if max_side is None:
        return 1
    longer = max(header.width, header.height)
    return next((f for f in (8, 4, 2) if longer // f >= max_side), 1)


def _decode(data: bytes, header: Header, factor: int, deep: bool) -> NDArray[Any]:
    opencv = header.format in _OPENCV and header.mode != "CMYK"
    if opencv and not header.deep and not header.alpha and header.format in ("JPEG", "MPO"):
        return _with_opencv(data, _reduced(factor))
    if opencv or (header.format == "TIFF" and header.deep and header.mode == "RGB"):
        values = _with_opencv(data, cv2().IMREAD_UNCHANGED)
    else:
        values = _with_pillow(data)
    pixels: NDArray[Any] = sixteen_bits(values) if deep and values.dtype != np.uint8 else _bgr(values)
    if factor == 1:
        return pixels
    height, width = (-(-side // factor) for side in pixels.shape[:2])
    small: NDArray[Any] = cv2().resize(pixels, (width, height), interpolation=cv2().INTER_AREA)
    return small


def _reduced(factor: int) -> int:
    lib = cv2()
    sizes = {
        1: lib.IMREAD_COLOR,
        2: lib.IMREAD_REDUCED_COLOR_2,
        4: lib.IMREAD_REDUCED_COLOR_4,
        8: lib.IMREAD_REDUCED_COLOR_8,
    }
    return int(sizes[factor] | lib.IMREAD_IGNORE_ORIENTATION)


def _with_opencv(data: bytes, flags: int) -> NDArray[Any]:
    pixels: NDArray[Any] | None = cv2().imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise ValueError("OpenCV could not decode the image")
    return pixels


def _with_pillow(data: bytes) -> NDArray[Any]:
    with open_image(io.BytesIO(data)) as image:
        if image.mode.startswith(("I", "F")):
            return np.asarray(image)
        see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        pixels = np.asarray(image.convert("RGBA" if see_through else "RGB"))
    order = (2, 1, 0, 3)[: pixels.shape[2]]
    return np.asarray(pixels[..., order])


def _bgr(pixels: NDArray[Any]) -> Pixels:
    """(H,W), (H,W,1), (H,W,3) or (H,W,4) of any number type -> (H,W,3) uint8 on white."""
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    color, alpha = (pixels[..., :3], pixels[..., 3:]) if pixels.shape[2] == 4 else (pixels, None)
    if alpha is not None and alpha.dtype == np.uint16:
        alpha = (alpha >> 8).astype(np.uint8)
    eight = color if color.dtype == np.uint8 else eight_bits(sixteen_bits(color))
    if eight.shape[2] == 1:
        eight = np.repeat(eight, 3, axis=2)
    if alpha is None or bool((alpha == 255).all()):
        return np.asarray(eight, dtype=np.uint8)
    share = alpha.astype(np.float32) / 255
    return np.asarray(eight * share + 255 * (1 - share) + 0.5, dtype=np.uint8)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo EXIF orientation 2..8 (TIFF 6.0, tag 274)."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
