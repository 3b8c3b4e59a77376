"""Shading of metal: each point of a part mirrors a room with a window, a lamp and a dark floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.services.demo.shapes import Relief
from boxwright.services.demo.surfaces import noise

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Light:
    """Light of a scene.

    `azimuth` is where the key light stands, radians; `slope` how far from overhead, 0..1; `power` 0.6..1.4.
    """

    azimuth: float
    slope: float
    power: float

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the light in image axes: x right, y down, z to the camera."""
        return (
            float(np.cos(self.azimuth) * self.slope),
            float(np.sin(self.azimuth) * self.slope),
            float(np.sqrt(1.0 - self.slope**2)),
        )


@dataclass(frozen=True)
class Finish:
    """Finish of a part's metal.

    `tint` is linear BGR; `polish` 0 (matt) to 1 (mirror); `rust` 0..1.
    """

    tint: tuple[float, float, float]
    polish: float
    rust: float


_FINISHES: tuple[tuple[tuple[float, float, float], float, float], ...] = (
    ((0.80, 0.78, 0.76), 0.75, 0.34),  # zinc
    ((0.66, 0.64, 0.62), 0.95, 0.22),  # stainless
    ((0.52, 0.72, 0.84), 0.70, 0.16),  # yellow passivated
    ((0.30, 0.62, 0.82), 0.85, 0.08),  # brass
    ((0.085, 0.08, 0.08), 0.6, 0.20),  # black oxide
)


def finish(rng: np.random.Generator, plain: bool) -> Finish:
    """A finish; `plain` keeps to zinc and stainless, as bearings do."""
    weights = np.array([w for _, _, w in _FINISHES[: 2 if plain else None]])
    tint, polish, _ = _FINISHES[int(rng.choice(len(weights), p=weights / weights.sum()))]
    rust = 0.0 if plain or rng.random() > 0.18 else rng.uniform(0.3, 1.0)
    return Finish(tint, polish * rng.uniform(0.75, 1.05), rust)


def normals(height: Field) -> tuple[Field, Field, Field]:
    """Unit surface normals of a height field in pixels; slopes are clamped so that a cliff stays a steep wall."""
    dy, dx = np.gradient(height)
    nx, ny = np.clip(-dx, -2.5, 2.5), np.clip(-dy, -2.5, 2.5)
    scale = 1.0 / np.sqrt(nx * nx + ny * ny + 1.0)
    return nx * scale, ny * scale, scale


def lit(part: Relief, coat: Finish, light: Light, rng: np.random.Generator) -> Field:
    """The part's colour, shape (h,w,3), linear BGR from 0, above 1 where it glares."""
    rows, columns = part.height.shape
    radius = rows / 2
    lean = rng.normal(0.0, 0.07, 2)
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32)
    rough = noise(rng, rows, columns, max(2.0, radius / 5)) * np.float32(radius * 0.006)
    nx, ny, nz = normals(part.height + rough + (lean[0] * xs + lean[1] * ys).astype(np.float32))
    room = _room(2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1, light, coat.polish)
    lx, ly, lz = light.direction
    matt = np.maximum(0.0, nx * lx + ny * ly + nz * lz) * light.power
    grain = 1.0 + 0.05 * noise(rng, rows, columns, 1.0, 3.0) + 0.035 * noise(rng, rows, columns, 1.6)
    if not part.straight:
        # Faced on a lathe: a bow tie of light across the grooves.
        turn = np.arctan2(ys - rows / 2, xs - columns / 2) - np.float32(light.azimuth)
        room = room * (1.0 + np.float32(0.34 * coat.polish) * np.cos(2 * turn))
    bright = (coat.polish * room + (1.05 - coat.polish) * 0.75 * matt) * grain * part.shade
    colour = bright[..., None] * np.array(coat.tint, np.float32)
    if coat.rust:
        colour = _rusted(colour, (matt * grain * part.shade).astype(np.float32), coat.rust, rng)
    return np.asarray(colour, dtype=np.float32)


def _room(rx: Field, ry: Field, rz: Field, light: Light, polish: float) -> Field:
    """Brightness of the room in the mirrored direction `r`: dim ceiling, key light, fill opposite, dark walls."""
    lx, ly, lz = light.direction
    towards = np.maximum(0.0, rx * lx + ry * ly + rz * lz)
    away = np.maximum(0.0, -rx * lx - ry * ly + 0.5 * rz)
    key = towards ** np.float32(5 + 26 * polish**2)
    ceiling = 0.10 + 0.34 * np.clip(rz, 0, 1) ** 2
    window = np.clip((rx * ly - ry * lx - 0.35) * 5, 0, 1) * np.clip((0.75 - np.abs(rz - 0.35)) * 3, 0, 1)
    return np.asarray(ceiling + light.power * (1.9 * key + 0.2 * away**3) + 0.5 * window, dtype=np.float32)


def _rusted(colour: Field, matt: Field, amount: float, rng: np.random.Generator) -> Field:
    rows, columns = matt.shape
    patches = noise(rng, rows, columns, max(3.0, rows / 7)) + 0.6 * noise(rng, rows, columns, 2.5)
    cover = np.clip((patches - 1.6 + 1.7 * amount) * 1.2, 0, 0.92)[..., None]
    brown = np.array((0.035, 0.085, 0.21), np.float32) * (0.7 + 0.5 * matt[..., None])
    return np.asarray(colour * (1 - cover) + brown * cover, dtype=np.float32)
