"""Pixels for the screen, made on the thread that decoded them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def to_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """(H,W,3) uint8 BGR as RGB32, the one format that Qt's raster engine draws and turns into a QPixmap as it is."""
    from boxwright.config.opencv import cv2

    height, width = pixels.shape[:2]
    image = QImage(width, height, QImage.Format.Format_RGB32)
    # The buffer belongs to the image, so nothing can dangle and nothing is copied twice; 32 bits need no row padding.
    target = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    cv2().cvtColor(pixels, cv2().COLOR_BGR2BGRA, dst=target)
    return image
