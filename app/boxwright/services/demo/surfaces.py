"""Grounds on which the parts lie, and the noise that every natural surface is made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2

Field = NDArray[np.float32]


def noise(rng: np.random.Generator, height: int, width: int, cell: float, stretch: float = 1.0) -> Field:
    """Smooth noise of unit variance, shape (height, width), blobs of `cell` pixels, `stretch` times as long in x."""
    rows, columns = int(height / cell) + 4, int(width / (cell * stretch)) + 4
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    fine = cv2.resize(coarse, (int(columns * cell * stretch) + 1, int(rows * cell) + 1), interpolation=2)
    top, left = int(cell), int(cell * stretch)
    return np.ascontiguousarray(fine[top : top + height, left : left + width], dtype=np.float32)


def _rubber(rng: np.random.Generator, height: int, width: int) -> Field:
    tone = rng.uniform(0.06, 0.13)
    grain = noise(rng, height, width, 1.0) * 0.10 + noise(rng, height, width, 2.3) * 0.10
    pitch, angle = rng.uniform(7, 14), rng.uniform(0, np.pi)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    rib = np.sin((xs * np.float32(np.cos(angle)) + ys * np.float32(np.sin(angle))) * np.float32(2 * np.pi / pitch))
    ribbed = np.clip(rib * 1.6, -1, 1) * rng.choice([0.0, 0.22])
    return _tinted(tone * (1 + grain + ribbed), rng, (1.0, 1.0, 1.0), 0.05)


def _steel(rng: np.random.Generator, height: int, width: int) -> Field:
    tone = rng.uniform(0.26, 0.42)
    brushed = noise(rng, height, width, 1.0, 60.0) * 0.05 + noise(rng, height, width, 2.0, 150.0) * 0.045
    cloudy = noise(rng, height, width, 110.0) * 0.07
    plate = tone * (1 + brushed + cloudy)
    _scratch(plate, rng, int(rng.integers(15, 60)), 0.09)
    return _tinted(plate, rng, (1.02, 1.0, 0.98), 0.04)


def _wood(rng: np.random.Generator, height: int, width: int) -> Field:
    tone = rng.uniform(0.22, 0.42)
    bend = noise(rng, height, width, 130.0, 4.0) * 26 + noise(rng, height, width, 30.0, 9.0) * 4
    ys = np.arange(height, dtype=np.float32)[:, None] + bend
    rings = np.sin(ys * np.float32(2 * np.pi / rng.uniform(26, 60)))
    rings = rings + 0.5 * np.abs(rings)
    pores = np.minimum(0.0, noise(rng, height, width, 1.2, 22.0) + 0.6) * 0.10
    fibre = noise(rng, height, width, 1.0, 40.0) * 0.05
    board = tone * (1 + 0.07 * rings + fibre + pores + noise(rng, height, width, 70.0, 5.0) * 0.07)
    return _tinted(board, rng, (0.50, 0.76, 1.06), 0.05)


def _painted(rng: np.random.Generator, height: int, width: int) -> Field:
    tints = ((1.0, 0.72, 0.42), (0.62, 0.82, 0.58), (0.80, 0.84, 0.86), (0.60, 0.62, 0.66))
    tone = rng.uniform(0.18, 0.46)
    orange_peel = noise(rng, height, width, 3.0) * 0.018 + noise(rng, height, width, 1.0) * 0.02
    stains = -0.12 * np.maximum(0.0, noise(rng, height, width, 60.0) - 0.7)
    plate = tone * (1 + orange_peel + stains + noise(rng, height, width, 140.0) * 0.05)
    _scratch(plate, rng, int(rng.integers(4, 30)), 0.12)
    return _tinted(plate, rng, tints[int(rng.integers(len(tints)))], 0.05)


def _cardboard(rng: np.random.Generator, height: int, width: int) -> Field:
    tone = rng.uniform(0.34, 0.52)
    fibre = noise(rng, height, width, 1.3, 5.0) * 0.035 + noise(rng, height, width, 1.0) * 0.03
    flute = np.sin(np.arange(width, dtype=np.float32) * np.float32(2 * np.pi / rng.uniform(9, 15)))[None] * 0.015
    specks = -0.3 * (noise(rng, height, width, 1.5) > 3.0)
    return _tinted(tone * (1 + fibre + flute + specks), rng, (0.62, 0.80, 1.0), 0.05)


def _tinted(plate: Field, rng: np.random.Generator, tint: tuple[float, float, float], spread: float) -> Field:
    colour = np.array(tint, np.float32) * rng.uniform(1 - spread, 1 + spread, 3).astype(np.float32)
    return np.asarray(np.clip(plate, 0.01, 1.0, dtype=np.float32)[..., None] * colour)


def _scratch(plate: Field, rng: np.random.Generator, count: int, strength: float) -> None:
    """Fine straight scratches, light or dark, drawn into `plate`."""
    height, width = plate.shape
    marks = np.zeros_like(plate)
    for _ in range(count):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        angle, length = rng.uniform(0, np.pi), rng.uniform(15, 180)
        end = (int(x + length * np.cos(angle)), int(y + length * np.sin(angle)))
        cv2.line(marks, (int(x), int(y)), end, float(rng.uniform(-1, 1) * strength), 1)
    plate *= 1 + cv2.GaussianBlur(marks, (0, 0), 0.7)


_SURFACES: tuple[tuple[Callable[[np.random.Generator, int, int], Field], float], ...] = (
    (_rubber, 0.24),
    (_steel, 0.20),
    (_wood, 0.20),
    (_painted, 0.22),
    (_cardboard, 0.14),
)


def surface(rng: np.random.Generator, height: int, width: int) -> Field:
    """A table top, shape (height, width, 3), linear BGR 0..1, turned any way round."""
    make = _SURFACES[int(rng.choice(len(_SURFACES), p=[share for _, share in _SURFACES]))][0]
    if rng.random() < 0.4:
        return np.ascontiguousarray(make(rng, width, height).transpose(1, 0, 2))
    return make(rng, height, width)
