"""Outputs that come level by level: for each stride one, two, three or four, as maps or as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.inference.decoders.grid import cell_count
from boxwright.inference.spec import ModelSpec, OutputSpec

STRIDES = (4, 8, 16, 32, 64, 128)
# One plain number, or as many bins as such detectors are trained with; others are offsets from several anchors.
_BINS = (1, 8, 16, 17, 32, 33)
_MOST_OUTPUTS = 4
_LANDMARKS = 10

_NAMES = {
    "sum": ("sum",),
    "objects": ("obj", "centerness", "centreness", "ctr"),
    "points": ("kps", "kpt", "keypoint", "landm", "point"),
    "boxes": ("box", "reg", "dis", "loc"),
    "classes": ("cls", "class", "score", "conf"),
}


@dataclass(frozen=True, eq=False)
class Levels:
    """Recognised outputs of a detector that answers level by level.

    Outputs by stride, ascending, and by role: `joined` alone, or `classes` and `boxes`, and at times `objects`,
    `sum` or `points`. `anchors` per cell; `nhwc`: maps have their channels last. `widths`: channels for one anchor.
    """

    strides: tuple[int, ...]
    anchors: int
    nhwc: bool
    roles: Mapping[str, tuple[OutputSpec, ...]]
    widths: Mapping[str, int]

    def rows(self, role: str) -> list[NDArray[np.float32]]:
        """The sample of each stride as (rows, channels)."""
        return [level_rows(o.sample, self.anchors, self.nhwc)[0] for o in self.roles[role]]

    def numbers(self, role: str) -> NDArray[np.float32]:
        """All rows of all strides."""
        return np.concatenate(self.rows(role))

    @property
    def options(self) -> dict[str, Any]:
        """The card options that say how to find them again."""
        options: dict[str, Any] = {"strides": list(self.strides), "anchors_per_cell": self.anchors, "nhwc": self.nhwc}
        first = next(iter(self.roles.values()))[0]
        if len(first.shape) == 2:
            options["one_by_one"] = True
        return options

    def names(self, role: str) -> list[str]:
        return [o.name for o in self.roles.get(role, ())]


def level_rows(array: Array, anchors: int = 1, nhwc: bool = False) -> NDArray[np.float32]:
    """A level as (batch, rows, channels) float32, a cell's anchors one after the other: from that, with or without the
    batch axis; from maps (batch, anchors * channels, height, width), or with their channels last (`nhwc`); from
    (batch, anchors, height, width, channels), or with the anchors behind the cells (`nhwc`)."""
    values = np.asarray(array, dtype=np.float32)
    if values.ndim == 2:
        return values[None]
    if values.ndim == 4:
        if nhwc:
            values = values.reshape(len(values), -1, values.shape[3] // anchors)
        else:
            values = values.reshape(len(values), anchors, values.shape[1] // anchors, -1)
            values = values.transpose(0, 3, 1, 2).reshape(len(values), -1, values.shape[2])
    elif values.ndim == 5:
        values = values if nhwc else values.transpose(0, 2, 3, 1, 4)
        values = values.reshape(len(values), -1, values.shape[4])
    return values


def find_levels(spec: ModelSpec, anchors: int, most: int = _MOST_OUTPUTS) -> Levels | None:
    """The levels with `anchors` boxes to a cell and up to `most` outputs each; None when the outputs are no levels.

    Outputs that belong to no level are left aside.
    """
    for nhwc in (spec.image.nhwc, not spec.image.nhwc):
        by_stride: dict[int, list[OutputSpec]] = {}
        for output in spec.outputs:
            stride = _stride(spec, output, anchors, nhwc)
            if stride is not None:
                by_stride.setdefault(stride, []).append(output)
        strides = tuple(sorted(by_stride))
        signatures = {tuple(sorted(_width(o, anchors, nhwc) for o in by_stride[s])) for s in strides}
        if len(strides) < 2 or len(signatures) != 1 or len(next(iter(signatures))) > most:
            continue
        found = [_roles(spec, by_stride[s], anchors, nhwc) for s in strides]
        if any(f is None for f in found) or len({tuple(sorted(f)) for f in found if f}) != 1:
            continue
        roles = {role: tuple(f[role] for f in found if f) for role in found[0] or {}}
        widths = {role: _width(outputs[0], anchors, nhwc) for role, outputs in roles.items()}
        return Levels(strides, anchors, nhwc, roles, widths)
    return None


def bins_of(levels: Levels) -> int | None:
    """Numbers for each side of a box: 1, or the bins of a distribution; None where they are neither."""
    width = levels.widths["boxes"]
    return width // 4 if width % 4 == 0 and width // 4 in _BINS else None


def _stride(spec: ModelSpec, output: OutputSpec, anchors: int, nhwc: bool) -> int | None:
    shape = output.shape
    if not output.floating or not output.sample.size:
        return None
    if len(shape) == 2 or (len(shape) == 3 and shape[0] == 1):
        # Without a batch axis a kept box is a row as well; those are of open number.
        if len(shape) == 2 and shape[1] in (5, 6, 7):
            return None
        return next((s for s in STRIDES if anchors * cell_count(spec.width, spec.height, s) == shape[-2]), None)
    if len(shape) == 4 and shape[0] == 1:
        sides, channels = (shape[1:3], shape[3]) if nhwc else (shape[2:], shape[1])
        if channels % anchors:
            return None
    elif len(shape) == 5 and shape[0] == 1 and shape[3 if nhwc else 1] == anchors:
        sides = shape[1:3] if nhwc else shape[2:4]
    else:
        return None
    return next((s for s in STRIDES if sides == (-(-spec.height // s), -(-spec.width // s))), None)


def _width(output: OutputSpec, anchors: int, nhwc: bool) -> int:
    return int(level_rows(output.sample, anchors, nhwc).shape[2])


def _roles(spec: ModelSpec, outputs: list[OutputSpec], anchors: int, nhwc: bool) -> dict[str, OutputSpec] | None:
    """What each output of one level is: by its name, by its channels, by what its numbers can be."""
    if len(outputs) == 1:
        return {"joined": outputs[0]}
    widths = {o.name: _width(o, anchors, nhwc) for o in outputs}
    roles = _by_name(outputs, widths)
    left = [o for o in outputs if o not in roles.values()]
    if "boxes" not in roles:
        boxes = _boxes(spec, left, widths)
        if boxes is None:
            return None
        roles["boxes"] = boxes
        left.remove(boxes)
    if "points" not in roles and len(left) > 1:
        points = [o for o in left if widths[o.name] == _LANDMARKS != spec.class_count]
        if len(points) == 1:
            roles["points"] = points[0]
            left.remove(points[0])
    if "classes" not in roles and left:
        likely = [o for o in left if widths[o.name] == spec.class_count] or left
        roles["classes"] = max(likely, key=lambda o: widths[o.name])
        left.remove(roles["classes"])
    if len(left) == 1 and widths[left[0].name] == 1 and not {"objects", "sum"} & roles.keys():
        classes = level_rows(roles["classes"].sample, anchors, nhwc)[0]
        summed = _is_sum(classes, level_rows(left[0].sample, anchors, nhwc)[0], widths[roles["boxes"].name])
        roles["sum" if summed else "objects"] = left.pop()
    single = all(widths[roles[r].name] == 1 for r in ("objects", "sum") if r in roles)
    return roles if not left and "classes" in roles and single else None


def _by_name(outputs: list[OutputSpec], widths: Mapping[str, int]) -> dict[str, OutputSpec]:
    """The roles that names tell, each only where it is one output's alone."""
    said = {
        o.name: next((r for r, parts in _NAMES.items() if any(p in o.name.lower() for p in parts)), "") for o in outputs
    }
    counts = Counter(said.values())
    roles = {role: o for o in outputs if (role := said[o.name]) and counts[role] == 1}
    if "boxes" in roles and widths[roles["boxes"].name] % 4:
        del roles["boxes"]
    return {r: o for r, o in roles.items() if r not in ("objects", "sum") or widths[o.name] == 1}


def _boxes(spec: ModelSpec, outputs: list[OutputSpec], widths: Mapping[str, int]) -> OutputSpec | None:
    usable = [o for o in outputs if widths[o.name] % 4 == 0]
    for one in usable:
        # As many classes as a box has numbers.
        if len(usable) == 2 and widths[one.name] == spec.class_count != widths[usable[1 - usable.index(one)].name]:
            usable = [o for o in usable if o is not one]
            break
    if len(usable) > 1:
        usable = [o for o in usable if widths[o.name] in (4, 32, 64, 68)] or usable
    if len(usable) != 1:
        scores = [o for o in outputs if bool(((o.sample >= 0) & (o.sample <= 1)).all())]
        usable = [o for o in usable if o not in scores] if len(scores) < len(outputs) else []
    return usable[0] if len(usable) == 1 else None


def _is_sum(classes: NDArray[np.float32], third: NDArray[np.float32], box_width: int) -> bool:
    """Whether a map of one channel only adds up the classes, as exports for NPUs write it to be quick. Beside binned
    distances there is never an objectness."""
    sums = np.clip(classes.sum(axis=1), 0.0, 1.0)
    return box_width > 4 or bool(np.allclose(sums, third[:, 0], rtol=0.05, atol=1e-4))
