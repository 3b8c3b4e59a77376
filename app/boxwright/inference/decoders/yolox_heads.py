"""Decoder of YOLOX before its levels are joined: boxes, objectness, classes of each in one output or three."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import PREPARATION, Candidates, LayoutGuess, Outputs, dense, sigmoid
from boxwright.inference.decoders.cells import (
    LEVEL_OPTIONS,
    are_logits,
    check_rows,
    decode_levels,
    from_offsets,
    level_outputs,
)
from boxwright.inference.decoders.levels import Levels, find_levels, level_rows
from boxwright.inference.decoders.options import OUTPUTS, Options
from boxwright.inference.spec import ModelSpec

_NEGATIVE = 0.05


class YoloXHeads:
    name = "yolox-heads"
    title = "YOLOX by levels: offsets, objectness and classes, in one or three outputs for each stride"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**LEVEL_OPTIONS, "outputs": OUTPUTS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        levels = find_levels(spec, 1)
        if levels is None:
            return None
        if "joined" in levels.roles:
            return self._one_each(spec, levels)
        if levels.roles.keys() != {"classes", "boxes", "objects"} or levels.widths["boxes"] != 4:
            return None
        if (levels.numbers("boxes")[:, 2:] < 0).mean() <= _NEGATIVE:
            return None
        return self._guess(spec, levels, levels.widths["classes"], 0.93, level_outputs(levels))

    def _one_each(self, spec: ModelSpec, levels: Levels) -> LayoutGuess | None:
        count = levels.widths["joined"] - 5
        if count < 1 or spec.class_count not in (None, count):
            return None
        rows = levels.numbers("joined")
        logits = are_logits(rows[:, 4:])
        # The columns after the box are scores of mostly nothing.
        quiet = float(np.median(rows[:, 4:])) < (-1.0 if logits else 0.2)
        if not quiet or (not logits and not are_logits(rows[:, :4])):
            return None
        options = {**levels.options, "outputs": levels.names("joined"), "logits": logits}
        sure = spec.class_count is not None
        return self._guess(spec, levels, count, 0.93 if sure else 0.5, options)

    def _guess(
        self, spec: ModelSpec, levels: Levels, count: int, confidence: float, options: dict[str, object]
    ) -> LayoutGuess:
        return LayoutGuess(
            layout=self.name,
            confidence=confidence,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="bgr", resize="pad", scale=1.0),
            options=options,
            reasons=(
                Message(
                    "for each of the strides {0} offsets in a grid, an objectness and {1} classes, as YOLOX has them",
                    ", ".join(map(str, levels.strides)),
                    count,
                ),
            ),
            unknown=PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        if "outputs" not in options:
            return decode_levels(outputs, count, card, conf, from_offsets(card))
        rows = np.concatenate(
            [level_rows(outputs[n], 1, options.get("nhwc", False)) for n in options["outputs"]], axis=1
        )
        check_rows(rows.shape[1], card)
        scores = sigmoid(rows[..., 4:]) if options.get("logits") else rows[..., 4:]
        convert = from_offsets(card)
        return [dense(rows[i, :, :4], scores[i, :, 1:], conf, convert, scores[i, :, 0]) for i in range(count)]
