"""Preprocessing: from an upright picture to a detector's input, and from its boxes back to the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec


@dataclass(frozen=True, slots=True)
class Placement:
    """Place and scale of a picture in the input.

    Where a picture lies in the input: `input = picture * (scale_x, scale_y) + (left, top)`, all in pixels.

    width, height: pixels of the upright picture that boxes are wanted in.
    """

    width: int
    height: int
    scale_x: float
    scale_y: float
    left: int
    top: int

    def to_picture(self, boxes: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N,4) xyxy of the input tensor as (N,4) float32 xyxy of the picture, clipped to it."""
        offset = np.array((self.left, self.top) * 2, dtype=np.float64)
        scale = np.array((self.scale_x, self.scale_y) * 2, dtype=np.float64)
        moved = (np.asarray(boxes, dtype=np.float64).reshape(-1, 4) - offset) / scale
        limit = np.array((self.width, self.height) * 2, dtype=np.float64)
        return np.clip(moved, 0.0, limit).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Picture made ready for a detector.

    `tensor`: (3,H,W) or (H,W,3), in the detector's element type, without the batch axis.
    """

    tensor: Array
    placement: Placement


def place(width: int, height: int, spec: InputSpec) -> tuple[Placement, int, int]:
    """The placement of a `width` x `height` picture and its size in the input, all pixels.

    The scale is that of the rounded size, so that the way back is exact.
    """
    if spec.resize == "stretch":
        inner_width, inner_height = spec.width, spec.height
    else:
        ratio = min(spec.width / width, spec.height / height)
        inner_width = min(spec.width, max(1, round(width * ratio)))
        inner_height = min(spec.height, max(1, round(height * ratio)))
    centred = spec.resize == "letterbox"
    left = (spec.width - inner_width) // 2 if centred else 0
    top = (spec.height - inner_height) // 2 if centred else 0
    placement = Placement(width, height, inner_width / width, inner_height / height, left, top)
    return placement, inner_width, inner_height


def prepare(image: NDArray[np.uint8], spec: InputSpec, size: tuple[int, int] | None = None) -> Prepared:
    """Resize, reorder and scale one (H,W,3) BGR uint8 picture as `spec` says.

    size: (width, height) of the upright file when `image` was decoded smaller; boxes then come in its pixels.
    """
    from boxwright.config.opencv import cv2

    width, height = size or (image.shape[1], image.shape[0])
    placement, inner_width, inner_height = place(width, height, spec)
    resized = image
    if image.shape[:2] != (inner_height, inner_width):
        scaled = cv2.resize(image, (inner_width, inner_height), interpolation=cv2.INTER_LINEAR)
        resized = np.asarray(scaled, np.uint8)
    if (inner_width, inner_height) != (spec.width, spec.height):
        canvas = np.full((spec.height, spec.width, 3), spec.pad_value, dtype=np.uint8)
        canvas[placement.top : placement.top + inner_height, placement.left : placement.left + inner_width] = resized
        resized = canvas
    return Prepared(_tensor(resized, spec), placement)


def _tensor(picture: NDArray[np.uint8], spec: InputSpec) -> Array:
    from boxwright.config.opencv import cv2

    # Channel by channel into the tensor: in OpenCV 5 blobFromImage takes fifteen times as long.
    channels = cv2.split(picture)
    if spec.channels == "rgb":
        channels = channels[::-1]
    if spec.dtype == "uint8":
        return np.stack(channels, axis=2 if spec.layout == "nhwc" else 0)
    tensor = np.empty((3, spec.height, spec.width), dtype=np.float32)
    for plane, channel, mean, std in zip(tensor, channels, spec.mean, spec.std):
        np.multiply(channel, np.float32(spec.scale / std), out=plane)
        if mean:
            plane -= np.float32(mean / std)
    if spec.layout == "nhwc":
        tensor = np.ascontiguousarray(tensor.transpose(1, 2, 0))
    return tensor.astype(np.float16) if spec.dtype == "float16" else tensor
