"""Boxes and a class matrix in two outputs, `[batch, N, 4]` and `[batch, N, C]`.

In any order, either transposed, also without the batch axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import Outputs
from boxwright.inference.decoders.options import FLAG, ONE_BY_ONE, OUTPUT, Options
from boxwright.inference.spec import ModelSpec, OutputSpec

# What rounding to 8 bits or to half precision adds to a probability.
_SLACK = 0.01

PAIR_OPTIONS: Options = {
    "boxes_output": OUTPUT,
    "boxes_transposed": FLAG,
    "classes_output": OUTPUT,
    "classes_transposed": FLAG,
    "logits": FLAG,
    **ONE_BY_ONE,
}

_CLASSES = ("logit", "score", "conf", "cls", "class", "label", "prob")
# What some put out besides: four sides but of no object, and as many rows as boxes but no classes.
_NOT_BOXES = ("anchor", "prior")
_NOT_CLASSES = ("hidden", "embed", "feature")


@dataclass(frozen=True, eq=False)
class Pair:
    """Recognised pair of outputs: boxes and a class matrix.

    boxes: (N,4) sample. classes: (N,C) sample. `options` are what `read_pair` needs to find them again.
    """

    options: Mapping[str, Any]
    boxes: NDArray[np.float32]
    classes: NDArray[np.float32]
    reason: str

    @property
    def columns(self) -> int:
        return int(self.classes.shape[1])

    @property
    def probabilities(self) -> bool:
        """True when every finite class number lies in 0..1."""
        finite = self.classes[np.isfinite(self.classes)]
        return bool((finite >= -_SLACK).all() and (finite <= 1.0 + _SLACK).all())

    @property
    def quiet_logits(self) -> bool:
        """True when the class numbers are scores before their sigmoid: of mostly nothing, so far below 0."""
        finite = self.classes[np.isfinite(self.classes)]
        return not self.probabilities and finite.size > 0 and float(np.quantile(finite, 0.75)) < -1.0

    @property
    def sums_to_one(self) -> bool:
        """True when the class numbers of each row are a softmax's."""
        sums = self.classes.sum(axis=1)
        sums = sums[np.isfinite(sums) & (sums != 0)]
        return self.probabilities and len(sums) > 0 and bool(np.all(np.abs(sums - 1.0) < 0.02))

    def dominant(self, column: int) -> float:
        """The share of rows in which `column` is the largest."""
        if not self.classes.size:
            return 0.0
        return float((self.classes.argmax(axis=1) == column % self.columns).mean())


def find_pair(spec: ModelSpec) -> Pair | None:
    """The two outputs, None when they are not there."""
    boxes = [o for o in spec.outputs if o.floating and _is_boxes(o) and not _named(o, _NOT_BOXES)]
    named = [o for o in boxes if _named(o, ("box", "det", "coordinates"))]
    for box in sorted(named or boxes, key=_likely_boxes, reverse=True):
        rows = box.sample.size // 4
        others = [o for o in spec.outputs if o is not box and _beside(box, o, rows) and not _named(o, _NOT_CLASSES)]
        if others:
            return _pair(box, max(others, key=lambda o: _likely_classes(spec, o, rows)), rows)
    return None


def _beside(box: OutputSpec, other: OutputSpec, rows: int) -> bool:
    """Whether `other` has a row, or a column, for each of the boxes."""
    if not other.floating:
        return False
    if len(box.shape) == 2:
        return len(other.shape) == 2 and other.shape[0] == rows and other.shape[1] > 0
    return len(other.shape) == 3 and other.shape[0] == 1 and rows in other.shape[1:]


def _likely_classes(spec: ModelSpec, output: OutputSpec, rows: int) -> tuple[bool, bool]:
    columns = output.shape[-1] if output.shape[-2] == rows else output.shape[-2]
    fits = spec.class_count is not None and columns - spec.class_count in (0, 1)
    return fits, _named(output, _CLASSES)


def hidden_states(spec: ModelSpec) -> tuple[str, ...]:
    """Outputs that a transformer gives of its inside."""
    return tuple(o.name for o in spec.outputs if _named(o, (*_NOT_CLASSES, "aux", "enc_", "encoder", "intermediate")))


def _named(output: OutputSpec, parts: tuple[str, ...]) -> bool:
    return any(p in output.name.lower() for p in parts)


def _likely_boxes(output: OutputSpec) -> tuple[bool, float]:
    """Four classes look like four sides; but logits are mostly negative, and only boxes are pixels."""
    values = np.nan_to_num(np.asarray(output.sample, dtype=np.float64), posinf=0.0, neginf=0.0)
    if not values.size:
        return not _named(output, _CLASSES), 0.0
    return not _named(output, _CLASSES), float(np.sign(values).mean() * np.abs(values).max(initial=0.0))


def _is_boxes(output: OutputSpec) -> bool:
    shape = output.shape
    if len(shape) == 2:
        return shape[1] == 4
    if len(shape) == 4:
        return shape[0] == 1 and shape[2:] == (1, 4)
    return len(shape) == 3 and shape[0] == 1 and (shape[2] == 4 or (shape[1] == 4 and shape[2] > 4))


def _pair(box: OutputSpec, other: OutputSpec, rows: int) -> Pair | None:
    options: dict[str, Any] = {
        "boxes_output": box.name,
        "boxes_transposed": len(box.shape) == 3 and box.shape[-1] != 4,
        "classes_output": other.name,
        "classes_transposed": other.shape[-2] != rows,
    }
    if len(box.shape) == 2:
        options["one_by_one"] = True
    outputs = {box.name: box.sample, other.name: other.sample}
    boxes, classes = read_pair(outputs, options)
    if classes.shape[2] < 1:
        return None
    reason = Message(
        "outputs '{0}' and '{1}' hold {2} boxes and {3} class numbers for each",
        box.name,
        other.name,
        rows,
        classes.shape[2],
    )
    return Pair(options, boxes[0], classes[0], reason)


def read_pair(outputs: Outputs, options: Mapping[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(batch, N, 4) and (batch, N, C), float32."""
    boxes = np.asarray(outputs[options["boxes_output"]], dtype=np.float32)
    classes = np.asarray(outputs[options["classes_output"]], dtype=np.float32)
    boxes = boxes[None] if boxes.ndim == 2 else boxes
    classes = classes[None] if classes.ndim == 2 else classes
    if options["boxes_transposed"]:
        boxes = boxes.transpose(0, 2, 1)
    if options["classes_transposed"]:
        classes = classes.transpose(0, 2, 1)
    return boxes.reshape(len(boxes), -1, 4), classes
