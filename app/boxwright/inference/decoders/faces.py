"""Decoders of the two commonest detectors of faces, level by level: SCRFD (distances) and YuNet (offsets)."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Candidates, LayoutGuess, Outputs
from boxwright.inference.decoders.cells import (
    LEVEL_OPTIONS,
    decode_levels,
    from_distances,
    from_offsets,
    level_outputs,
)
from boxwright.inference.decoders.levels import Levels, find_levels
from boxwright.inference.spec import ModelSpec

_SCRFD_LEVELS = {2: (8, 16, 32), 1: (8, 16, 32, 64, 128)}
_NEGATIVE = 0.05


class Scrfd:
    """Decoder of SCRFD faces.

    Distances in strides from the corner of a cell; the landmarks of KPS files are not read.
    """

    name = "scrfd"
    title = "SCRFD: faces, per level scores, distances and landmarks, two boxes to a cell"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options = LEVEL_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        for anchors, strides in _SCRFD_LEVELS.items():
            levels = find_levels(spec, anchors)
            if levels is not None and levels.strides == strides and self._fits(spec, levels):
                return self._guess(spec, levels)
        return None

    def _fits(self, spec: ModelSpec, levels: Levels) -> bool:
        if not {"classes", "boxes"} <= levels.roles.keys() or {"objects", "sum"} & levels.roles.keys():
            return False
        count = levels.widths["classes"]
        return (
            levels.widths["boxes"] == 4
            and spec.class_count in (None, count)
            # One box to a cell is no sign of itself.
            and (levels.anchors == 2 or count == 1)
            and (levels.numbers("boxes") < 0).mean() <= _NEGATIVE
        )

    def _guess(self, spec: ModelSpec, levels: Levels) -> LayoutGuess:
        return LayoutGuess(
            layout=self.name,
            confidence=0.95 if levels.anchors == 2 or "points" in levels.roles else 0.85,
            kind=ProbKind.SIGMOID,
            class_count=levels.widths["classes"],
            input=spec.input_spec(
                channels="rgb", resize="pad", pad_value=0, scale=1.0, mean=(127.5,) * 3, std=(128.0,) * 3
            ),
            options={**level_outputs(levels), "bins": 1, "offset": 0.0, "distances": "strides"},
            reasons=(
                Message(
                    "for each of the strides {0} scores and distances of {1} boxes to a cell, as SCRFD has them",
                    ", ".join(map(str, levels.strides)),
                    levels.anchors,
                ),
            ),
            also=tuple(levels.names("points")),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_levels(outputs, count, card, conf, from_distances(card))


class YuNet:
    """Decoder of YuNet faces.

    Offsets and logarithms of sizes as in YOLOX; the score is the root of class times objectness.
    """

    name = "yunet"
    title = "YuNet: faces, per level a class, an objectness, a box and landmarks"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options = LEVEL_OPTIONS

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        levels = find_levels(spec, 1)
        if levels is None or not {"classes", "boxes", "points"} <= levels.roles.keys():
            return None
        # A single class is the sum of its classes as well.
        if not {"objects", "sum"} & levels.roles.keys():
            return None
        count = levels.widths["classes"]
        if levels.widths["boxes"] != 4 or spec.class_count not in (None, count):
            return None
        options = level_outputs(levels)
        if "sum" in levels.roles:
            options |= {"object_outputs": levels.names("sum"), "object_logits": options["logits"]}
        return LayoutGuess(
            layout=self.name,
            confidence=0.95,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="pad", pad_value=0, scale=1.0),
            options=options,
            reasons=(
                Message(
                    "for each of the strides {0} a class, an objectness, a box and landmarks, as YuNet has them",
                    ", ".join(map(str, levels.strides)),
                ),
            ),
            also=tuple(levels.names("points")),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        return decode_levels(outputs, count, card, conf, from_offsets(card), root=True)
