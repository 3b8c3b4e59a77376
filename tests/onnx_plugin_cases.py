"""The layouts of decoders that other packages add, for where they are installed: their authors add an example file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from tests.onnx_graphs import HEIGHT, WIDTH, Array, Case, dense_rows, f32

from boxwright.inference.registry import decoder_names


def _scores_first() -> Mapping[str, Array]:
    rows = dense_rows(40, objectness=False)
    corners = np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], axis=1)
    return {"scores_corners": f32(np.concatenate([rows[:, 4:], corners / ((WIDTH, HEIGHT) * 2)], axis=1)[None])}


# Of the guide's example.
SCORES_FIRST = Case("scores-first", "scores-first", "sigmoid", _scores_first)
PLUGIN_CASES = tuple(case for case in (SCORES_FIRST,) if case.layout in decoder_names())
