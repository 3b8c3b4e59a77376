"""Height fields of the five machine parts: what a camera straight above would see, before any light falls on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

CLASSES: tuple[str, ...] = ("washer", "nut", "bolt", "lock washer", "bearing")


@dataclass(frozen=True)
class Relief:
    """Height field of a part on its own pixel grid; every field has shape (h,w), float32.

    height: in pixels above the table. cover: 0..1, how much of the pixel the part fills (holes are 0).
    shade: 0..1, what is left of the light in recesses such as threads and bores. tall: the part's thickness in
    pixels. straight: made along an axis, not turned about one.
    """

    height: Field
    cover: Field
    shade: Field
    tall: float
    straight: bool = False


def relief(name: str, radius: float, angle: float, squash: float, rng: np.random.Generator) -> Relief:
    """Draw the class `name` with half its longest side `radius` pixels, turned by `angle` radians and, as a leaning
    part is, shortened to `squash` (0..1) along its own second axis."""
    side = int(np.ceil(radius)) + 3
    ys, xs = np.mgrid[-side : side + 1, -side : side + 1].astype(np.float32) / np.float32(radius)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    u, v = cos * xs + sin * ys, (cos * ys - sin * xs) / np.float32(squash)
    made = _MAKERS[name](u, v, 1.0 / radius, rng)
    r = np.float32(radius)
    return Relief(made.height * r, made.cover, made.shade, made.tall * radius, made.straight)


def _inside(distance: Field, pixel: float) -> Field:
    """Coverage of a pixel whose centre is `distance` inside the outline, antialiased over one pixel."""
    return np.asarray(np.clip(distance / np.float32(pixel) + 0.5, 0.0, 1.0), dtype=np.float32)


def _rounded(distance: Field, edge: float) -> Field:
    """0 at the outline, 1 from `edge` inwards, as a quarter circle."""
    t = np.clip(distance / edge, 0.0, 1.0)
    return np.asarray(np.sqrt(np.maximum(0.0, 1.0 - (1.0 - t) ** 2)), dtype=np.float32)


def _washer(u: Field, v: Field, pixel: float, rng: np.random.Generator) -> Relief:
    hole = rng.uniform(0.42, 0.56)
    r = np.hypot(u, v)
    inside = np.minimum(1.0 - r, r - hole)
    tall = rng.uniform(0.10, 0.16)
    return Relief(tall * _rounded(inside, 0.07), _inside(inside, pixel), np.ones_like(r), tall)


def _lock_washer(u: Field, v: Field, pixel: float, rng: np.random.Generator) -> Relief:
    hole = rng.uniform(0.56, 0.66)
    gap, slant = rng.uniform(0.035, 0.09), rng.uniform(0.25, 0.7)
    r = np.hypot(u, v)
    slit = np.where(u > 0, np.abs(v - slant * (u - 0.8)) - gap, 1.0).astype(np.float32)
    inside = np.minimum(np.minimum(1.0 - r, r - hole), slit)
    tall = rng.uniform(0.18, 0.26)
    lift = np.float32(0.16) * (np.arctan2(-v, -u) / np.float32(np.pi))
    height = tall * _rounded(inside, 0.09) + lift
    return Relief(height.astype(np.float32), _inside(inside, pixel), np.ones_like(r), tall)


def _hexagon(u: Field, v: Field) -> Field:
    """Distance inside a hexagon of circumradius 1, corners on the u axis."""
    half = np.float32(np.sqrt(3.0) / 2)
    return half - np.maximum(np.abs(v), np.maximum(np.abs(half * u + 0.5 * v), np.abs(half * u - 0.5 * v)))


def _nut(u: Field, v: Field, pixel: float, rng: np.random.Generator) -> Relief:
    bore, tall = rng.uniform(0.44, 0.54), rng.uniform(0.55, 0.75)
    r = np.hypot(u, v)
    outline = _hexagon(u, v)
    height = tall - 0.6 * np.maximum(0.0, r - 0.80) - 0.9 * np.maximum(0.0, bore + 0.07 - r)
    thread = np.clip((bore - r) / 0.09, 0.0, 1.0)
    shade = 1.0 - 0.72 * np.clip((bore + 0.01 - r) / 0.03, 0.0, 1.0) * (0.75 + 0.25 * np.cos(thread * 4 * np.pi))
    height = height * np.minimum(1.0, 0.7 + 0.3 * _rounded(outline, 0.03))
    inside = np.minimum(outline, r - (bore - 0.09))
    return Relief(height.astype(np.float32), _inside(inside, pixel), shade.astype(np.float32), tall)


def _bolt(u: Field, v: Field, pixel: float, rng: np.random.Generator) -> Relief:
    head, wide = rng.uniform(0.20, 0.28), rng.uniform(0.26, 0.40)
    shank = wide * rng.uniform(0.50, 0.60)
    plain = rng.uniform(-0.5, 0.1)
    pitch = shank * rng.uniform(0.30, 0.42)
    across = np.abs(v)
    if rng.random() < 0.6:
        top = 0.866 * wide * np.clip(2.0 - 2.0 * across / wide, 0.0, 1.0)
    else:
        top = np.sqrt(np.maximum(0.0, wide**2 - v**2))
    in_head = np.minimum(np.minimum(u + 1.0, -1.0 + head - u), wide - across)
    height_head = top * (0.85 + 0.15 * _rounded(np.minimum(u + 1.0, -1.0 + head - u), 0.05))
    wave = np.abs(((u + 0.12 * v) / pitch) % 1.0 - 0.5) * 2.0
    depth = np.where(u > plain, 0.14 * shank * wave, 0.0)
    taper = np.clip((1.0 - u) / (0.5 * shank), 0.0, 1.0) * 0.3 + 0.7
    radius = (shank - depth) * taper
    in_shank = np.minimum(np.minimum(u + 1.0 - head, 1.0 - u), radius - across)
    height_shank = np.sqrt(np.maximum(0.0, radius**2 - v**2))
    shade = np.where((in_shank > 0) & (in_head <= 0), 1.0 - 0.45 * np.where(u > plain, wave, 0.0), 1.0)
    neck = np.where(in_head > 0, 1.0, np.clip((u + 1.0 - head) / 0.06, 0.45, 1.0))
    height = np.where(in_head > 0, height_head, height_shank)
    inside = np.maximum(in_head, in_shank).astype(np.float32)
    return Relief(
        height.astype(np.float32), _inside(inside, pixel), (shade * neck).astype(np.float32), wide, straight=True
    )


def _bearing(u: Field, v: Field, pixel: float, rng: np.random.Generator) -> Relief:
    bore, inner, outer, tall = rng.uniform(0.34, 0.42), 0.56, 0.79, rng.uniform(0.38, 0.5)
    r = np.hypot(u, v)
    ring = np.maximum(np.minimum(1.0 - r, r - outer), np.minimum(inner - r, r - bore))
    height = tall * (0.6 + 0.4 * _rounded(ring, 0.06))
    shade = np.ones_like(r)
    between = (r > inner) & (r < outer)
    if rng.random() < 0.5:
        count = int(rng.integers(7, 11))
        turn = np.arctan2(v, u) / (2 * np.pi / count)
        offset = (turn - np.round(turn)) * (2 * np.pi / count)
        ball = np.hypot(r - 0.675, r * np.sin(offset))
        size = 0.115
        on_ball = between & (ball < size)
        height = np.where(on_ball, 0.25 + np.sqrt(np.maximum(0.0, size**2 - ball**2)), np.where(between, 0.12, height))
        shade = np.where(between & ~on_ball, 0.22, shade)
    else:
        height = np.where(between, tall * 0.82, height)
        shade = np.where(between, rng.uniform(0.18, 0.75), shade)
        shade = np.where(np.minimum(np.abs(r - inner), np.abs(r - outer)) < 0.018, 0.15, shade)
    inside = np.minimum(1.0 - r, r - bore)
    return Relief(height.astype(np.float32), _inside(inside, pixel), shade.astype(np.float32), tall)


_MAKERS: dict[str, Callable[[Field, Field, float, np.random.Generator], Relief]] = {
    "washer": _washer,
    "nut": _nut,
    "bolt": _bolt,
    "lock washer": _lock_washer,
    "bearing": _bearing,
}
