"""Boxes: axis-aligned rectangles in absolute pixels of the EXIF-upright image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle in pixels of the upright image.

    `x1, y1, x2, y2` in pixels; edges, not pixel centres, so a box over the whole image is `0, 0, width, height`.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Square pixels; 0 for a box without extent."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def has_area(self) -> bool:
        """True when every coordinate is finite and both sides are longer than zero."""
        return bool(np.isfinite((self.x1, self.y1, self.x2, self.y2)).all()) and self.x2 > self.x1 and self.y2 > self.y1

    def clipped(self, width: float, height: float) -> Box:
        """The part inside an image of `width` x `height` pixels; may have no area."""
        return Box(
            min(max(self.x1, 0.0), width),
            min(max(self.y1, 0.0), height),
            min(max(self.x2, 0.0), width),
            min(max(self.y2, 0.0), height),
        )

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)

    def moved_inside(self, dx: float, dy: float, width: float, height: float) -> Box:
        """Moved by `dx, dy` pixels as far as the image allows, its size kept."""
        dx = min(max(dx, -self.x1), width - self.x2)
        dy = min(max(dy, -self.y1), height - self.y2)
        return self.moved(dx, dy)

    def contains(self, x: float, y: float) -> bool:
        return self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1; 0 when neither has area."""
        return float(iou_matrix(self.array()[None], other.array()[None])[0, 0])

    def array(self) -> NDArray[np.float64]:
        """Shape (4,), float64: x1, y1, x2, y2."""
        return np.array((self.x1, self.y1, self.x2, self.y2), dtype=np.float64)

    @staticmethod
    def from_corners(xa: float, ya: float, xb: float, yb: float) -> Box:
        """The box spanned by two opposite corners given in any order."""
        return Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


def iou_matrix(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """IoU of every box in `a` (N,4) with every box in `b` (M,4), xyxy pixels. Shape (N,M), float64, 0..1."""
    a = np.asarray(a, dtype=np.float64).reshape(-1, 4)
    b = np.asarray(b, dtype=np.float64).reshape(-1, 4)
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.clip(bottom_right - top_left, 0.0, None).prod(axis=2)
    union = box_areas(a)[:, None] + box_areas(b)[None, :] - overlap
    return np.asarray(np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0), dtype=np.float64)


def box_areas(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Areas of (N,4) xyxy boxes in square pixels; a box turned inside out has area 0."""
    sides = np.clip(np.asarray(boxes, dtype=np.float64)[:, 2:] - np.asarray(boxes, dtype=np.float64)[:, :2], 0.0, None)
    return np.asarray(sides.prod(axis=1), dtype=np.float64)


def within(corners: NDArray[np.float64], width: float, height: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(N,4) corners cut at the edges of an image, and (N,) True for those of which something is left."""
    sides = np.array((width, height, width, height), np.float64)
    cut = np.clip(corners, 0.0, sides)
    return cut, np.asarray((cut[:, :2] < cut[:, 2:]).all(axis=1))
