"""Appearance of an image as one vector, of its colours and edges alone: what images are compared by before any detector
has looked at them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2

SIDE = 128
"""Pixels of the longer side that are enough to tell it."""

_CELLS, _DIRECTIONS = 4, 8
_HUES, _STEPS = 8, 3


def appearance(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(248,) float32 of an upright (H,W,3) uint8 BGR picture of any size: how common each hue, saturation and
    brightness is (Swain and Ballard, "Color indexing", 1991), the mean colour of each cell of a 4 x 4 grid, and there
    the directions of edges by their strength (Dalal and Triggs, "Histograms of oriented gradients", 2005). Each of the
    three has length 1, so that they count alike."""
    square = np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    parts = (_shares(square), _colours(square), _edges(square))
    return np.concatenate([part / max(1e-9, float(np.linalg.norm(part))) for part in parts]).astype(np.float32)


def _shares(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    hsv = cv2.cvtColor(square, cv2.COLOR_BGR2HSV).reshape(-1, 3).astype(np.int64)
    hue, saturation, brightness = hsv[:, 0] * _HUES // 180, hsv[:, 1] * _STEPS // 256, hsv[:, 2] * _STEPS // 256
    places = (hue * _STEPS + saturation) * _STEPS + brightness
    return np.sqrt(np.bincount(places, minlength=_HUES * _STEPS * _STEPS))


def _colours(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    lab = cv2.cvtColor(square, cv2.COLOR_BGR2LAB).astype(np.float64) - 128
    side = SIDE // _CELLS
    return np.asarray(lab.reshape(_CELLS, side, _CELLS, side, 3).mean(axis=(1, 3)).ravel(), dtype=np.float64)


def _edges(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    grey = cv2.cvtColor(square, cv2.COLOR_BGR2GRAY).astype(np.float32)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength, angle = np.hypot(across, down), np.arctan2(down, across) % np.pi
    direction = np.minimum((angle * _DIRECTIONS / np.pi).astype(np.int64), _DIRECTIONS - 1)
    rows, columns = np.indices(grey.shape) * _CELLS // SIDE
    places = (rows * _CELLS + columns) * _DIRECTIONS + direction
    sums = np.bincount(places.ravel(), strength.ravel().astype(np.float64), _CELLS * _CELLS * _DIRECTIONS)
    return np.sqrt(sums)
