"""Reading of image files as upright BGR pixels."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message
from boxwright.imaging.header import Header, open_image, read_header
from boxwright.imaging.room import ROOM, decoded_bytes
from boxwright.imaging.window import Samples, eight_bits, sixteen_bits

Pixels = NDArray[np.uint8]
DeepPixels = NDArray[np.uint8 | np.uint16]
WAY = 2
"""Counts the ways in which pixels were made of a file's samples, for what is kept of an image by its content."""

# What OpenCV decodes as stored, leaving the orientation to us. It turns TIFF by itself, and wrongly at reduced size;
# it turns CMYK into odd colours. Pillow takes those and the rest.
_OPENCV = ("JPEG", "MPO", "PNG", "WEBP", "BMP", "DIB", "PPM")


# Bytes of the largest pixel, four channels of 16 bits, and of profiles, previews and the like before the pixels.
_LARGEST_PIXEL = 8
_BESIDES = 64 << 20
# Pixels at once where floats are needed.
_BAND = 1 << 20


class ImageReadError(BoxwrightError):
    """An image file is gone, damaged, or of a kind that cannot be shown."""


def read_image(path: Path, max_side: int | None = None, fit: bool = False) -> Pixels:
    """(H,W,3) uint8 BGR, EXIF-upright, first frame of an animation. Raises ImageReadError.

    With `max_side` (pixels) it may come back at 1/2, 1/4 or 1/8, its longer side still at least `max_side`; JPEG files
    are then decoded at that size. With `fit` as well its longer side is at most that, never enlarged. Channels of more
    than 8 bits are as a person sees them (`imaging.window.eight_bits`), because cameras leave the upper bits empty.
    See-through pixels are laid on white, as viewers do.
    """
    with _opened(path) as file:
        return np.asarray(_decoded(file, path, max_side, fit, deep=False), dtype=np.uint8)


def read_for_viewing(path: Path, max_side: int | None = None, fit: bool = False) -> DeepPixels:
    """As `read_image`, but channels of more than 8 bits keep their values: (H,W) or (H,W,3) uint16 BGR, for a person
    who chooses what part of the range is shown. Values that 16 bits do not hold are stretched to them; see-through
    pictures come as `read_image` gives them."""
    with _opened(path) as file:
        return _decoded(file, path, max_side, fit, deep=True)


def upright_size(path: Path) -> tuple[int, int]:
    """(width, height) of the image in pixels, from its first bytes. Raises ImageReadError."""
    try:
        with path.open("rb") as file:
            return read_header(file).upright_size
    except Exception as error:
        raise ImageReadError("{0} is not an image that can be read: check the file or leave it out.", path) from error


def _decoded(file: IO[bytes], path: Path, max_side: int | None, fit: bool, deep: bool) -> DeepPixels:
    try:
        header = read_header(file)
    except OSError as error:
        if error.errno is not None:
            raise _unreadable(path, error) from error
        raise ImageReadError("{0} is not an image that can be read: check the file or leave it out.", path) from error
    except Exception as error:
        raise ImageReadError("{0} is not an image that can be read: check the file or leave it out.", path) from error
    if header.too_large:
        raise ImageReadError(
            "{0} is too large ({1} x {2} pixels): make it smaller first.", path, header.width, header.height
        )
    factor = _factor(header, max_side)
    with ROOM.taking(decoded_bytes(header, factor)):
        try:
            pixels = _decode(file, header, factor, deep and header.deep and not header.alpha)
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise _unreadable(path, error) from error
            raise ImageReadError(
                "{0} is damaged and cannot be shown: replace the file or leave it out.", path
            ) from error
        return np.ascontiguousarray(_upright(_fitted(pixels, max_side if fit else None), header.orientation))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImageReadError("{0} is not a regular file, so it cannot be read as an image.", path)
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield file


def _unreadable(path: Path, error: OSError) -> ImageReadError:
    why = (error.strerror or str(error)).lower()
    return ImageReadError("{0} cannot be read ({1}): check that the folder is there and readable.", path, Message(why))


def _fitted(pixels: DeepPixels, max_side: int | None) -> DeepPixels:
    """With its longer side at most `max_side`."""
    height, width = pixels.shape[:2]
    if max_side is None or max(height, width) <= max_side:
        return pixels
    factor = max_side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return _reduced_to(pixels, size)


def _factor(header: Header, max_side: int | None) -> int:
    """1, 2, 4 or 8: how far the image may shrink with its longer side still at least `max_side`."""
    if max_side is None:
        return 1
    longer = max(header.width, header.height)
    return next((f for f in (8, 4, 2) if longer // f >= max_side), 1)


def _decode(file: IO[bytes], header: Header, factor: int, deep: bool) -> DeepPixels:
    file.seek(0)
    opencv = header.format in _OPENCV and header.mode != "CMYK"
    if opencv and not header.deep and not header.alpha and header.format in ("JPEG", "MPO"):
        return np.asarray(_with_opencv(_start(file, header), _reduced(factor)), np.uint8)
    if opencv or (header.format == "TIFF" and header.deep and header.mode == "RGB"):
        values = _with_opencv(_start(file, header), cv2.IMREAD_UNCHANGED)
    else:
        values = _with_pillow(file)
    pixels: DeepPixels = sixteen_bits(values) if deep and values.dtype != np.uint8 else _bgr(values)
    if factor == 1:
        return pixels
    height, width = (-(-side // factor) for side in pixels.shape[:2])
    return _reduced_to(pixels, (width, height))


def _reduced_to(pixels: DeepPixels, size: tuple[int, int]) -> DeepPixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), pixels.dtype)


def _start(file: IO[bytes], header: Header) -> bytes:
    """As much of the file as its pixels can fill, uncompressed and with room for what else lies before them: a film of
    gigabytes may follow a photo."""
    return file.read(_BESIDES + _LARGEST_PIXEL * header.width * header.height)


def _reduced(factor: int) -> int:
    sizes = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }
    return sizes[factor] | cv2.IMREAD_IGNORE_ORIENTATION


def _with_opencv(data: bytes, flags: int) -> Samples:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise ValueError("OpenCV could not decode the image")
    return pixels


def _with_pillow(file: IO[bytes]) -> Samples:
    with open_image(file) as image:
        if image.mode.startswith(("I", "F")):
            return np.asarray(image)
        see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        pixels = np.asarray(image.convert("RGBA" if see_through else "RGB"))
    order = (2, 1, 0, 3)[: pixels.shape[2]]
    return np.asarray(pixels[..., order])


def _bgr(pixels: Samples) -> Pixels:
    """(H,W), (H,W,1), (H,W,3) or (H,W,4) of any number type -> (H,W,3) uint8 on white."""
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    color, alpha = (pixels[..., :3], pixels[..., 3:]) if pixels.shape[2] == 4 else (pixels, None)
    if alpha is not None and alpha.dtype == np.uint16:
        alpha = (np.asarray(alpha, np.uint16) >> 8).astype(np.uint8)
    eight = color if color.dtype == np.uint8 else eight_bits(sixteen_bits(color))
    if eight.shape[2] == 1:
        eight = np.repeat(eight, 3, axis=2)
    if alpha is None or bool((alpha == 255).all()):
        return np.asarray(eight, dtype=np.uint8)
    laid = np.empty(eight.shape, dtype=np.uint8)
    # In bands, since the floats of a large picture at once are many times its size.
    rows = max(1, _BAND // eight.shape[1])
    for top in range(0, len(eight), rows):
        band = slice(top, top + rows)
        share = alpha[band].astype(np.float32) / 255
        laid[band] = eight[band] * share + 255 * (1 - share) + 0.5
    return laid


def _upright(pixels: DeepPixels, orientation: int) -> DeepPixels:
    """Undo EXIF orientation 2..8 (TIFF 6.0, tag 274)."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
