"""Conversion of pixels for the screen, on the thread that decoded them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage

from boxwright.imaging.read import DeepPixels

_LARGE = 40_000_000
"""Pixels from which a picture keeps three bytes a pixel: a fourth one would not make it quicker but a third larger."""

_LAYOUTS: dict[QImage.Format, tuple[type[np.uint8 | np.uint16], int]] = {
    QImage.Format.Format_BGR888: (np.uint8, 3),
    QImage.Format.Format_RGB32: (np.uint8, 4),
    QImage.Format.Format_Grayscale16: (np.uint16, 1),
    QImage.Format.Format_RGBX64: (np.uint16, 4),
}


def to_qimage(pixels: DeepPixels) -> QImage:
    """(H,W,3) uint8 BGR as RGB32, the one format that Qt's raster engine draws and turns into a QPixmap as it is, or as
    BGR888 when very large; (H,W) and (H,W,3) uint16 BGR with all their bits."""
    from boxwright.config.opencv import cv2

    height, width = pixels.shape[:2]
    # The buffer belongs to the image, so nothing can dangle and nothing is copied twice.
    if pixels.dtype == np.uint8 and width * height <= _LARGE:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA, dst=_writable(image))
    elif pixels.ndim == 3 and pixels.dtype == np.uint16:
        image = QImage(width, height, QImage.Format.Format_RGBX64)
        cv2.cvtColor(pixels, cv2.COLOR_BGR2RGBA, dst=_writable(image))
    else:
        deep = pixels.dtype == np.uint16
        image = QImage(width, height, QImage.Format.Format_Grayscale16 if deep else QImage.Format.Format_BGR888)
        _writable(image)[...] = pixels
    return image


def pixels_of(image: QImage) -> DeepPixels:
    """The pixels of `image` as a read-only array over the same memory, which the image must outlive: (H,W,C) uint8, or
    (H,W) or (H,W,4) uint16. Raises KeyError for a format that `to_qimage` does not make."""
    return _laid_out(image, np.frombuffer(image.constBits(), np.uint8))


def is_deep(image: QImage) -> bool:
    """More than 8 bits a channel."""
    return _LAYOUTS.get(image.format(), (np.uint8, 0))[0] is np.uint16


def _writable(image: QImage) -> DeepPixels:
    return _laid_out(image, np.frombuffer(image.bits(), np.uint8))


def _laid_out(image: QImage, memory: NDArray[np.uint8]) -> DeepPixels:
    kind, channels = _LAYOUTS[image.format()]
    dtype: np.dtype[np.uint8 | np.uint16] = np.dtype(kind)
    rows = memory.reshape(image.height(), image.bytesPerLine())
    used = rows[:, : image.width() * channels * dtype.itemsize].view(dtype)
    return used if channels == 1 else used.reshape(image.height(), image.width(), channels)


def from_jpeg(jpeg: bytes, room: QSize) -> QImage:
    """A JPEG file as large as fits into `room` device-independent pixels, for the densest screen: scaling in a paint
    event would cost each frame. No bytes, or bad ones: one pixel. Not decoded and scaled by Qt, which keeps Python's
    lock meanwhile and with it the window waiting."""
    from boxwright.config.opencv import cv2

    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if pixels is None:
        return QImage(1, 1, QImage.Format.Format_RGB32)
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    height, width = pixels.shape[:2]
    scale = min(room.width() * ratio / width, room.height() * ratio / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = to_qimage(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
    image.setDevicePixelRatio(ratio)
    return image
