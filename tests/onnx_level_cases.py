"""Layouts whose outputs come level by level, each as a tiny file with known boxes, worked out from the formulas of
their authors and not with the program's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from tests.onnx_graphs import (
    BOXES,
    HEIGHT,
    PROBS,
    WIDTH,
    Array,
    Case,
    background_rows,
    cell_of,
    cxcywh,
    f32,
    grid,
)

THREE, FOUR = (8, 16, 32), (8, 16, 32, 64)
# The first object twice, the copy worse and on another level.
OBJECTS = ((BOXES[0], PROBS[0], 16), (BOXES[1], PROBS[1], 16), (BOXES[0], PROBS[0] * 0.8, 32))
RNG_SEED = 11


def logit(p: Array) -> Array:
    return np.log(p / (1 - p))


def objects(strides: tuple[int, ...] = THREE) -> Iterator[tuple[int, Array, Array, Array]]:
    """(row, box in pixels, class vector, the row's x, y and stride) of each object."""
    for box, probs, stride in OBJECTS:
        at = cell_of(box, stride, strides)
        yield at, box, probs, grid(strides)[at]


def sides(box: Array, cell: Array, offset: float) -> Array:
    """Left, top, right and bottom from the point of the cell, in strides."""
    point = (cell[:2] + offset) * cell[2]
    return np.concatenate([point - box[:2], box[2:] - point]) / cell[2]


def binned(distances: Array, bins: int) -> Array:
    """(4 * bins,) logits whose mean bin is each distance."""
    logits = np.full((4, bins), -30.0)
    for side, length in enumerate(distances):
        low = int(np.floor(length))
        for number, share in ((low, 1 - (length - low)), (low + 1, length - low)):
            logits[side, number] = np.log(max(share, 1e-9))
    return logits.ravel()


def distances(bins: int, offset: float, strides: tuple[int, ...] = THREE, pixels: bool = False) -> tuple[Array, Array]:
    """(N, C) class vectors and (N, 4 * bins) distances."""
    rng, cells = np.random.default_rng(RNG_SEED), grid(strides)
    classes = background_rows(len(cells), 3)
    boxes = rng.normal(0, 2, (len(cells), 4 * bins)) if bins > 1 else rng.uniform(0.5, 4, (len(cells), 4))
    for at, box, probs, cell in objects(strides):
        values = sides(box, cell, offset)
        classes[at], boxes[at] = probs, binned(values, bins) if bins > 1 else values
    return classes, boxes * cells[:, 2:] if pixels else boxes


def by_level(values: Array, strides: tuple[int, ...], anchors: int = 1) -> list[Array]:
    """The rows of each stride."""
    counts = [anchors * int((grid(strides)[:, 2] == s).sum()) for s in strides]
    return np.split(values, np.cumsum(counts)[:-1])


def as_map(rows: Array, stride: int, nhwc: bool = False) -> Array:
    """(1, C, H, W), or with the channels last."""
    shape = (-(-HEIGHT // stride), -(-WIDTH // stride))
    return rows.reshape(1, *shape, -1) if nhwc else rows.T.reshape(1, -1, *shape)


def _picodet() -> Mapping[str, Array]:
    """First all classes, then all distances, with the names of the exporter."""
    classes, boxes = distances(8, 0.5, FOUR)
    outputs = [*by_level(classes, FOUR), *by_level(boxes, FOUR)]
    return {f"save_infer_model/scale_{i}.tmp_1": f32(o[None]) for i, o in enumerate(outputs)}


def _nanodet_plus(batch: bool = True) -> Mapping[str, Array]:
    rows = np.concatenate(distances(8, 0.0, FOUR), axis=1)
    return {"output": f32(rows[None] if batch else rows)}


def _nanodet_alone() -> Mapping[str, Array]:
    classes, boxes = distances(8, 0.5)
    named = {"cls_pred_stride_": by_level(classes, THREE), "dis_pred_stride_": by_level(boxes, THREE)}
    return {f"{name}{s}": f32(rows) for name, levels in named.items() for s, rows in zip(THREE, levels)}


def _rknn(nhwc: bool = False) -> Mapping[str, Array]:
    """For each stride bins, class scores, and their sum, without telling names."""
    classes, boxes = distances(16, 0.5)
    outputs = {}
    for number, (stride, box, scores) in enumerate(zip(THREE, by_level(boxes, THREE), by_level(classes, THREE))):
        sums = np.clip(scores.sum(axis=1, keepdims=True), 0, 1)
        for part, values in enumerate((box, scores, sums)):
            outputs[str(318 + 10 * number + part)] = f32(as_map(values, stride, nhwc))
    return outputs


def _yolov6() -> Mapping[str, Array]:
    classes, boxes = distances(1, 0.5)
    outputs = {}
    for stride, box, scores in zip(THREE, by_level(boxes, THREE), by_level(classes, THREE)):
        outputs[f"reg{stride}"], outputs[f"cls{stride}"] = f32(as_map(box, stride)), f32(as_map(scores, stride))
    return outputs


def _rtmdet() -> Mapping[str, Array]:
    classes, boxes = distances(1, 0.0, THREE, pixels=True)
    outputs = {f"cls_{s}": f32(as_map(logit(rows), s)) for s, rows in zip(THREE, by_level(classes, THREE))}
    return {**outputs, **{f"bbox_{s}": f32(as_map(rows, s)) for s, rows in zip(THREE, by_level(boxes, THREE))}}


def _yolov8_heads(nhwc: bool = False) -> Mapping[str, Array]:
    classes, boxes = distances(16, 0.5)
    rows = np.concatenate([boxes, logit(classes)], axis=1)
    return {f"out{s}": f32(as_map(r, s, nhwc)) for s, r in zip(THREE, by_level(rows, THREE))}


def _scrfd(points: bool = True, batch: bool = True) -> Mapping[str, Array]:
    """Two boxes to a cell, of which the second is the object's; landmarks besides."""
    rng = np.random.default_rng(RNG_SEED)
    classes, boxes = (np.repeat(v, 2, axis=0) for v in distances(1, 0.0))
    classes[::2] = background_rows(len(classes) // 2, 3, 5)
    parts = [by_level(classes, THREE, 2), by_level(boxes, THREE, 2)]
    if points:
        parts.append(by_level(rng.normal(0, 1, (len(classes), 10)), THREE, 2))
    outputs = [rows for part in parts for rows in part]
    return {str(448 + 7 * i): f32(rows[None] if batch else rows) for i, rows in enumerate(outputs)}


def offsets() -> tuple[Array, Array, Array]:
    """(N, 4) offsets with logarithms of sizes, (N,) objectness, (N, C) classes whose product is the class vector."""
    cells, rng = grid(), np.random.default_rng(RNG_SEED)
    boxes, objectness = rng.normal(0, 0.6, (len(cells), 4)), np.full(len(cells), 0.003)
    classes = background_rows(len(cells), 3)
    for at, box, probs, cell in objects():
        middle = cxcywh(box[None])[0]
        boxes[at] = np.concatenate([middle[:2] / cell[2] - cell[:2], np.log(middle[2:] / cell[2])])
        objectness[at], classes[at] = 0.95, probs / 0.95
    return boxes, objectness, classes


def _yunet() -> Mapping[str, Array]:
    boxes, objectness, classes = offsets()
    # The score is the root of the product.
    classes = (classes * objectness[:, None]) ** 2 / objectness[:, None]
    points = np.random.default_rng(4).normal(0, 1, (len(boxes), 10))
    parts = {"cls": classes, "obj": objectness[:, None], "bbox": boxes, "kps": points}
    return {f"{name}_{s}": f32(r[None]) for name, v in parts.items() for s, r in zip(THREE, by_level(v, THREE))}


def _yolox_heads(logits: bool, nhwc: bool = False) -> Mapping[str, Array]:
    boxes, objectness, classes = offsets()
    scores = np.concatenate([objectness[:, None], classes], axis=1)
    rows = np.concatenate([boxes, logit(scores) if logits else scores], axis=1)
    return {f"output_{s}": f32(as_map(r, s, nhwc)) for s, r in zip(THREE, by_level(rows, THREE))}


def _yolox_thirds() -> Mapping[str, Array]:
    boxes, objectness, classes = offsets()
    outputs = {}
    for number, parts in enumerate(zip(THREE, *(by_level(v, THREE) for v in (boxes, objectness[:, None], classes)))):
        for part, rows in enumerate(parts[1:]):
            outputs[f"conv{60 + 20 * number + part}"] = f32(as_map(rows, parts[0]))
    return outputs


def _yolox_logits() -> Mapping[str, Array]:
    boxes, objectness, classes = offsets()
    return {"output": f32(np.concatenate([boxes, logit(objectness[:, None]), logit(classes)], axis=1)[None])}


ANCHORS = {
    "yolov5": (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198), (373, 326))),
    "yolov7": (((12, 16), (19, 36), (40, 28)), ((36, 75), (76, 55), (72, 146)), ((142, 110), (192, 243), (459, 401))),
}


def _anchored(anchors: str = "yolov5", v3: bool = False) -> Array:
    """(3 N, 5 + C) logits, the anchors of a cell one after the other; each object at the second of them."""
    cells, rng = grid(), np.random.default_rng(RNG_SEED)
    scores = np.concatenate([np.full((3 * len(cells), 1), 0.003), background_rows(3 * len(cells), 3)], axis=1)
    rows = np.concatenate([rng.normal(0, 0.6, (3 * len(cells), 4)), logit(scores)], axis=1)
    for at, box, probs, cell in objects():
        anchor = np.array(ANCHORS[anchors][THREE.index(int(cell[2]))][1], dtype=np.float64)
        middle = cxcywh(box[None])[0]
        place, size = middle[:2] / cell[2] - cell[:2], middle[2:] / anchor
        if v3:
            numbers = np.concatenate([logit(np.clip(place, 0.001, 0.999)), np.log(size)])
        else:
            numbers = logit(np.concatenate([(place + 0.5) / 2, np.sqrt(size) / 2]))
        rows[3 * at + 1] = np.concatenate([numbers, [logit(np.array(0.95))], logit(probs / 0.95)])
    return rows


def anchored_maps(form: str, anchors: str = "yolov5", v3: bool = False) -> Mapping[str, Array]:
    """`form`: "axis" (1, 3, H, W, 5 + C), "channels" (1, 3 * (5 + C), H, W), "last" (1, H, W, 3 * (5 + C)), "third"
    (1, 3, 5 + C, H, W), "cells" (1, 3, H * W, 5 + C) or "rows" (1, 3 * H * W, 5 + C)."""
    outputs = {}
    for stride, rows in zip(THREE, by_level(_anchored(anchors, v3), THREE, 3)):
        height, width = -(-HEIGHT // stride), -(-WIDTH // stride)
        split = rows.reshape(1, height, width, 3, -1)
        if form in ("axis", "cells", "rows"):
            split = split.transpose(0, 3, 1, 2, 4)
            shape = {"cells": (1, 3, -1, split.shape[4]), "rows": (1, -1, split.shape[4])}.get(form, split.shape)
            split = split.reshape(shape)
        elif form == "third":
            split = split.transpose(0, 3, 4, 1, 2)
        elif form == "channels":
            split = split.transpose(0, 3, 4, 1, 2).reshape(1, -1, height, width)
        else:
            split = split.reshape(1, height, width, -1)
        outputs[f"head{stride}"] = f32(split)
    return outputs


LEVEL_CASES = (
    Case("picodet", "nanodet", "sigmoid", _picodet),
    Case("nanodet-plus", "nanodet", "sigmoid", _nanodet_plus),
    Case("nanodet-joined-alone", "nanodet", "sigmoid", lambda: _nanodet_plus(False), {"open_rows": True}),
    Case("nanodet-levels-alone", "nanodet", "sigmoid", _nanodet_alone, {"open_rows": True}),
    Case("rknn-nine-outputs", "nanodet", "sigmoid", _rknn),
    Case("rknn-channels-last", "nanodet", "sigmoid", lambda: _rknn(True), {"nhwc": True}),
    Case("yolov6-levels", "nanodet", "sigmoid", _yolov6),
    Case("rtmdet-pixels", "nanodet", "sigmoid", _rtmdet),
    Case("yolov8-heads", "yolov8-heads", "sigmoid", _yolov8_heads),
    Case("yolov8-heads-channels-last", "yolov8-heads", "sigmoid", lambda: _yolov8_heads(True)),
    Case("scrfd-nine-outputs", "scrfd", "sigmoid", _scrfd),
    Case("scrfd-six-outputs", "scrfd", "sigmoid", lambda: _scrfd(False)),
    Case("scrfd-alone", "scrfd", "sigmoid", lambda: _scrfd(True, False), {"open_rows": True}),
    Case("yunet", "yunet", "sigmoid", _yunet),
    Case("yolox-heads", "yolox-heads", "sigmoid", lambda: _yolox_heads(False)),
    Case("yolox-heads-logits", "yolox-heads", "sigmoid", lambda: _yolox_heads(True)),
    Case("yolox-heads-channels-last", "yolox-heads", "sigmoid", lambda: _yolox_heads(True, True), {"nhwc": True}),
    Case("yolox-nine-outputs", "yolox-heads", "sigmoid", _yolox_thirds),
    Case("yolox-logits", "yolox", "sigmoid", _yolox_logits),
    Case("yolov5-heads-own-axis", "yolov5-heads", "sigmoid", lambda: anchored_maps("axis")),
    Case("yolov5-heads-in-channels", "yolov5-heads", "sigmoid", lambda: anchored_maps("channels")),
    Case("yolov5-heads-channels-third", "yolov5-heads", "sigmoid", lambda: anchored_maps("third")),
    Case("yolov5-heads-by-cells", "yolov5-heads", "sigmoid", lambda: anchored_maps("cells")),
    Case("yolov5-heads-by-rows", "yolov5-heads", "sigmoid", lambda: anchored_maps("rows")),
    Case("yolov5-heads-channels-last", "yolov5-heads", "sigmoid", lambda: anchored_maps("last"), {"nhwc": True}),
)
