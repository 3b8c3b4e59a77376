"""Outputs that come level by level: for each stride one with class numbers and one with box distances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.inference.decoders.grid import cell_count
from boxwright.inference.spec import ModelSpec, OutputSpec

_STRIDES = (4, 8, 16, 32, 64, 128)
# One plain number, or as many bins as such detectors are trained with; others are offsets from several anchors.
_BINS = (1, 8, 16, 17, 32, 33)
# A distance is never below zero, but for rounding.
_NEGATIVE = 0.05
_CLASS_NAMES = ("cls", "class", "score", "conf")
_BOX_NAMES = ("dis", "reg", "box", "loc")


@dataclass(frozen=True)
class Levels:
    """`strides` ascending. `bins` 1 where the distances are plain numbers. `logits`: class numbers need a sigmoid."""

    options: Mapping[str, Any]
    class_count: int
    bins: int
    strides: tuple[int, ...]
    logits: bool
    reason: str


def level_rows(array: NDArray[Any]) -> NDArray[np.float32]:
    """A level as (batch, cells, channels) float32, from that or from (batch, channels, height, width)."""
    values = np.asarray(array, dtype=np.float32)
    if values.ndim == 4:
        values = values.reshape(*values.shape[:2], -1).transpose(0, 2, 1)
    return values


def find_levels(spec: ModelSpec) -> Levels | None:
    """The pairs of outputs, None when the outputs are not such pairs."""
    by_stride: dict[int, list[OutputSpec]] = {}
    for output in spec.outputs:
        stride = _stride(spec, output)
        if stride is not None:
            by_stride.setdefault(stride, []).append(output)
    strides = tuple(sorted(by_stride))
    if len(strides) < 2 or any(len(by_stride[s]) != 2 for s in strides):
        return None
    channels = {tuple(sorted(level_rows(o.sample).shape[2] for o in by_stride[s])) for s in strides}
    if len(channels) != 1:
        return None
    pairs = [_ordered(spec, by_stride[s]) for s in strides]
    if any(p is None for p in pairs):
        return None
    classes = [p[0] for p in pairs if p]
    distances = [p[1] for p in pairs if p]
    numbers = np.concatenate([o.sample.ravel() for o in classes])
    options = {"class_outputs": [o.name for o in classes], "distance_outputs": [o.name for o in distances]}
    bins = level_rows(distances[0].sample).shape[2] // 4
    if bins not in _BINS or (bins == 1 and any((o.sample < 0).mean() > _NEGATIVE for o in distances)):
        return None
    return Levels(
        options,
        level_rows(classes[0].sample).shape[2],
        bins,
        strides,
        bool((numbers < 0).any() or (numbers > 1).any()),
        f"for each of the strides {', '.join(map(str, strides))} an output with classes and one with distances",
    )


def _stride(spec: ModelSpec, output: OutputSpec) -> int | None:
    if not output.floating or len(output.shape) not in (3, 4) or output.shape[0] != 1:
        return None
    cells = output.shape[1] if len(output.shape) == 3 else output.shape[2] * output.shape[3]
    return next((s for s in _STRIDES if cell_count(spec.width, spec.height, s) == cells), None)


def _ordered(spec: ModelSpec, pair: list[OutputSpec]) -> tuple[OutputSpec, OutputSpec] | None:
    """Classes first. By name, then by the number of classes, then by what can be distances at all."""
    a, b = pair
    for one, other in ((a, b), (b, a)):
        if _named(one, _CLASS_NAMES) and _named(other, _BOX_NAMES):
            return (one, other) if _channels(other) % 4 == 0 else None
    for one, other in ((a, b), (b, a)):
        if _channels(one) == spec.class_count and _channels(other) % 4 == 0 and _channels(other) != spec.class_count:
            return one, other
    usable = [o for o in pair if _channels(o) % 4 == 0]
    if len(usable) == 2:
        usable = [o for o in pair if _channels(o) in (4, 32, 64, 68)] or usable
    if len(usable) != 1:
        scores = [o for o in pair if bool(((o.sample >= 0) & (o.sample <= 1)).all())]
        usable = [o for o in pair if o not in scores] if len(scores) == 1 else []
    if len(usable) != 1:
        return None
    return (b, a) if usable[0] is a else (a, b)


def _named(output: OutputSpec, parts: tuple[str, ...]) -> bool:
    return any(p in output.name.lower() for p in parts)


def _channels(output: OutputSpec) -> int:
    return int(level_rows(output.sample).shape[2])
