"""Boxes coloured by doubt, so that the eye goes to where a person is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.style import ClassStyle, style_in
from boxwright.ui.session import SessionModel

DOUBT_COLORS = ("#3f4a8a", "#31688e", "#1f9e89", "#a8db34", "#fde725")
"""From sure to torn: five steps of viridis (CC0), which gets lighter evenly, also for the colour-blind."""

_SURE = QColor("#8a929d")
_CONFIRMED = -1


def looks_of(shapes: Shapes, model: SessionModel, by_doubt: bool) -> NDArray[np.int64]:
    """(N,) the class id of each box; by doubt -1 for what a person confirmed and -2 and below for the steps."""
    if not by_doubt:
        return shapes.class_ids
    steps = len(DOUBT_COLORS)
    looks = np.full(len(shapes), _CONFIRMED, dtype=np.int64)
    for i, key in enumerate(shapes.keys):
        if key[0] == "prediction":
            looks[i] = _CONFIRMED - 1 - min(steps - 1, int(model.uncertainty_of(key[1]) * steps))
    return looks


def doubt_style(look: int) -> ClassStyle:
    """The style of a `look` below 0, as `looks_of` gives them."""
    step = _CONFIRMED - 1 - look
    return style_in(_SURE if step < 0 else QColor(DOUBT_COLORS[step]), "")
