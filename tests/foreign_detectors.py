"""Detectors of other classes than a project's: as many as wanted, nameless unless told otherwise, with known boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.onnx_graphs import CELLS, background_rows, cell_of, cxcywh, f32, write_graph, yolo_metadata

Found = tuple[tuple[float, float, float, float], int, float]
"""A box in pixels of the input (`onnx_graphs.WIDTH` x `HEIGHT`), its class and its score."""


def write_foreign(path: Path, classes: int, found: Sequence[Found], names: tuple[str, ...] = ()) -> Path:
    """A detector of the layout `yolov8` that finds `found` on every picture."""
    rows = np.concatenate([np.tile([10.0, 10.0, 4.0, 4.0], (CELLS, 1)), background_rows(CELLS, classes)], axis=1)
    for number, (box, label, score) in enumerate(found):
        row = (cell_of(np.array(box), 8) + 3 * number) % CELLS
        rows[row, :4] = cxcywh(np.array([box]))[0]
        rows[row, 4 + label] = score
    metadata = yolo_metadata(names) if names else None
    return write_graph(path, {"output0": f32(rows.T[None])}, metadata=metadata)
