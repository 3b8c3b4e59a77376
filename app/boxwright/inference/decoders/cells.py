"""Conversion of a cell's numbers to boxes: distances to four sides, offsets with log sizes, or anchors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import Candidates, Convert, Outputs, cxcywh_to_xyxy, dense, sigmoid, softmax
from boxwright.inference.decoders.grid import cells
from boxwright.inference.decoders.levels import Levels, level_rows
from boxwright.inference.decoders.options import (
    BINS,
    COUNT,
    FLAG,
    OFFSET,
    ONE_BY_ONE,
    OUTPUTS,
    STRIDES,
    OptionKind,
    Options,
    one_of,
    whole,
)

LEVEL_OPTIONS: Options = {
    "strides": STRIDES,
    "anchors_per_cell": OptionKind(Message("1, 2 or 3"), lambda v: whole(v, 1, 3)),
    "nhwc": FLAG,
    "class_outputs": OUTPUTS,
    "distance_outputs": OUTPUTS,
    "object_outputs": OUTPUTS,
    "logits": FLAG,
    "object_logits": FLAG,
    "bins": BINS,
    "offset": OFFSET,
    "distances": one_of("strides", "pixels"),
    "classes": COUNT,
    **ONE_BY_ONE,
}

# Sizes of boxes that no logarithm of a size may pass: e to this power is thousands of strides.
_MOST_LOG = 12.0


def level_outputs(levels: Levels) -> dict[str, Any]:
    """The names of the outputs by what they hold, as `decode_levels` wants them."""
    options: dict[str, Any] = {
        **levels.options,
        "class_outputs": levels.names("classes"),
        "distance_outputs": levels.names("boxes"),
        "logits": are_logits(levels.numbers("classes")),
    }
    if "objects" in levels.roles:
        options["object_outputs"] = levels.names("objects")
        options["object_logits"] = are_logits(levels.numbers("objects"))
    return options


def are_logits(numbers: NDArray[np.floating]) -> bool:
    """True for numbers that need a sigmoid to be probabilities."""
    return bool((numbers < -0.01).any() or (numbers > 1.01).any())


def decode_levels(
    outputs: Outputs, count: int, card: DetectorCard, conf: float, convert: Convert, root: bool = False
) -> list[Candidates]:
    """Boxes of levels whose classes and boxes are outputs of their own. root: the score is the root of class times
    objectness, as some are trained."""
    options = card.options
    classes = _joined(outputs, card, "class_outputs")
    numbers = _joined(outputs, card, "distance_outputs")
    check_rows(numbers.shape[1], card)
    classes = sigmoid(classes) if options.get("logits") else classes
    if not options.get("object_outputs"):
        return [dense(numbers[i], classes[i], conf, convert) for i in range(count)]
    objects = _joined(outputs, card, "object_outputs")[..., 0]
    objects = sigmoid(objects) if options.get("object_logits") else objects
    if root:
        both = np.sqrt(np.clip(classes, 0.0, 1.0) * np.clip(objects, 0.0, 1.0)[..., None])
        return [dense(numbers[i], both[i], conf, convert) for i in range(count)]
    return [dense(numbers[i], classes[i], conf, convert, objects[i]) for i in range(count)]


def _joined(outputs: Outputs, card: DetectorCard, key: str) -> NDArray[np.float32]:
    anchors, nhwc = card.options.get("anchors_per_cell", 1), card.options.get("nhwc", False)
    return np.concatenate([level_rows(outputs[n], anchors, nhwc) for n in card.options[key]], axis=1)


def grid_of(card: DetectorCard, offset: float = 0.0) -> NDArray[np.float32]:
    """(N,3) as `cells`, for the card's input, strides and anchors."""
    spec, options = card.input, card.options
    return cells(spec.width, spec.height, tuple(options["strides"]), offset, options.get("anchors_per_cell", 1))


def check_rows(rows: int, card: DetectorCard) -> None:
    """Raises ModelError when the strides of the card do not make as many rows as the outputs have."""
    expected = len(grid_of(card))
    if rows != expected:
        strides = ", ".join(map(str, card.options["strides"]))
        raise ModelError(
            "The outputs hold {0} rows, but the strides {1} of the card's 'options.strides' make {2}; mend the card.",
            rows,
            strides,
            expected,
        )


def from_distances(card: DetectorCard) -> Convert:
    """Boxes from the distances to left, top, right and bottom, each one number or the mean over bins."""
    options = card.options
    grid = grid_of(card, options.get("offset", 0.5))
    bins = np.arange(options.get("bins", 1), dtype=np.float32)
    pixels = options.get("distances", "strides") == "pixels"

    def convert(distances: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        sides = (
            softmax(distances.reshape(len(rows), 4, len(bins)).astype(np.float32)) @ bins
            if len(bins) > 1
            else distances
        )
        at, stride = grid[rows, :2], grid[rows, 2:]
        sides = sides / stride if pixels else sides
        corners = np.concatenate([at - sides[:, :2], at + sides[:, 2:]], axis=1) * stride
        return np.asarray(corners, dtype=np.float32)

    return convert


def from_offsets(card: DetectorCard) -> Convert:
    """Boxes from an offset of the middle from the cell's corner and the logarithms of width and height, in strides."""
    grid = grid_of(card)

    def convert(offsets: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        at, stride = grid[rows, :2], grid[rows, 2:]
        size = np.exp(np.minimum(offsets[:, 2:], _MOST_LOG))
        return cxcywh_to_xyxy(np.concatenate([(offsets[:, :2] + at) * stride, size * stride], axis=1))

    return convert
