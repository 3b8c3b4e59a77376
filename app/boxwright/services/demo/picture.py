"""Demo pictures: the plan rendered, photographed by a middling camera, and the true boxes of what can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from boxwright.config.opencv import cv2
from boxwright.services.demo.metal import Light, finish, lit
from boxwright.services.demo.scene import PlacedPart, ScenePlan, plan
from boxwright.services.demo.shapes import CLASSES, Field, Relief, relief
from boxwright.services.demo.surfaces import noise, surface

# A part of which less than this share can be seen has no box.
MIN_VISIBLE = 0.2


@dataclass(frozen=True)
class DemoPicture:
    """Picture with its true boxes.

    image: (H,W,3) uint8 BGR. boxes: (N,4) float32 xyxy pixel edges of what is visible. labels: (N,) int64,
    index into `shapes.CLASSES`.
    """

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]


def picture(seed: int, number: int) -> DemoPicture:
    """Picture `number` of the series `seed`: the same scene on every machine."""
    rng = np.random.Generator(np.random.PCG64((seed, number)))
    return render(plan(rng), rng)


def render(layout: ScenePlan, rng: np.random.Generator) -> DemoPicture:
    """Photograph a scene; `rng` draws surface, finishes and the camera's faults."""
    canvas = surface(rng, layout.height, layout.width)
    _litter(canvas, rng)
    owner = np.full((layout.height, layout.width), -1, np.int32)
    whole = np.zeros(len(layout.parts), np.int64)
    for index, part in enumerate(layout.parts):
        whole[index] = _lay(canvas, owner, part, index, layout, rng)
    boxes, labels = _truth(owner, whole, layout.parts)
    return DemoPicture(_photograph(canvas, layout.light, rng), boxes, labels)


def _lay(
    canvas: Field, owner: NDArray[np.int32], part: PlacedPart, index: int, layout: ScenePlan, rng: np.random.Generator
) -> int:
    """Draw one part with its shadow; returns its silhouette's size in pixels, whether inside the picture or not."""
    name = CLASSES[part.label]
    form = relief(name, part.radius, part.angle, part.squash, rng)
    colour = lit(form, finish(rng, plain=name == "bearing"), layout.light, rng)
    form, colour = _with_side(form, colour, part, layout)
    pad = int(form.tall * 1.6) + 6
    cover = np.pad(form.cover, pad)
    _shadow(canvas, cover, form.tall, part, layout.light)
    rows, columns, window = _overlap(canvas, cover.shape, part)
    alpha = cover[window]
    canvas[rows, columns] += (np.pad(colour, ((pad, pad), (pad, pad), (0, 0)))[window] - canvas[rows, columns]) * alpha[
        ..., None
    ]
    solid = alpha > 0.5
    owner[rows, columns][solid] = index
    return int((form.cover > 0.5).sum())


def _with_side(form: Relief, colour: Field, part: PlacedPart, layout: ScenePlan) -> tuple[Relief, Field]:
    """Away from the middle of the picture a camera sees the side of a tall part: slide its top outwards over it."""
    reach = form.tall * 0.42 / max(layout.width, layout.height)
    dx = round((part.x - layout.width / 2) * reach * 2)
    dy = round((part.y - layout.height / 2) * reach * 2)
    steps = max(abs(dx), abs(dy))
    if steps == 0:
        return form, colour
    grow = ((steps, steps), (steps, steps))
    base = np.pad(form.cover, grow)
    sides = base
    for i in range(1, steps):
        sides = np.maximum(sides, np.roll(base, (round(dy * i / steps), round(dx * i / steps)), (0, 1)))
    lx, ly, _ = layout.light.direction
    gy, gx = np.gradient(cv2.GaussianBlur(base, (0, 0), max(1.0, part.radius / 12)))
    steep = np.hypot(gx, gy) + 1e-4
    facing = np.clip(0.30 - 0.55 * (gx * lx + gy * ly) / steep, 0.05, 0.8)
    tone = colour[form.cover > 0.5].mean(axis=0) if (form.cover > 0.5).any() else np.zeros(3, np.float32)
    wall = facing[..., None] * tone
    top = np.roll(base, (dy, dx), (0, 1))
    painted = np.roll(np.pad(colour, (*grow, (0, 0))), (dy, dx), (0, 1))
    mixed = wall * (1 - top[..., None]) + painted * top[..., None]
    cover = np.maximum(sides, top).astype(np.float32)
    return Relief(np.pad(form.height, grow), cover, np.pad(form.shade, grow), form.tall, form.straight), mixed.astype(
        np.float32
    )


def _shadow(canvas: Field, cover: Field, tall: float, part: PlacedPart, light: Light) -> None:
    """Two soft shadows multiplied into the canvas: close contact all round, and the one that the key light throws."""
    blur = cv2.GaussianBlur
    contact = blur(cover, (0, 0), 1.2 + tall * 0.16)
    lx, ly, lz = light.direction
    length = tall * min(1.6, np.hypot(lx, ly) / lz)
    unit = np.hypot(lx, ly)
    thrown = np.zeros_like(cover)
    for share in (0.25, 0.6, 1.0):
        dx, dy = -lx / unit * length * share, -ly / unit * length * share
        thrown = np.maximum(thrown, np.roll(cover, (round(dy), round(dx)), (0, 1)))
    softened = blur(thrown, (0, 0), 1.0 + tall * 0.14)
    dark = (1 - 0.42 * contact) * (1 - 0.58 * softened)
    rows, columns, window = _overlap(canvas, cover.shape, part)
    canvas[rows, columns] *= dark[window][..., None]


def _overlap(canvas: Field, shape: tuple[int, ...], part: PlacedPart) -> tuple[slice, slice, tuple[slice, slice]]:
    """Where a sprite of `shape` centred on the part meets the canvas, and which part of the sprite that is."""
    top, left = round(part.y) - shape[0] // 2, round(part.x) - shape[1] // 2
    rows = slice(max(0, top), max(0, min(canvas.shape[0], top + shape[0])))
    columns = slice(max(0, left), max(0, min(canvas.shape[1], left + shape[1])))
    window = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    return rows, columns, window


def _litter(canvas: Field, rng: np.random.Generator) -> None:
    """Dust, swarf and a stain or two, so that not everything small is a part."""
    height, width = canvas.shape[:2]
    for _ in range(int(rng.integers(0, 26))):
        x, y, turn = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 360)
        size = (int(rng.uniform(3, 9)), int(rng.uniform(2, 5)))
        start = rng.uniform(0, 200)
        tone = float(rng.uniform(0.05, 0.75))
        cv2.ellipse(
            canvas, (int(x), int(y)), size, turn, start, start + rng.uniform(30, 200), (tone, tone, tone), 1, 16
        )
    if rng.random() < 0.35:
        stain = np.clip(
            noise(rng, height, width, rng.uniform(70, 160)) + 0.3 * noise(rng, height, width, 14.0) - 1.3, 0, 0.5
        )
        canvas *= (1 - 0.4 * stain)[..., None]


def _photograph(canvas: Field, light: Light, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Uneven light, vignette, blur, exposure, white balance, sensor noise and a tone curve: linear BGR to 8-bit."""
    height, width = canvas.shape[:2]
    ys = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    xs = np.linspace(-1, 1, width, dtype=np.float32)[None]
    lx, ly, _ = light.direction
    falloff = 1 + rng.uniform(0.1, 0.5) * (xs * lx + ys * ly) - rng.uniform(0.05, 0.28) * (xs * xs + ys * ys)
    balance = (1 + rng.normal(0, 0.045, 3)).astype(np.float32)
    frame = canvas * (np.maximum(0.12, falloff) * np.float32(rng.uniform(0.8, 1.35)))[..., None] * balance
    frame = _focused(frame, xs, ys, rng)
    grain = np.float32(rng.uniform(0.006, 0.022))
    shot = cv2.GaussianBlur(rng.standard_normal((height, width), dtype=np.float32), (0, 0), 0.6)
    frame *= (np.float32(_STEPS / _WHITE) * (1 + grain * shot / np.sqrt(frame[..., 1] + 0.01)))[..., None]
    steps = np.clip(frame, 0, _STEPS - 1, out=frame).astype(np.uint16)
    return np.asarray(_tone_curve()[steps], dtype=np.uint8)


def _focused(frame: Field, xs: Field, ys: Field, rng: np.random.Generator) -> Field:
    """The lens: glare round highlights, a general softness, and now and then a plane of focus that runs away."""
    blur, resize = cv2.GaussianBlur, cv2.resize
    height, width = frame.shape[:2]
    glare = blur(np.maximum(0.0, resize(frame, (width // 4, height // 4), interpolation=3) - 0.9), (0, 0), 1.6)
    frame = frame + 0.25 * resize(glare, (width, height), interpolation=1)
    sharp = rng.random() < 0.7
    softness = float(rng.uniform(0.45, 0.8) if sharp else rng.uniform(0.8, 1.9))
    frame = np.asarray(blur(frame, (0, 0), softness), np.float32)
    if rng.random() < 0.35:
        turn = rng.uniform(0, 2 * np.pi)
        ramp = np.clip(1.4 * (xs * np.float32(np.cos(turn)) + ys * np.float32(np.sin(turn))), 0, 1)[..., None]
        frame += (blur(frame, (0, 0), 2.6) - frame) * ramp
    return np.asarray(frame, dtype=np.float32)


_STEPS, _WHITE = 8192, 3.0


@cache
def _tone_curve() -> NDArray[np.uint8]:
    """Linear light 0.._WHITE in _STEPS steps to display values: deep blacks, a soft shoulder, gamma 2.2."""
    x = np.linspace(0, _WHITE, _STEPS)
    shoulder = (1 - np.exp(-2.3 * x)) * x / (x + 0.035)
    return np.asarray(np.clip(shoulder, 0, 1) ** (1 / 2.2) * 255 + 0.5, dtype=np.uint8)


def _truth(
    owner: NDArray[np.int32], whole: NDArray[np.int64], parts: tuple[PlacedPart, ...]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Boxes of the pixels that are still each part's own after everything was laid on it."""
    boxes: list[tuple[float, float, float, float]] = []
    labels: list[int] = []
    for index, part in enumerate(parts):
        reach = int(part.radius * 1.6) + 8
        top, left = max(0, round(part.y) - reach), max(0, round(part.x) - reach)
        own = owner[top : round(part.y) + reach, left : round(part.x) + reach] == index
        if own.sum() >= max(12, MIN_VISIBLE * whole[index]):
            ys, xs = np.flatnonzero(own.any(axis=1)) + top, np.flatnonzero(own.any(axis=0)) + left
            boxes.append((float(xs[0]), float(ys[0]), float(xs[-1] + 1), float(ys[-1] + 1)))
            labels.append(part.label)
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64)
