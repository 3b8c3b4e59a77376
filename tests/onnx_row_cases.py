"""Layouts whose outputs are rows of kept boxes in this order or that, or pairs of outputs, with known boxes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from tests.onnx_graphs import (
    BOXES,
    CELLS,
    HEIGHT,
    LABELS,
    PROBS,
    SCORES,
    WIDTH,
    Array,
    Case,
    background_rows,
    cell_of,
    cxcywh,
    f32,
    grid,
    one_hot,
)

SHARES = np.array((WIDTH, HEIGHT) * 2, dtype=np.float64)
_PARTS = {
    "picture": np.zeros((2, 1)),
    "box": BOXES,
    "yx": BOXES[:, [1, 0, 3, 2]],
    "label": LABELS[:, None],
    "score": SCORES[:, None],
    "more": np.full((2, 10), 7.5),
}


def rows(order: str, name: str = "output", batch: bool = False) -> Mapping[str, Array]:
    """The two objects, their parts in `order`."""
    values = np.concatenate([_PARTS[part] for part in order.split()], axis=1)
    return {name: f32(values[None] if batch else values)}


def _efficientdet() -> Mapping[str, Array]:
    kept = np.zeros((1, 100, 7))
    kept[0, :2] = rows("picture yx score label")["output"]
    return {"detections:0": f32(kept)}


def _cells(anchors: int = 1) -> tuple[Array, Array]:
    """(N, 4) corners in pixels about the cells of a grid, and (N, C) class vectors."""
    cells, rng = np.repeat(grid(), anchors, axis=0), np.random.default_rng(3)
    middles = (cells[:, :2] + rng.uniform(0, 1, (len(cells), 2))) * cells[:, 2:]
    half = cells[:, 2:] * rng.uniform(0.3, 2, (len(cells), 2))
    boxes, classes = np.concatenate([middles - half, middles + half], axis=1), background_rows(len(cells), 3)
    for box, probs, stride in ((BOXES[0], PROBS[0], 16), (BOXES[1], PROBS[1], 16), (BOXES[0] + 1, PROBS[0] * 0.8, 32)):
        at = cell_of(box, stride) * anchors
        boxes[at], classes[at] = box, probs
    return boxes, classes


def _yolov3_zoo(names: tuple[str, str, str]) -> Mapping[str, Array]:
    """All boxes with y first, all scores class by class, and the rows that a suppression chose."""
    boxes, classes = _cells(3)
    chosen = np.array([[[0, 1, 4], [0, 2, 9]]], dtype=np.int32)
    return dict(zip(names, (f32(boxes[:, [1, 0, 3, 2]][None]), f32(classes.T[None]), chosen)))


def _coreml() -> Mapping[str, Array]:
    return {"confidence": f32(PROBS), "coordinates": f32(cxcywh(BOXES) / SHARES)}


def _logits(transposed: bool) -> Mapping[str, Array]:
    boxes, classes = _cells()
    values = np.concatenate([cxcywh(boxes), np.log(classes / (1 - classes))], axis=1)
    return {"output0": f32((values.T if transposed else values)[None])}


def _pair_of_logits() -> Mapping[str, Array]:
    boxes, classes = _cells()
    return {"boxes": f32(boxes[None]), "scores": f32(np.log(classes / (1 - classes))[None])}


OPEN = {"open_rows": True}
ROW_CASES = (
    Case("yolo-nas-flat", "yolov7-end2end", "score", lambda: rows("picture box score label"), OPEN, one_hot()),
    Case(
        "order-in-the-name",
        "yolov7-end2end",
        "score",
        lambda: rows("picture label score box", "batchno_classid_score_x1y1x2y2"),
        OPEN,
        one_hot(),
    ),
    Case(
        "order-in-the-name-y-first",
        "yolov7-end2end",
        "score",
        lambda: rows("picture label yx score", "batchno_classid_y1x1y2x2_score"),
        OPEN,
        one_hot(),
    ),
    Case(
        "order-in-the-name-with-landmarks",
        "yolov7-end2end",
        "score",
        lambda: rows("picture label score box more", "batchno_classid_score_x1y1x2y2_landms"),
        OPEN,
        one_hot(),
    ),
    Case("label-before-the-box", "yolov7-end2end", "score", lambda: rows("picture label score box"), OPEN, one_hot()),
    Case("six-by-name", "end2end", "score", lambda: rows("box score label", "x1y1x2y2_score_class"), OPEN, one_hot()),
    Case("efficientdet-seven", "end2end", "score", _efficientdet, {}, one_hot()),
    Case(
        "yolov3-of-the-zoo",
        "boxes-scores",
        "sigmoid",
        lambda: _yolov3_zoo(
            ("yolonms_layer_1/ExpandDims_1:0", "yolonms_layer_1/ExpandDims_3:0", "yolonms_layer_1/concat_2:0")
        ),
        {"sizes_input": "image_shape"},
    ),
    Case(
        "y-first-by-the-grid",
        "boxes-scores",
        "sigmoid",
        lambda: _yolov3_zoo(("out_boxes", "out_scores", "selected_indices")),
    ),
    Case("coreml-pair", "boxes-scores", "sigmoid", _coreml, OPEN),
    Case(
        "coreml-pair-with-limits",
        "boxes-scores",
        "sigmoid",
        _coreml,
        {**OPEN, "limits": ("iouThreshold", "confidenceThreshold")},
    ),
    Case("yolov8-logits", "yolov8", "sigmoid", lambda: _logits(True)),
    Case("pair-of-logits", "boxes-scores", "sigmoid", _pair_of_logits),
)
assert len(grid()) == CELLS
