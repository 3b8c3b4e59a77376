"""Colours of boxes by uncertainty, so that the eye goes to where a person is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.style import ClassStyle, style_in
from boxwright.ui.labelling.session import SessionModel

DOUBT_COLORS = ("#3f4a8a", "#31688e", "#1f9e89", "#a8db34", "#fde725")
"""From sure to torn: five steps of viridis (CC0), which gets lighter evenly, also for the colour-blind."""

_SURE = QColor("#8a929d")
_CONFIRMED = -1
_WORTH_A_LOOK = 0.5
"""The lightest step is kept for doubts at least as large."""

_NEARLY_EQUAL = 0.2
"""Doubts that lie no further apart than this do not fill all steps."""


def looks_of(shapes: Shapes, model: SessionModel, by_doubt: bool) -> NDArray[np.int64]:
    """(N,) the class id of each box; by doubt -1 for what a person confirmed and -2 and below for the steps."""
    if not by_doubt:
        return shapes.class_ids
    looks = np.full(len(shapes), _CONFIRMED, dtype=np.int64)
    offered = [i for i, key in enumerate(shapes.keys) if key[0] == "prediction"]
    if offered:
        doubts = np.array([model.uncertainty_of(shapes.keys[i][1]) for i in offered])  # type: ignore[arg-type]
        looks[offered] = _CONFIRMED - 1 - _steps(doubts)
    return looks


def _steps(doubts: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) of 0..1 -> (N,) steps from 0. They spread over the doubts of this image, so that the worst stands out even
    where all are doubtful; but what is sure everywhere is nowhere shown as doubt."""
    top = max(float(doubts.max()), _WORTH_A_LOOK)
    spread = max(top - float(doubts.min()), _NEARLY_EQUAL)
    shares = 1 - (top - doubts) / spread
    return np.asarray(np.clip(shares * len(DOUBT_COLORS), 0, len(DOUBT_COLORS) - 1), dtype=np.int64)


def doubt_style(look: int) -> ClassStyle:
    """The style of a `look` below 0, as `looks_of` gives them."""
    step = _CONFIRMED - 1 - look
    return style_in(_SURE if step < 0 else QColor(DOUBT_COLORS[step]), "")
