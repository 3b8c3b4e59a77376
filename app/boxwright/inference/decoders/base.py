"""Protocol of decoders, which recognise an output layout and read boxes and class vectors from it; helpers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.spec import ModelSpec

Outputs = Mapping[str, Array]
Convert = Callable[[NDArray[np.floating], NDArray[np.intp]], NDArray[np.float32]]

CLASS_NAMES = Message("class names")
NORMALISATION = "normalisation"
CHANNEL_ORDER = Message("channel order")
RESIZE_RULE = Message("resize rule")
BOX_UNITS = Message("box units")
BOX_ORDER = Message("box order")
ROW_ORDER = Message("order of a row")
CELL_OFFSET = Message("place in the cell")
DISTANCE_UNITS = Message("distance units")
ANCHORS = "anchors"
PREPARATION = (NORMALISATION, CHANNEL_ORDER, RESIZE_RULE)


@dataclass(frozen=True)
class LayoutGuess:
    """Reading of a detector file by one layout.

    Attributes:
        layout: The decoder's name.
        confidence: 0..1, lowered afterwards by the share of the outputs that the guess does not account for. Two
            layouts that are nearly as sure are refused until a person says which.
        kind: What the numbers of the class vectors are.
        class_count: None when the outputs do not tell.
        input: How a picture is to be prepared, as far as the layout's convention says.
        options: Go into the card and come back to `Decoder.decode`; the outputs that they name count as read.
        reasons: Short clauses for a person.
        unknown: Points that neither the file nor the layout's convention settles, of the constants of this module.
        also: Outputs that are known and not needed.
    """

    layout: str
    confidence: float
    kind: ProbKind
    class_count: int | None
    input: InputSpec
    options: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Candidates:
    """Boxes of one picture before suppression.

    Attributes:
        boxes: (N,4) float32, x1, y1, x2, y2 in pixels of the input tensor.
        probs: (N,C) float32, 0..1: the whole class vector of each box; (N,C+1) with the background last for `SOFTMAX`.
        best_raw: The best score of all boxes, kept or not, 0..1: it scores an image on which none is kept.
    """

    boxes: NDArray[np.float32]
    probs: NDArray[np.float32]
    best_raw: float


class Decoder(Protocol):
    """Decoder of one output layout: recognises a detector file that has it, and turns what the file answers into boxes.

    A plug-in of the entry-point group `boxwright.decoders`, made without arguments. Instances hold no state: one serves
    every thread. It may have `options`, an `options.OptionKind` for each option of its cards, and `kinds`, the
    `ProbKind`s that its class vectors can have: then cards are checked against them.

    Attributes:
        name: The layout as a card names it, and the name of the entry point.
        title: Which detectors it is of and what their outputs look like, in a line.
        suppressed: True when overlapping boxes are already gone, so that NMS must not run again.

    Example:
        A detector with one output `dets [batch, N, 5]`: x1, y1, x2, y2 in input pixels and a score, of one class:

        ```python
        from boxwright.domain.prediction import ProbKind
        from boxwright.inference.decoders.base import LayoutGuess, dense


        class Dets:
            name, title, suppressed = "dets", "One class: dets [batch, N, 5]", False

            def guess(self, spec):
                dets = spec.output("dets")
                if dets is None or len(dets.shape) != 3 or dets.shape[2] != 5:
                    return None
                return LayoutGuess(self.name, 0.9, ProbKind.SIGMOID, 1, spec.input_spec(), {"output": dets.name})

            def decode(self, outputs, count, card, conf):
                rows = outputs[card.options["output"]]
                return [dense(rows[i, :, :4], rows[i, :, 4:], conf, lambda boxes, _: boxes) for i in range(count)]
        ```
    """

    name: str
    title: str
    suppressed: bool

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        """How this layout would read a file.

        Guessed from names, shapes, types, metadata and the sample answers, never from the file's name.

        Args:
            spec: What the file says of itself, with one real answer of each output.

        Returns:
            None when the file cannot have this layout.
        """
        ...

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        """The boxes in the outputs of one run. Called from several threads.

        Args:
            outputs: Arrays by the names of the file's outputs, as ONNX Runtime gives them.
            count: How many pictures the run had.
            card: The detector's card; `card.options` are those of the guess, or a person's.
            conf: Least score of a box, 0..1; one of exactly this score is kept.

        Returns:
            One `Candidates` for each picture, in their order.

        Raises:
            ModelError: The outputs are not what the card says. A `KeyError`, `IndexError`, `TypeError` or `ValueError`
                is told to a person as that as well.
        """
        ...


def dense(
    boxes: NDArray[np.floating],
    classes: NDArray[np.floating],
    conf: float,
    convert: Convert,
    objectness: NDArray[np.floating] | None = None,
    background: bool = False,
) -> Candidates:
    """Candidates of a layout that has a class vector for each of many boxes.

    Args:
        boxes: (N,4) in the layout's own units.
        classes: (N,C), 0..1, background last when there is one.
        conf: Least score, 0..1.
        convert: Is given the kept boxes and their row numbers; brings them to x1, y1, x2, y2 in input pixels.
        objectness: (N,), 0..1, multiplied into every class.
        background: Whether the last class is the background, which no box is kept for.
    """
    scores = (classes[:, :-1] if background else classes).max(axis=1, initial=0.0)
    if objectness is not None:
        scores = scores * objectness
    finite = scores[np.isfinite(scores)]
    keep = np.flatnonzero(scores >= conf)
    probs = classes[keep] if objectness is None else classes[keep] * objectness[keep, None]
    return checked(convert(boxes[keep], keep), np.asarray(probs, dtype=np.float32), float(finite.max(initial=0.0)))


def suppressed(
    boxes: NDArray[np.float32],
    scores: NDArray[np.floating],
    labels: Array,
    conf: float,
    classes: tuple[str, ...],
    first_label: int = 0,
) -> Candidates:
    """Candidates of a graph with NMS inside, of which only the top score is left: class vectors with one entry filled.

    Args:
        boxes: (N,4) float32, x1, y1, x2, y2 in input pixels.
        scores: (N,), 0..1.
        labels: (N,) class numbers; those below 0 fill up a fixed number of rows.
        conf: Least score, 0..1.
        classes: Names of the classes.
        first_label: The label of the first class.

    Raises:
        ModelError: A label has no class name.
    """
    finite = scores[np.isfinite(scores)]
    keep = np.flatnonzero((scores >= conf) & np.isfinite(labels) & (labels >= 0))
    labels, kept = labels[keep].astype(np.int64) - first_label, scores[keep]
    if np.any((labels < 0) & (kept > 0)):
        raise ModelError(
            "The detector answers with class number {0}, but its classes were taken to "
            "count from {1}; say the number of the first class with --first-label 0.",
            int(labels.min()) + first_label,
            first_label,
        )
    boxes, labels, kept = boxes[keep][labels >= 0], labels[labels >= 0], kept[labels >= 0]
    if len(labels) and labels.max() >= len(classes):
        raise ModelError(
            "The detector answers with class number {0} but only {1} class names are known "
            "(numbers 0 to {2}); give the whole list that it was trained on.",
            int(labels.max()),
            len(classes),
            len(classes) - 1,
        )
    probs = np.zeros((len(labels), len(classes)), dtype=np.float32)
    probs[np.arange(len(labels)), labels] = kept
    return checked(boxes, probs, float(finite.max(initial=0.0)))


def checked(boxes: NDArray[np.float32], probs: NDArray[np.float32], best_raw: float) -> Candidates:
    """Candidates without the rows that hold a number that is not finite; the rest held to 0..1.

    Args:
        boxes: (N,4), input pixels.
        probs: (N,C).
        best_raw: Best score of all.
    """
    good = np.isfinite(boxes).all(axis=1) & np.isfinite(probs).all(axis=1)
    return Candidates(boxes[good], np.clip(probs[good], 0.0, 1.0), min(max(best_raw, 0.0), 1.0))


def sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sigmoid, elementwise, without overflow for large negative values."""
    return np.asarray(0.5 * (np.tanh(0.5 * x) + 1.0), dtype=np.float32)


def softmax(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def cxcywh_to_xyxy(boxes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Corners (N,4) float32 of boxes (N,4) that are given by centre and size."""
    half = boxes[:, 2:4] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1).astype(np.float32)
