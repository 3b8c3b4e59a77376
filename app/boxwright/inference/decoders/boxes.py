"""How box numbers are meant: corners or centre and size, pixels or shares of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import InputSpec
from boxwright.inference.decoders.base import cxcywh_to_xyxy

# Of shares of a picture, a box may reach a little beyond the edge.
_SHARE_LIMIT = 2.0
_ENOUGH = 50
# Rounding brings a few sizes of decoded boxes below zero, never many.
_NEGATIVE = 0.05


def box_options(sample: NDArray[Any], default: str, pixels: bool) -> dict[str, Any]:
    """`boxes` ("xyxy" or "cxcywh") and `normalised` for a (…,4) sample; `default`, `pixels` where it tells nothing."""
    values = np.asarray(sample, dtype=np.float64).reshape(-1, 4)
    values = values[np.isfinite(values).all(axis=1) & (np.abs(values).max(axis=1, initial=0.0) > 0)]
    if not len(values):
        return {"boxes": default, "normalised": not pixels}
    normalised = bool(np.abs(values).max() <= _SHARE_LIMIT)
    # A few boxes can be in corner order by chance, a whole grid cannot.
    if len(values) < _ENOUGH:
        return {"boxes": default, "normalised": normalised}
    ordered = float(((values[:, 2] > values[:, 0]) & (values[:, 3] > values[:, 1])).mean())
    return {"boxes": "xyxy" if ordered > 0.98 else "cxcywh", "normalised": normalised}


def are_offsets(sample: NDArray[Any], options: Mapping[str, Any]) -> bool:
    """True for sizes below zero in a (N,4) sample that `box_options` took for centres and sizes: offsets from anchors
    that the file does not hold."""
    sizes = np.asarray(sample)[:, 2:]
    return options["boxes"] == "cxcywh" and bool((sizes < 0).mean() > _NEGATIVE)


def to_input_pixels(boxes: NDArray[np.floating], options: Mapping[str, Any], spec: InputSpec) -> NDArray[np.float32]:
    """(N,4) as `options` mean them to xyxy pixels of the input tensor."""
    kind = options.get("boxes", "xyxy")
    corners = cxcywh_to_xyxy(boxes) if kind == "cxcywh" else np.asarray(boxes, dtype=np.float32)
    if kind == "yxyx":
        corners = corners[:, [1, 0, 3, 2]]
    if options.get("normalised", False):
        corners = corners * np.array((spec.width, spec.height) * 2, dtype=np.float32)
    return corners
