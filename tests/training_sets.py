"""Training sets small enough to learn in seconds: coloured squares and discs on grey noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2
from boxwright.imaging.read import read_image
from boxwright.services.retraining.exchange import FileExchange
from boxwright.training.protocol import TrainingImage, TrainingSet

CLASSES = ("square", "disc")
SIDE = 128


def shapes_set(count: int, seed: int = 3) -> TrainingSet:
    """`count` images of SIDE x SIDE with one or two shapes each; every fourth is empty."""
    rng = np.random.Generator(np.random.PCG64(seed))
    pixels: dict[Path, NDArray[np.uint8]] = {}
    images = []
    for number in range(count):
        boxes, labels, image = [], [], rng.integers(70, 110, (SIDE, SIDE, 3)).astype(np.uint8)
        for _ in range(0 if number % 4 == 3 else int(rng.integers(1, 3))):
            label, size = int(rng.integers(2)), int(rng.integers(28, 52))
            x, y = (int(v) for v in rng.integers(2, SIDE - size - 2, 2))
            ys, xs = np.mgrid[:size, :size] - (size - 1) / 2
            inside = np.ones((size, size), bool) if label == 0 else np.hypot(xs, ys) <= size / 2
            image[y : y + size, x : x + size][inside] = (30, 60, 230) if label == 0 else (220, 200, 40)
            boxes.append((x, y, x + size, y + size))
            labels.append(label)
        path = Path(f"{number}.png")
        pixels[path] = image
        images.append(
            TrainingImage(path, SIDE, SIDE, np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64))
        )
    return TrainingSet(CLASSES, tuple(images), lambda path, _: pixels[path])


def on_disk(dataset: TrainingSet, folder: Path, name: Callable[[int], str] = "{} a.png".format) -> TrainingSet:
    """The same set with its images as files below `folder`, and what a trainer needs that runs another program."""
    images = []
    for number, image in enumerate(dataset.images):
        path = folder / name(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(path.suffix, dataset.read(image.path, SIDE))[1].tobytes())
        images.append(replace(image, path=path))
    return replace(dataset, images=tuple(images), read=read_image, exchange=FileExchange())
