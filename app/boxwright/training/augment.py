"""Augmentation: from a labelled image to a network input, by inference's own letterbox, moved and scaled a little."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2
from boxwright.training.protocol import TrainingImage, TrainingSet

PAD = 114
CACHE_BYTES = 512 * 2**20
SCALES = (0.65, 1.5)
# A box of which less than this share, or these pixels of its shorter side, stays in the frame is not learnt.
_MIN_SHARE, _MIN_SIDE = 0.3, 3.0

Sample = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]


@dataclass(frozen=True)
class InputPlacing:
    """Place of a picture in the square input.

    How a picture is laid into the square input: `scale` 1 fills it, `where` (x, y: 0..1) is the share of the room
    that is left in it, or sticks out of it.
    """

    scale: float = 1.0
    mirrored: bool = False
    where: tuple[float, float] = (0.5, 0.5)


def drawn_placing(rng: np.random.Generator, scales: tuple[float, float] = SCALES) -> InputPlacing:
    """A random one: any scale within `scales` by the logarithm, any place, mirrored or not."""
    scale = float(np.exp(rng.uniform(*np.log(scales))))
    mirrored = bool(rng.random() < 0.5)
    x, y = rng.uniform(0, 1, 2).tolist()
    return InputPlacing(scale, mirrored, (x, y))


class Samples:
    """Source of augmented samples.

    Draws training samples; keeps reduced images in memory as far as `CACHE_BYTES` allows.
    """

    def __init__(self, dataset: TrainingSet, size: int) -> None:
        self._dataset, self._size = dataset, size
        self._cache: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._held = 0

    def draw(self, index: int, rng: np.random.Generator) -> Sample:
        """(S,S,3) uint8 BGR, (N,4) float32 xyxy input pixels, (N,) int64 labels: flipped, scaled, moved, recoloured."""
        picture, boxes, labels = self.placed(index, drawn_placing(rng))
        return _recoloured(picture, rng), boxes, labels

    def placed(self, index: int, placing: InputPlacing) -> Sample:
        """As `draw`, at a given place and with its own colours."""
        image = self._image(index, self._dataset.images[index])
        matrix = self._matrix(image, placing)
        warped = cv2.warpAffine(image, matrix, (self._size, self._size), flags=1, borderValue=(PAD, PAD, PAD))
        return np.asarray(warped, np.uint8), *self._truth(index, image, matrix)

    def truth(self, index: int, placing: InputPlacing) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The boxes and labels of `placed` alone; the picture is not decoded for it."""
        item = self._dataset.images[index]
        # Only the proportions count: boxes are scaled with whatever size the picture is read at.
        blank = np.broadcast_to(np.uint8(0), (item.height, item.width, 3))
        return self._truth(index, blank, self._matrix(blank, placing))

    def _matrix(self, image: NDArray[np.uint8], placing: InputPlacing) -> NDArray[np.float64]:
        height, width = image.shape[:2]
        scale = self._size / max(height, width) * placing.scale
        return _placement(width, height, scale, placing.mirrored, self._size, placing.where)

    def _truth(
        self, index: int, image: NDArray[np.uint8], matrix: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        item = self._dataset.images[index]
        reduced = np.array((image.shape[1] / item.width, image.shape[0] / item.height) * 2, np.float32)
        boxes, kept = _moved(item.boxes * reduced, matrix, self._size)
        return boxes, item.labels[kept]

    def _image(self, index: int, item: TrainingImage) -> NDArray[np.uint8]:
        if index in self._cache:
            self._cache.move_to_end(index)
            return self._cache[index]
        image = self._dataset.read(item.path, self._size)
        longest = max(image.shape[:2])
        if longest > self._size * 1.5:
            share = self._size * 1.5 / longest
            image = np.asarray(cv2.resize(image, None, fx=share, fy=share, interpolation=3), np.uint8)
        self._cache[index] = image
        self._held += image.nbytes
        while self._held > CACHE_BYTES and len(self._cache) > 1:
            self._held -= self._cache.popitem(last=False)[1].nbytes
        return image


def _placement(
    width: int, height: int, scale: float, mirrored: bool, size: int, where: tuple[float, float]
) -> NDArray[np.float64]:
    """The 2x3 affine map that scales a `width` x `height` image and puts it at the share `where` (x, y: 0..1)
    of the room that is left in, or sticks out of, a square of `size`."""
    x = where[0] * (size - width * scale)
    y = where[1] * (size - height * scale)
    if mirrored:
        return np.array(((-scale, 0.0, x + width * scale), (0.0, scale, y)))
    return np.array(((scale, 0.0, x), (0.0, scale, y)))


def _moved(
    boxes: NDArray[np.float32], matrix: NDArray[np.float64], size: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Boxes under the affine map, clipped to the square, and which of them are still worth learning."""
    xs = boxes[:, 0::2] * matrix[0, 0] + matrix[0, 2]
    ys = boxes[:, 1::2] * matrix[1, 1] + matrix[1, 2]
    full = np.stack((xs.min(1), ys.min(1), xs.max(1), ys.max(1)), 1) if len(boxes) else boxes
    clipped = np.clip(full, 0, size)
    sides, before = clipped[:, 2:] - clipped[:, :2], full[:, 2:] - full[:, :2]
    kept = (sides.prod(1) >= _MIN_SHARE * before.prod(1)) & (sides.min(1, initial=np.inf) >= _MIN_SIDE)
    return clipped[kept].astype(np.float32), kept


def _recoloured(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Brightness, contrast and white balance drawn anew; one table look-up per channel."""
    gain = np.exp(rng.normal(0, 0.16)) * np.exp(rng.normal(0, 0.05, 3))
    gamma = np.exp(rng.normal(0, 0.15))
    ramp = np.linspace(0, 1, 256) ** gamma
    table = np.clip(ramp[:, None] * gain * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[None]), dtype=np.uint8)
