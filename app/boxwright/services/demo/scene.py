"""Plan of one demo picture, drawn before a single pixel is: where the parts lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boxwright.services.demo.metal import Light
from boxwright.services.demo.shapes import CLASSES

SIZES: tuple[tuple[int, int], ...] = ((640, 480), (800, 600), (960, 720), (720, 960))
# Bearings are the rare class; washers and lock washers are the pair that is easily confused.
SHARES = (0.31, 0.25, 0.24, 0.165, 0.035)


@dataclass(frozen=True)
class PlacedPart:
    """Part in its place.

    `x, y` is the middle and `radius` half the longest side, in pixels; `angle` in radians; `squash` 0..1.
    """

    label: int
    x: float
    y: float
    radius: float
    angle: float
    squash: float


@dataclass(frozen=True)
class ScenePlan:
    """Parts, ground and light of one picture."""

    width: int
    height: int
    parts: tuple[PlacedPart, ...]
    light: Light


def plan(rng: np.random.Generator) -> ScenePlan:
    """One in fourteen pictures is empty, one in nine is crowded with up to seventy parts; later parts lie on top."""
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    light = Light(rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.75), rng.uniform(0.75, 1.2))
    kind = rng.random()
    if kind < 0.07:
        return ScenePlan(width, height, (), light)
    crowded = kind > 0.89
    count = int(rng.integers(38, 71)) if crowded else int(rng.integers(3, 20))
    scale = max(width, height) * (rng.uniform(0.028, 0.042) if crowded else rng.uniform(0.038, 0.085))
    parts = _scatter(rng, width, height, count, scale, pile=0.55 if crowded else rng.uniform(0.75, 1.1))
    return ScenePlan(width, height, tuple(parts), light)


def _scatter(
    rng: np.random.Generator, width: int, height: int, count: int, scale: float, pile: float
) -> list[PlacedPart]:
    """Throw `count` parts; `pile` is how much of their radii they keep from one another (1: just touching)."""
    heap = (rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height)
    spread = rng.uniform(0.22, 0.5)
    parts: list[PlacedPart] = []
    for _ in range(count):
        part = _part(rng, scale)
        for _ in range(12):
            x, y = heap[0] + rng.normal() * spread * width, heap[1] + rng.normal() * spread * height
            margin = part.radius * 0.4
            if not (margin < x < width - margin and margin < y < height - margin):
                continue
            if all(np.hypot(p.x - x, p.y - y) > pile * 0.9 * (p.radius + part.radius) * 0.8 for p in parts):
                parts.append(PlacedPart(part.label, x, y, part.radius, part.angle, part.squash))
                break
    return parts


def _part(rng: np.random.Generator, scale: float) -> PlacedPart:
    label = int(rng.choice(len(CLASSES), p=SHARES))
    own = {"bolt": 1.75, "bearing": 1.5, "nut": 0.95}.get(CLASSES[label], 1.0)
    radius = max(9.0, scale * own * float(np.exp(rng.normal(0.0, 0.22))))
    leaning = CLASSES[label] != "bolt" and rng.random() < 0.22
    return PlacedPart(label, 0.0, 0.0, radius, rng.uniform(0, 2 * np.pi), rng.uniform(0.72, 0.95) if leaning else 1.0)
