"""Decoder of NanoDet and its like: per level, class scores and the distances to the four sides or bins of them.

A binned distance is `stride * sum(i * softmax(bins)_i)` (Generalized Focal Loss, Li et al. 2020), left, top, right,
bottom. It is measured from the middle of a cell, but in NanoDet-Plus, SCRFD and RTMDet from its corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import (
    CELL_OFFSET,
    CHANNEL_ORDER,
    DISTANCE_UNITS,
    PREPARATION,
    Candidates,
    LayoutGuess,
    Outputs,
    dense,
    sigmoid,
)
from boxwright.inference.decoders.cells import (
    LEVEL_OPTIONS,
    check_rows,
    decode_levels,
    from_distances,
    level_outputs,
)
from boxwright.inference.decoders.fused import Fused, fused_outputs, rows_of
from boxwright.inference.decoders.levels import Levels, bins_of, find_levels
from boxwright.inference.decoders.options import OUTPUT, Options
from boxwright.inference.spec import ModelSpec

_NANODET = {
    "channels": "bgr",
    "resize": "stretch",
    "scale": 1.0,
    "mean": (103.53, 116.28, 123.675),
    "std": (57.375, 57.12, 58.395),
}
# The same numbers in the order of the channels that PicoDet is trained with.
_PICODET = {**_NANODET, "channels": "rgb", "mean": (123.675, 116.28, 103.53), "std": (58.395, 57.12, 57.375)}
_RTMDET = {**_NANODET, "resize": "pad"}
_NANODET_BINS = 8
# A distance is never below zero, but for rounding.
_NEGATIVE = 0.05
# Distances of so many strides reach over most inputs; of so few pixels they reach nowhere.
_FAR = 40.0
_NEAR = 8.0
# The levels of SCRFD's larger files, which are measured otherwise.
_SCRFD = (8, 16, 32, 64, 128)


@dataclass(frozen=True)
class _Style:
    """Whose conventions hold: `offset` of the point in its cell, in cells; `unknown` what they leave open."""

    prepared: dict[str, Any]
    offset: float
    reason: str
    confidence: float = 0.96
    unknown: tuple[str, ...] = ()


class NanoDet:
    name = "nanodet"
    title = "NanoDet, PicoDet, RTMDet, YOLOv8 by levels: class scores and distances, per level or joined"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**LEVEL_OPTIONS, "output": OUTPUT}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        levels = find_levels(spec, 1)
        if levels is not None and "boxes" in levels.roles:
            return self._by_levels(spec, levels)
        for fused in fused_outputs(spec):
            if (guess := self._fused(spec, fused)) is not None:
                return guess
        return None

    def _by_levels(self, spec: ModelSpec, levels: Levels) -> LayoutGuess | None:
        bins, count = bins_of(levels), levels.widths["classes"]
        if bins is None or spec.class_count not in (None, count) or "points" in levels.roles:
            return None
        if bins == 1 and (levels.numbers("boxes") < 0).mean() > _NEGATIVE:
            return None
        units = _units(levels) if bins == 1 else "strides"
        style = _style(levels, bins, units)
        strides = ", ".join(map(str, levels.strides))
        parts = len(levels.roles)
        return LayoutGuess(
            layout=self.name,
            confidence=style.confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(**style.prepared),
            options={
                **level_outputs(levels),
                "classes": count,
                "bins": bins,
                "offset": style.offset,
                "distances": units or "strides",
            },
            reasons=(
                Message("for each of the strides {0} an output with classes and one with distances", strides)
                if parts == 2
                else Message(
                    "for each of the strides {0} {1} outputs: classes, distances and how sure a cell is", strides, parts
                ),
                style.reason,
            ),
            unknown=(*style.unknown, *(() if units else (DISTANCE_UNITS,))),
            also=tuple(levels.names("sum")),
        )

    def _fused(self, spec: ModelSpec, fused: Fused) -> LayoutGuess | None:
        """All levels in one output `[1, N, C + 4 * 8]`, the classes first and already sigmoids."""
        count = fused.columns - 4 * _NANODET_BINS
        if fused.transposed or fused.anchors != 1 or count < 1 or spec.class_count not in (None, count):
            return None
        classes, distances = fused.values[:, :count], fused.values[:, count:]
        if not bool(((classes >= 0) & (classes <= 1)).all() and ((distances < 0) | (distances > 1)).any()):
            return None
        plus = 64 in fused.strides
        return LayoutGuess(
            layout=self.name,
            confidence=0.96,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(**_NANODET),
            options={
                "output": fused.name,
                **({"one_by_one": True} if fused.alone else {}),
                "strides": list(fused.strides),
                "classes": count,
                "bins": _NANODET_BINS,
                "logits": False,
                "offset": 0.0 if plus else 0.5,
            },
            reasons=(
                Message("rows of '{0}' hold {1} scores and 4 x {2} bins", fused.name, count, _NANODET_BINS),
                Message(
                    "one joined output with a level of stride 64, as NanoDet-Plus has it: "
                    "boxes from the corner of a cell"
                )
                if plus
                else Message("levels up to stride 32, as NanoDet has them: boxes from the middle of a cell"),
            ),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        convert = from_distances(card)
        if "output" not in options:
            return decode_levels(outputs, count, card, conf, convert)
        rows = rows_of(outputs[options["output"]], False)
        check_rows(rows.shape[1], card)
        classes, distances = rows[..., : options["classes"]], rows[..., options["classes"] :]
        classes = sigmoid(classes) if options.get("logits") else classes
        return [dense(distances[i], classes[i], conf, convert) for i in range(count)]


def _style(levels: Levels, bins: int, units: str | None) -> _Style:
    if bins == _NANODET_BINS and 64 in levels.strides:
        reason = Message(
            "a level of stride 64 in outputs of its own, as PicoDet has it: boxes from the middle of a cell"
        )
        named = any("plus" in n.lower() or "pred_stride" in n.lower() for n in levels.names("classes"))
        return _Style(_PICODET, 0.5, reason, unknown=(CHANNEL_ORDER, *((CELL_OFFSET,) if named else ())))
    if bins == _NANODET_BINS:
        return _Style(_NANODET, 0.5, Message("bins and levels as NanoDet has them: boxes from the middle of a cell"))
    if bins > 1:
        reason = Message("{0} bins to a side: boxes from the middle of a cell", bins)
        return _Style({"channels": "rgb"}, 0.5, reason, 0.9, PREPARATION)
    if "objects" in levels.roles:
        return _Style(_RTMDET, 0.5, Message("a centreness beside each distance, as FCOS has it"), 0.8, PREPARATION)
    if units == "pixels":
        reason = Message("distances in pixels, as RTMDet has them: boxes from the corner of a cell")
        return _Style(_RTMDET, 0.0, reason, 0.8, (*PREPARATION, CELL_OFFSET))
    scrfd = levels.strides == _SCRFD and levels.widths["classes"] == 1
    return _Style({"channels": "rgb"}, 0.5, Message("plain distances"), 0.6 if scrfd else 0.8, PREPARATION)


def _units(levels: Levels) -> str | None:
    """Whether plain distances are strides or pixels; None where the sample does not tell. The same shapes are about as
    many cells wide on every level, so pixels grow with the stride."""
    medians = [float(np.median(rows)) for rows in levels.rows("boxes")]
    largest = float(levels.numbers("boxes").max(initial=0.0))
    growth = medians[-1] / medians[0] if medians[0] > 0 else 1.0
    span = levels.strides[-1] / levels.strides[0]
    if growth > span**0.6 and largest > _NEAR:
        return "pixels"
    return "strides" if growth < span**0.3 and 0 < largest <= _FAR else None
