"""Protocol of decoders, which recognise an output layout and read boxes and class vectors from it; helpers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ModelError
from boxwright.domain.prediction import ProbKind
from boxwright.inference.spec import ModelSpec

Outputs = Mapping[str, NDArray[Any]]
Convert = Callable[[NDArray[np.floating], NDArray[np.intp]], NDArray[np.float32]]

CLASS_NAMES = "class names"
NORMALISATION = "normalisation"
CHANNEL_ORDER = "channel order"
RESIZE_RULE = "resize rule"
BOX_UNITS = "box units"
BOX_ORDER = "box order"
ROW_ORDER = "order of a row"
CELL_OFFSET = "place in the cell"
DISTANCE_UNITS = "distance units"
ANCHORS = "anchors"
PREPARATION = (NORMALISATION, CHANNEL_ORDER, RESIZE_RULE)


@dataclass(frozen=True)
class LayoutGuess:
    """How a file would be read by one layout. `confidence` 0..1. `class_count` None when the outputs do not tell.

    `options` go into the card and back to `decode`; the outputs that they name are read. `also`: outputs that are known
    and not needed. `reasons` are short clauses for a person. `unknown` names the points that neither the file nor the
    layout's convention settles.
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
    """One picture's boxes before suppression.

    boxes: (N,4) float32 xyxy pixels of the input tensor. probs: (N,C) float32, with background last (N,C+1) for
    `SOFTMAX`. best_raw: the best score of all, kept or not, 0..1.
    """

    boxes: NDArray[np.float32]
    probs: NDArray[np.float32]
    best_raw: float


class Decoder(Protocol):
    """A plug-in of the entry point group `boxwright.decoders`; the entry is the class, made without arguments.

    It may have `options`, an `options.OptionKind` for each option of its cards, and `kinds`, those of its class
    vectors: then cards are checked against them.
    """

    name: str
    title: str
    suppressed: bool
    """True when overlapping boxes are already gone, so that NMS must not run again."""

    def guess(self, spec: ModelSpec) -> LayoutGuess | None:
        """How this layout would read the file, None when it cannot be this layout."""
        ...

    def decode(self, outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
        """One `Candidates` for each of the `count` pictures of a run, with the boxes that score at least `conf`."""
        ...


def dense(
    boxes: NDArray[np.floating],
    classes: NDArray[np.floating],
    conf: float,
    convert: Convert,
    objectness: NDArray[np.floating] | None = None,
    background: bool = False,
) -> Candidates:
    """The rows whose best class reaches `conf`.

    boxes: (N,4) in the layout's own units; `convert(kept boxes, their row numbers)` brings them to input pixels.
    classes: (N,C), background last when there is one. objectness: (N,), multiplied into every class.
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
    labels: NDArray[Any],
    conf: float,
    classes: tuple[str, ...],
    first_label: int = 0,
) -> Candidates:
    """Boxes (N,4) of a graph that kept only the top score (N,) and label (N,): a class vector with one entry filled.

    first_label: the label of the first class. Labels below 0 fill up a fixed number of rows.
    Raises ModelError for a label that has no class name.
    """
    finite = scores[np.isfinite(scores)]
    keep = np.flatnonzero((scores >= conf) & np.isfinite(labels) & (labels >= 0))
    labels, kept = labels[keep].astype(np.int64) - first_label, scores[keep]
    if np.any((labels < 0) & (kept > 0)):
        raise ModelError(
            f"The detector answers with class number {int(labels.min()) + first_label}, but its classes were taken to "
            f"count from {first_label}; say the number of the first class with --first-label 0."
        )
    boxes, labels, kept = boxes[keep][labels >= 0], labels[labels >= 0], kept[labels >= 0]
    if len(labels) and labels.max() >= len(classes):
        raise ModelError(
            f"The detector answers with class number {int(labels.max())} but only {len(classes)} class names are known "
            f"(numbers 0 to {len(classes) - 1}); give the whole list that it was trained on."
        )
    probs = np.zeros((len(labels), len(classes)), dtype=np.float32)
    probs[np.arange(len(labels)), labels] = kept
    return checked(boxes, probs, float(finite.max(initial=0.0)))


def checked(boxes: NDArray[np.float32], probs: NDArray[np.float32], best_raw: float) -> Candidates:
    """Without the rows that hold a number that is not finite; probabilities and `best_raw` held to 0..1."""
    good = np.isfinite(boxes).all(axis=1) & np.isfinite(probs).all(axis=1)
    return Candidates(boxes[good], np.clip(probs[good], 0.0, 1.0), min(max(best_raw, 0.0), 1.0))


def sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Elementwise, without overflow for large negative values."""
    return np.asarray(0.5 * (np.tanh(0.5 * x) + 1.0), dtype=np.float32)


def softmax(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def cxcywh_to_xyxy(boxes: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N,4) centre and size to corners."""
    half = boxes[:, 2:4] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1).astype(np.float32)
