"""Outputs of a graph with NMS inside, one value per box: boxes, labels, scores, and at times how many count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import DetectorCard
from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import BOX_UNITS, Candidates, Outputs, suppressed
from boxwright.inference.decoders.boxes import box_options, to_input_pixels
from boxwright.inference.decoders.fused import maps_besides
from boxwright.inference.decoders.options import BOX_OPTIONS, LABEL, ONE_BY_ONE, OUTPUT, Options
from boxwright.inference.spec import ModelSpec, OutputSpec

FIRST_CLASS = Message("number of the first class")

KEPT_OPTIONS: Options = {
    "boxes_output": OUTPUT,
    "labels_output": OUTPUT,
    "scores_output": OUTPUT,
    "count_output": OUTPUT,
    "first_label": LABEL,
    **BOX_OPTIONS,
    **ONE_BY_ONE,
}


@dataclass(frozen=True, eq=False)
class Kept:
    """Recognised outputs of a graph with NMS inside.

    The outputs by what they hold; `count` is None where every row counts. `scores` is `boxes` where the score is a
    fifth number beside each box, as OpenMMLab's exports write it.
    """

    boxes: OutputSpec
    labels: OutputSpec
    scores: OutputSpec
    count: OutputSpec | None

    @property
    def options(self) -> dict[str, Any]:
        """The card options that `decode_kept` reads, but for how box numbers are meant."""
        options: dict[str, Any] = {"boxes_output": self.boxes.name, "labels_output": self.labels.name}
        options["scores_output"] = self.scores.name
        if self.count is not None:
            options["count_output"] = self.count.name
        # Without a batch axis the boxes of two pictures could not be told apart.
        if len(self.boxes.shape) == 2:
            options["one_by_one"] = True
        return options

    @property
    def reason(self) -> str:
        return Message(
            "outputs '{0}', '{1}', '{2}' hold one value per kept box",
            self.boxes.name,
            self.labels.name,
            self.scores.name,
        )


def find_kept(spec: ModelSpec) -> Kept | None:
    """The three outputs of such a graph, in whatever order they come; None when they are not all there."""
    floating = [o for o in spec.outputs if o.floating and len(o.shape) in (2, 3)]
    boxes = [o for o in floating if o.shape[-1] == 4] or [o for o in floating if _scored(o)]
    if len(boxes) > 1:
        boxes = [o for o in boxes if "box" in o.name.lower() and "raw" not in o.name.lower()][:1]
    if len(boxes) != 1:
        return None
    shape = boxes[0].shape[:-1]
    vectors = [o for o in spec.outputs if o is not boxes[0] and _flat(o) == shape and _aligned(o, boxes[0])]
    labels = _first(vectors, "label", "class", "cls") or _only([o for o in vectors if not o.floating])
    labels = labels or _only([o for o in vectors if _whole(o)]) or _only(vectors)
    rest = [o for o in vectors if o is not labels and o.floating]
    scores = boxes[0] if boxes[0].shape[-1] == 5 else _first(rest, "score", "conf", "prob") or _only(rest)
    if labels is None or scores is None:
        return None
    singles = [o for o in spec.outputs if o.sample.size == 1 and o not in (boxes[0], labels, scores)]
    count = next((o for o in singles if any(p in o.name.lower() for p in ("num", "count", "valid"))), None)
    return Kept(boxes[0], labels, scores, count)


# What such graphs give besides, known by its name.
_BESIDES = ("mask", "keypoint", "raw_", "anchor_indices", "multiclass", "num_detections", "landm", "kps")


def besides(spec: ModelSpec) -> tuple[str, ...]:
    """Outputs that are known and not needed: maps, masks, landmarks, what was there before the suppression."""
    named = (o.name for o in spec.outputs if any(part in o.name.lower() for part in _BESIDES))
    return (*maps_besides(spec), *named)


def _flat(output: OutputSpec) -> tuple[int, ...]:
    return output.shape[:-1] if len(output.shape) == 3 and output.shape[-1] == 1 else output.shape


def _aligned(output: OutputSpec, boxes: OutputSpec) -> bool:
    """Sizes that only happen to be equal on the sample are no sign; both must be open or both fixed."""
    rows = len(boxes.shape) - 2
    if len(output.declared) <= rows or len(boxes.declared) <= rows:
        return True
    return (output.declared[rows] is None) == (boxes.declared[rows] is None)


def _first(outputs: list[OutputSpec], *parts: str) -> OutputSpec | None:
    return next((o for part in parts for o in outputs if part in o.name.lower()), None)


def _only(outputs: list[OutputSpec]) -> OutputSpec | None:
    return outputs[0] if len(outputs) == 1 else None


def _whole(output: OutputSpec) -> bool:
    """Labels that an exporter wrote as floats. All zero tells nothing: scores may be that as well."""
    values = np.asarray(output.sample, dtype=np.float64)
    return bool(np.any(values) and np.all(values == np.round(values)))


def _scored(output: OutputSpec) -> bool:
    """Boxes of four sides and a score."""
    scores = output.sample[..., 4:]
    return output.shape[-1] == 5 and bool(np.all((scores >= 0) & (scores <= 1)))


def kept_boxes(spec: ModelSpec, kept: Kept) -> tuple[dict[str, Any], tuple[str, ...]]:
    """How the box numbers are meant, and what the sample does not tell of it. Corners, x first but in TensorFlow's
    exports, known by channels that come last and boxes in shares."""
    sample = kept.boxes.sample[..., :4]
    told = bool(np.any(sample))
    normalised = box_options(sample, "xyxy", pixels=not spec.image.nhwc)["normalised"]
    tensorflow = spec.image.nhwc and normalised
    options = {"boxes": "yxyx" if tensorflow else "xyxy", "normalised": normalised}
    return options, () if told or spec.metadata.exporter_conventions else (BOX_UNITS,)


def first_label(spec: ModelSpec, kept: Kept) -> tuple[int, bool]:
    """The number of the first class, and whether that is certain. Torchvision keeps 0 for the background."""
    if spec.first_label is not None:
        return spec.first_label, True
    # OpenMMLab, which alone writes scores beside boxes, has no background.
    if zero_based(kept) or kept.scores is kept.boxes:
        return 0, True
    return 1, False


def zero_based(kept: Kept) -> bool:
    """True when the sample holds a real box of class 0."""
    scores = kept.scores.sample[..., 4] if kept.scores is kept.boxes else kept.scores.sample
    labels = kept.labels.sample
    return labels.size == scores.size and bool(((labels.ravel() == 0) & (scores.ravel() > 0)).any())


def decode_kept(outputs: Outputs, count: int, card: DetectorCard, conf: float) -> list[Candidates]:
    """One `Candidates` per picture from the outputs that `card.options` names."""
    options = card.options
    boxes = _rows(outputs[options["boxes_output"]], 2)
    labels = _rows(outputs[options["labels_output"]], 1)
    beside = options["scores_output"] == options["boxes_output"]
    scores = [b[:, 4] for b in boxes] if beside else _rows(outputs[options["scores_output"]], 1)
    valid = _valid(outputs, options, count)
    found = []
    for i in range(count):
        last = len(boxes[i]) if valid is None else min(valid[i], len(boxes[i]))
        corners = to_input_pixels(boxes[i][:last, :4], options, card.input)
        first = options.get("first_label", 0)
        found.append(
            suppressed(corners, scores[i][:last].astype(np.float32), labels[i][:last], conf, card.classes, first)
        )
    return found


def _rows(array: Array, axes: int) -> Array:
    """With a batch axis in front and `axes` more behind it."""
    if array.ndim == axes:
        return array[None]
    return array[..., 0] if array.ndim > axes + 1 else array


def _valid(outputs: Outputs, options: Mapping[str, Any], count: int) -> list[int] | None:
    if "count_output" not in options:
        return None
    numbers = np.asarray(outputs[options["count_output"]], dtype=np.float64).reshape(-1)[:count]
    return [max(0, int(n)) for n in np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)]
