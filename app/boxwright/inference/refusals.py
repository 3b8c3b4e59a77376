"""Messages for detectors that cannot be read: why, and what to do, a sentence for each kind that is met."""

from __future__ import annotations

import numpy as np

from boxwright.domain.messages import Message
from boxwright.inference.registry import decoder_names
from boxwright.inference.spec import ModelSpec, OutputSpec

# The `task` that exporters write, where the outputs look like a detector's but are none.
OTHER_TASKS = {
    "obb": Message("rotated boxes"),
    "classify": Message("whole pictures without boxes"),
    "semantic": Message("areas without boxes"),
}

# Fewer rows are no anchors.
_FEWEST = 60
# Offsets lie on both sides of 0; sizes, distances and most far corners do not.
_NEGATIVE = 0.15
_MOST_SHOWN = 12
_ANCHORED = Message("RetinaNet, EfficientDet, RetinaFace, BlazeFace and raw heads of SSD and YOLO-FastestV2")


def unrecognised(file: str, spec: ModelSpec, layout: str | None) -> str:
    """The sentence about a file that no decoder takes, or not the one of `layout`."""
    if spec.metadata.task in OTHER_TASKS:
        return Message(
            "{0} was made for {1}; export a detector of upright boxes instead.",
            file,
            Message(OTHER_TASKS[spec.metadata.task]),
        )
    shown = "; ".join(f"{o.name} {list(o.shape)}" for o in spec.outputs[:_MOST_SHOWN])
    shown += "; …" if len(spec.outputs) > _MOST_SHOWN else ""
    if layout:
        return Message("{0} cannot be read as '{1}': its outputs are {2}.", file, layout, shown)
    if are_anchored(spec):
        return Message(
            "{0} gives offsets from anchors and no boxes ({1}), as {2} do; export it with its "
            "post-processing inside, so that it gives boxes, labels and scores.",
            file,
            shown,
            Message(_ANCHORED),
        )
    known = ", ".join(decoder_names())
    return Message("The outputs of {0} fit no known layout ({1}); the known ones are {2}.", file, shown, known)


def are_anchored(spec: ModelSpec) -> bool:
    """Whether an output holds offsets, four or more numbers for each anchor, beside one with as many rows or as large a
    map of scores."""
    floating = [o for o in spec.outputs if o.floating and len(o.shape) in (2, 3, 4) and o.sample.size]
    for output in floating:
        beside = [o for o in floating if o is not output and _places(o) == _places(output)]
        if beside and _are_offsets(output):
            return True
    return False


def _places(output: OutputSpec) -> tuple[int, ...]:
    """What two outputs about the same anchors have in common."""
    return output.shape[2:] if len(output.shape) == 4 else output.shape[-2:-1]


def _are_offsets(output: OutputSpec) -> bool:
    shape = output.shape
    values = np.asarray(output.sample, dtype=np.float32)
    if len(shape) == 4:
        return shape[1] % 4 == 0 and shape[1] > 4 and _both_sides(values)
    return shape[-2] >= _FEWEST and shape[-1] in (4, 14, 16, 18) and _both_sides(values[..., 2:4])


def _both_sides(values: np.ndarray) -> bool:
    return _NEGATIVE < float((values < 0).mean()) < 1 - _NEGATIVE
