"""Decoders of YOLO heads: for each stride one map of boxes relative to anchors, or of binned distances.

YOLOv5 and v7: `xy = (2 s(t) - 0.5 + cell) * stride`, `wh = (2 s(t))^2 * anchor`. YOLOv3 and v4: `xy = (s(t) + cell) *
stride`, `wh = exp(t) * anchor`. The anchors are nowhere in such a file; those of the authors are taken where nobody
says others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import (
    ANCHORS,
    PREPARATION,
    Candidates,
    Convert,
    LayoutGuess,
    Outputs,
    cxcywh_to_xyxy,
    dense,
    sigmoid,
)
from boxwright.inference.decoders.cells import LEVEL_OPTIONS, are_logits, check_rows, from_distances, grid_of
from boxwright.inference.decoders.levels import find_levels, level_rows
from boxwright.inference.decoders.options import OUTPUTS, OptionKind, Options, finite, one_of
from boxwright.inference.spec import ModelSpec

# Width and height in pixels of three anchors for each level, fine level first, as their authors publish them.
_SETS: Mapping[str, tuple[tuple[tuple[int, int], ...], ...]] = {
    "yolov5": (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198), (373, 326))),
    "yolov5-p6": (
        ((19, 27), (44, 40), (38, 94)),
        ((96, 68), (86, 152), (180, 137)),
        ((140, 301), (303, 264), (238, 542)),
        ((436, 615), (739, 380), (925, 792)),
    ),
    "yolov7": (((12, 16), (19, 36), (40, 28)), ((36, 75), (76, 55), (72, 146)), ((142, 110), (192, 243), (459, 401))),
    "yolov3": (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198), (373, 326))),
    "yolov4": (((12, 16), (19, 36), (40, 28)), ((36, 75), (76, 55), (72, 146)), ((142, 110), (192, 243), (459, 401))),
    "yolov3-tiny": (((10, 14), (23, 27), (37, 58)), ((81, 82), (135, 169), (344, 319))),
}
_FORMS = ("yolov5", "yolov3")
_USUAL = {(8, 16, 32): "yolov5", (8, 16, 32, 64): "yolov5-p6", (16, 32): "yolov3-tiny"}
_PER_CELL = 3
_STRIDES = (8, 16, 32, 64)
_BINS = 16
# The logarithm of a size that no box has.
_MOST_LOG = 12.0


def _are_anchors(value: Any) -> bool:
    if isinstance(value, str):
        return value in _SETS
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    return (
        array.ndim == 3
        and array.shape[1:] == (_PER_CELL, 2)
        and all(finite(v) and v > 0 for v in array.ravel().tolist())
    )


class YoloV5Heads:
    name = "yolov5-heads"
    title = "YOLOv5, v7, v3, v4 before decoding: three anchors to a cell, one output for each stride"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {
        **LEVEL_OPTIONS,
        "outputs": OUTPUTS,
        "form": one_of(*_FORMS),
        "anchors": OptionKind(
            Message("{0}, or for each stride three pairs of width and height in pixels", ", ".join(_SETS)), _are_anchors
        ),
    }

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        levels = find_levels(spec, _PER_CELL, most=1) or find_levels(_with_maps(spec), _PER_CELL, most=1)
        if levels is None:
            return None
        count = levels.widths["joined"] - 5
        if count < 1 or spec.class_count not in (None, count):
            return None
        rows = levels.numbers("joined")
        logits = are_logits(rows)
        # Most cells are empty, whichever the anchor.
        if float(np.median(rows[:, 4])) > (-1.0 if logits else 0.2):
            return None
        anchors = _USUAL.get(levels.strides, "yolov5")
        form = "yolov3" if anchors.startswith("yolov3") and logits else "yolov5"
        strides = ", ".join(map(str, levels.strides))
        own_axis = all(len(o.shape) != 4 for o in levels.roles["joined"])
        return LayoutGuess(
            layout=self.name,
            confidence=0.93 if own_axis or spec.class_count is not None else 0.6,
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                **levels.options,
                "outputs": levels.names("joined"),
                "logits": logits,
                "form": form,
                "anchors": anchors,
            },
            reasons=(
                Message(
                    "for each of the strides {0} three boxes to a cell with an objectness and {1} classes",
                    strides,
                    count,
                ),
            ),
            unknown=(ANCHORS,) if spec.metadata.exporter_conventions else (ANCHORS, *PREPARATION),
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        options = card.options
        rows = _joined(outputs, card, options.get("anchors_per_cell", _PER_CELL))
        check_rows(rows.shape[1], card)
        logits = options.get("logits", True)
        scores = sigmoid(rows[..., 4:]) if logits else rows[..., 4:]
        convert = _from_anchors(card, logits)
        return [dense(rows[i, :, :4], scores[i, :, 1:], conf, convert, scores[i, :, 0]) for i in range(count)]


class YoloV8Heads:
    name = "yolov8-heads"
    title = "YOLOv8, v11 before decoding: 4 x 16 bins and classes, one output for each stride"
    suppressed = False
    kinds = (ProbKind.SIGMOID,)
    options: ClassVar[Options] = {**LEVEL_OPTIONS, "outputs": OUTPUTS}

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        levels = find_levels(spec, 1, most=1)
        if levels is None:
            return None
        count = levels.widths["joined"] - 4 * _BINS
        if count < 1 or spec.class_count not in (None, count):
            return None
        rows = levels.numbers("joined")
        logits = are_logits(rows[:, 4 * _BINS :])
        quiet = float(np.median(rows[:, 4 * _BINS :])) < (-1.0 if logits else 0.2)
        if not quiet or not are_logits(rows[:, : 4 * _BINS]):
            return None
        strides = ", ".join(map(str, levels.strides))
        return LayoutGuess(
            layout=self.name,
            confidence=0.93 if spec.class_count is not None else _by_values(rows),
            kind=ProbKind.SIGMOID,
            class_count=count,
            input=spec.input_spec(channels="rgb", resize="letterbox"),
            options={
                **levels.options,
                "outputs": levels.names("joined"),
                "logits": logits,
                "bins": _BINS,
                "offset": 0.5,
            },
            reasons=(Message("for each of the strides {0} 4 x {1} bins and {2} classes", strides, _BINS, count),),
            unknown=() if spec.metadata.exporter_conventions else PREPARATION,
        )

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        rows = _joined(outputs, card, 1)
        check_rows(rows.shape[1], card)
        sides = 4 * card.options.get("bins", _BINS)
        classes = sigmoid(rows[..., sides:]) if card.options.get("logits", True) else rows[..., sides:]
        convert = from_distances(card)
        return [dense(rows[i, :, :sides], classes[i], conf, convert) for i in range(count)]


def _with_maps(spec: ModelSpec) -> ModelSpec:
    """The same with outputs of other forms as maps (1, 3 * C, H, W)."""
    outputs = []
    for output in spec.outputs:
        sides = [(-(-spec.height // s), -(-spec.width // s)) for s in _STRIDES]
        maps = (as_maps(output.sample, *side) for side in sides)
        changed = next((m for m in maps if m is not output.sample), output.sample)
        outputs.append(replace(output, sample=changed))
    return replace(spec, outputs=tuple(outputs))


def as_maps(array: Array, height: int, width: int) -> Array:
    """`array` as (batch, 3 * C, height, width) where it is (batch, 3, C, height, width), or has the cells of one anchor
    after those of the other: (batch, 3, cells, C) or (batch, 3 * cells, C). As it is otherwise."""
    shape, cells = array.shape, height * width
    if array.ndim == 5 and shape[1] == _PER_CELL and shape[3:] == (height, width) != shape[2:4]:
        return array.reshape(len(array), -1, height, width)
    alone = array.ndim == 3 and shape[1] == _PER_CELL * cells
    if alone or (array.ndim == 4 and shape[1:3] == (_PER_CELL, cells)):
        split = array.reshape(len(array), _PER_CELL, cells, shape[-1])
        return split.transpose(0, 1, 3, 2).reshape(len(array), -1, height, width)
    return array


def _by_values(rows: NDArray[np.float32]) -> float:
    """Bins wander about 0, classes of mostly nothing stay far below it."""
    return 0.75 if float(np.median(rows[:, : 4 * _BINS])) > float(np.median(rows[:, 4 * _BINS :])) + 2 else 0.5


def _joined(outputs: Outputs, card: DetectorCard, anchors: int) -> NDArray[np.float32]:
    nhwc, spec = card.options.get("nhwc", False), card.input
    rows = []
    for name, stride in zip(card.options["outputs"], card.options["strides"], strict=True):
        array = outputs[name]
        if anchors == _PER_CELL:
            array = as_maps(array, -(-spec.height // stride), -(-spec.width // stride))
        rows.append(level_rows(array, anchors, nhwc))
    return np.concatenate(rows, axis=1)


def _from_anchors(card: DetectorCard, logits: bool) -> Convert:
    options = card.options
    said = options.get("anchors", "yolov5")
    sizes = _SETS[said] if isinstance(said, str) else said
    if len(sizes) != len(options["strides"]):
        raise ModelError(
            "The card's 'options.anchors' are for {0} levels, but 'options.strides' has {1}; mend the card.",
            len(sizes),
            len(options["strides"]),
        )
    grid = grid_of(card)
    repeats = [int((grid[:, 2] == s).sum()) // _PER_CELL for s in options["strides"]]
    anchors = np.concatenate([np.tile(np.asarray(a, np.float32), (n, 1)) for a, n in zip(sizes, repeats)])
    v3 = options.get("form", "yolov5") == "yolov3"

    def convert(numbers: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        at, stride = grid[rows, :2], grid[rows, 2:]
        shares = sigmoid(numbers.astype(np.float32)) if logits else numbers
        if v3:
            middle = (shares[:, :2] + at) * stride
            size = np.exp(np.minimum(numbers[:, 2:], _MOST_LOG)) * anchors[rows]
        else:
            middle = (2 * shares[:, :2] - 0.5 + at) * stride
            size = (2 * shares[:, 2:]) ** 2 * anchors[rows]
        return cxcywh_to_xyxy(np.concatenate([middle, size], axis=1))

    return convert
