"""The layouts that the decoders' contract suite runs through, each as a tiny file with known boxes."""

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
    dense_rows,
    f32,
    grid,
    json_metadata,
    one_hot,
    scattered_boxes,
    yolo_metadata,
)
from tests.onnx_level_cases import LEVEL_CASES
from tests.onnx_plugin_cases import PLUGIN_CASES
from tests.onnx_row_cases import ROW_CASES

SHARES = np.array((WIDTH, HEIGHT) * 2, dtype=np.float64)
# A softmax over three classes and a background for the two objects.
SOFT = np.array([(0.05, 0.8, 0.05, 0.1), (0.1, 0.2, 0.6, 0.1)])


def logit(p: Array) -> Array:
    return np.log(p / (1 - p))


def _v5(rows: int = CELLS * 3, transposed: bool = False) -> Mapping[str, Array]:
    values = dense_rows(rows, objectness=True)
    return {"output0": f32((values.T if transposed else values)[None])}


def _v5_with_heads() -> Mapping[str, Array]:
    heads = {f"head{s}": f32(np.zeros((1, 3, HEIGHT // s, WIDTH // s, 8))) for s in (8, 16, 32)}
    return {**heads, **_v5()}


def _v8(transposed: bool = True, rows: int = CELLS) -> Mapping[str, Array]:
    values = dense_rows(rows, objectness=False)
    return {"output0": f32((values.T if transposed else values)[None])}


def _v8_masks() -> Mapping[str, Array]:
    rows = dense_rows(CELLS, objectness=False)
    coefficients = np.random.default_rng(6).normal(0, 1, (CELLS, 32))
    prototypes = np.zeros((1, 32, HEIGHT // 4, WIDTH // 4))
    return {"output0": f32(np.concatenate([rows, coefficients], axis=1).T[None]), "output1": f32(prototypes)}


def _queries() -> Mapping[str, Array]:
    rows = dense_rows(300, objectness=False)
    rows[:, :4] /= SHARES
    return {"output0": f32(rows[None])}


def _v8_shares() -> Mapping[str, Array]:
    values = dense_rows(CELLS, objectness=False)
    values[:, :4] /= SHARES
    return {"output0": f32(values.T[None])}


def _yolox(raw: bool) -> Mapping[str, Array]:
    values = dense_rows(CELLS, objectness=True)
    if raw:
        cells, rng = grid(), np.random.default_rng(3)
        objects = values[[CELLS // 3, CELLS // 2, CELLS // 3 + 1]].copy()
        values = np.concatenate(
            [rng.normal(0, 0.6, (CELLS, 4)), np.full((CELLS, 1), 0.003), background_rows(CELLS, 3)], 1
        )
        for stride, row in zip((16, 16, 32), objects):
            at = cell_of(np.concatenate([row[:2] - row[2:4] / 2, row[:2] + row[2:4] / 2]), stride)
            values[at] = row
            values[at, :2] = row[:2] / stride - cells[at, :2]
            values[at, 2:4] = np.log(row[2:4] / stride)
    return {"output": f32(values[None])}


def _end2end(label_first: bool = False, label_then_score: bool = False) -> Mapping[str, Array]:
    rows = np.zeros((300, 6))
    rows[:2] = np.concatenate([BOXES, SCORES[:, None], LABELS[:, None]], axis=1)
    if label_first:
        return {"out": f32(rows[:2][:, [5, 4, 0, 1, 2, 3]])}
    if label_then_score:
        rows = rows[:, [0, 1, 2, 3, 5, 4]]
    return {"output0": f32(rows[None])}


def _end2end_queries() -> Mapping[str, Array]:
    """A transformer's queries with the best class of each: centre and size in shares."""
    rows = np.concatenate([scattered_boxes(300) / SHARES, np.full((300, 1), 0.004), np.zeros((300, 1))], axis=1)
    rows[:2] = np.concatenate([cxcywh(BOXES) / SHARES, SCORES[:, None], LABELS[:, None]], axis=1)
    return {"output0": f32(rows[None])}


def _detection_output() -> Mapping[str, Array]:
    rows = np.zeros((50, 7))
    rows[2, 0] = -1
    # Beyond the end mark stands what an earlier picture left.
    rows[3] = (-1, 1, 0.99, 0.1, 0.1, 0.9, 0.9)
    rows[:2] = np.concatenate([np.zeros((2, 1)), LABELS[:, None] + 1, SCORES[:, None], BOXES / SHARES], axis=1)
    return {"detection_out": f32(rows[None, None])}


def _v7(rows: int = 2) -> Mapping[str, Array]:
    kept = np.concatenate([np.zeros((2, 1)), BOXES, LABELS[:, None], SCORES[:, None]], axis=1)
    return {"output": f32(kept[:rows])}


def _kept(first_label: int = 0, batched: bool = False, shares: bool = False) -> dict[str, Array]:
    boxes, labels, scores = f32(BOXES / SHARES if shares else BOXES), LABELS.astype(np.int64) + first_label, f32(SCORES)
    if batched:
        return {"boxes": boxes[None], "labels": labels[None], "scores": scores[None]}
    return {"boxes": boxes, "labels": labels, "scores": scores}


def _anonymous(tensorflow: bool) -> Mapping[str, Array]:
    """Four outputs without telling names, the labels as floats."""
    boxes, scores, labels = np.zeros((1, 100, 4)), np.zeros((1, 100)), np.zeros((1, 100))
    boxes[0, :2] = (BOXES / SHARES)[:, [1, 0, 3, 2]] if tensorflow else BOXES
    scores[0, :2], labels[0, :2] = SCORES, LABELS + 1
    return {"out_0": f32(boxes), "out_1": f32(labels), "out_2": f32(scores)}


def _scores_beside_boxes() -> Mapping[str, Array]:
    """As OpenMMLab exports: the score is a fifth number of the box, rows are filled up with the label -1."""
    dets, labels = np.zeros((1, 100, 5)), np.full((1, 100), -1)
    dets[0, :2] = np.concatenate([BOXES, SCORES[:, None]], axis=1)
    labels[0, :2] = LABELS
    return {"dets": f32(dets), "labels": labels.astype(np.int64)}


def _deim() -> Mapping[str, Array]:
    kept = _kept(batched=True)
    return {name: kept[name] for name in ("labels", "boxes", "scores")}


def _plugin() -> Mapping[str, Array]:
    boxes, scores, labels = np.zeros((1, 100, 4)), np.zeros((1, 100)), np.full((1, 100), -1)
    boxes[0, :2], scores[0, :2], labels[0, :2] = BOXES, SCORES, LABELS
    # Beyond the two that count stands what an earlier picture left.
    boxes[0, 2], scores[0, 2], labels[0, 2] = (1, 1, 50, 50), 0.99, 0
    return {
        "num_dets": np.array([[2]], dtype=np.int32),
        "det_boxes": f32(boxes),
        "det_scores": f32(scores),
        "det_classes": labels.astype(np.int32),
    }


def _tensorflow() -> Mapping[str, Array]:
    boxes, scores, labels = np.zeros((1, 100, 4)), np.zeros((1, 100)), np.ones((1, 100))
    boxes[0, :2] = (BOXES / SHARES)[:, [1, 0, 3, 2]]
    scores[0, :2], labels[0, :2] = SCORES, LABELS + 1
    return {
        "detection_boxes": f32(boxes),
        "detection_classes": f32(labels),
        "detection_scores": f32(scores),
        "num_detections": f32(np.array([100.0])),
    }


def _detr(softmax: bool) -> Mapping[str, Array]:
    queries, at = 100, [10, 60]
    boxes = scattered_boxes(queries) / SHARES
    boxes[at] = cxcywh(BOXES) / SHARES
    if softmax:
        logits = np.random.default_rng(2).normal(-3, 0.5, (queries, 4))
        logits[:, 3] = 6
        logits[at] = np.log(SOFT)
    else:
        logits = np.random.default_rng(2).normal(-6, 0.3, (queries, 3))
        logits[at] = logit(PROBS)
    return {"pred_logits": f32(logits[None]), "pred_boxes": f32(boxes[None])}


def _detr_four_classes() -> Mapping[str, Array]:
    """As many classes as a box has sides, and no telling names."""
    outputs = _detr(False)
    logits = np.concatenate([outputs["pred_logits"], np.full((1, 100, 1), -6.0)], axis=2)
    return {"4001": f32(logits), "4002": outputs["pred_boxes"]}


def _detr_hidden() -> Mapping[str, Array]:
    hidden = {"last_hidden_state": f32(np.random.default_rng(8).normal(0, 1, (1, 100, 16)))}
    return {**hidden, **_detr(False)}


def _pairs(corners: bool, swapped: bool = False) -> Mapping[str, Array]:
    values = dense_rows(CELLS, objectness=False)
    boxes = values[:, :4]
    if corners:
        boxes = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1)
    classes = values[:, 4:].T if swapped else values[:, 4:]
    return {"scores": f32(classes[None]), "boxes": f32(boxes[None])}


def _ssd(background_first: bool = True, joined: bool = False) -> Mapping[str, Array]:
    priors, at = 3000, [100, 2000, 101]
    boxes = scattered_boxes(priors)
    boxes[at] = cxcywh(np.concatenate([BOXES, BOXES[:1] + 1]))
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1) / SHARES
    classes = np.concatenate([background_rows(priors, 3), np.zeros((priors, 1))], axis=1)
    classes[:, 3] = 1 - classes[:, :3].sum(axis=1)
    classes[at] = np.concatenate([SOFT, [[0.1, 0.7, 0.1, 0.1]]])
    if background_first:
        classes = np.roll(classes, 1, axis=1)
    if joined:
        return {"output": f32(np.concatenate([corners, classes], axis=1)[None])}
    return {"scores": f32(classes[None]), "boxes": f32(corners[None])}


def _distances(stride: int, box: Array, bins: int) -> Array:
    """Logits of bins whose expectation is each side's distance, split between the two bins next to it."""
    x, y = ((box[:2] + box[2:]) / 2 // stride + 0.5) * stride
    sides = np.array((x - box[0], y - box[1], box[2] - x, box[3] - y)) / stride
    logits = np.full((4, bins), -30.0)
    for side, length in enumerate(sides):
        low = int(length)
        for bin_, share in ((low, 1 - (length - low)), (low + 1, length - low)):
            logits[side, bin_] = np.log(max(share, 1e-9))
    return logits.ravel()


def _nanodet(bins: int = 8, maps: bool = False) -> dict[str, Array]:
    cells = grid()
    classes, distances = background_rows(CELLS, 3), np.random.default_rng(4).normal(0, 2, (CELLS, 4 * bins))
    for box, probs, stride in zip([*BOXES, BOXES[0]], [*PROBS, PROBS[0] * 0.8], (16, 16, 32)):
        at = cell_of(box, stride)
        classes[at], distances[at] = probs, _distances(stride, box, bins)
    outputs: dict[str, Array] = {}
    for stride in (32, 8, 16):
        rows = cells[:, 2] == stride
        for name, values in (("dis", distances[rows]), ("cls", logit(classes[rows]) if maps else classes[rows])):
            shape = (HEIGHT // stride, WIDTH // stride)
            outputs[f"{name}{stride}"] = f32(values.T.reshape(1, -1, *shape) if maps else values[None])
    return outputs


def _nanodet_joined() -> Mapping[str, Array]:
    levels = _nanodet()
    parts = [np.concatenate([levels[f"cls{s}"], levels[f"dis{s}"]], axis=2) for s in (8, 16, 32)]
    return {"output": np.concatenate(parts, axis=1)}


def _fastestdet() -> Mapping[str, Array]:
    height, width = HEIGHT // 16, WIDTH // 16
    channels = np.zeros((8, height * width))
    channels[0] = 0.002
    channels[1:5] = np.random.default_rng(5).normal(0, 0.5, (4, height * width))
    channels[5:] = 1 / 3
    for box, probs, objectness in zip([*BOXES, BOXES[0] + 1], [*PROBS, PROBS[0]], (*PROBS.sum(axis=1), 0.5)):
        (cx, cy, w, h) = cxcywh(box[None])[0]
        x, y = int(cx // 16), int(cy // 16)
        if channels[0, y * width + x] > 0.01:
            x -= 1
        tx, ty = np.arctanh(np.clip((cx / 16 - x, cy / 16 - y), -0.999, 0.999))
        at = y * width + x
        channels[0, at] = min(objectness, 1.0)
        channels[1:5, at] = (tx, ty, logit(w / WIDTH), logit(h / HEIGHT))
        channels[5:, at] = probs / probs.sum()
    return {"758": f32(channels.reshape(1, 8, height, width))}


def _fastest_probs() -> Array:
    """Objectness cannot pass 1, so the first object's vector is scaled to sum to it."""
    sums = PROBS.sum(axis=1, keepdims=True)
    return PROBS / sums * np.minimum(sums, 1.0)


NAMED = {"metadata": yolo_metadata()}

CASES = (
    Case("yolov5", "yolov5", "sigmoid", _v5),
    Case("yolov5-named-one-per-cell", "yolov5", "sigmoid", lambda: _v5(CELLS), NAMED),
    Case("yolov5-transposed", "yolov5", "sigmoid", lambda: _v5(CELLS, True), NAMED),
    Case("yolov5-heads-besides", "yolov5", "sigmoid", _v5_with_heads),
    Case("yolov8", "yolov8", "sigmoid", _v8),
    Case("yolov8-rows-first", "yolov8", "sigmoid", lambda: _v8(False), NAMED),
    Case("yolov8-shares", "yolov8", "sigmoid", _v8_shares, NAMED),
    Case("yolov8-masks", "yolov8", "sigmoid", _v8_masks),
    Case("yolov8-rows-of-a-transformer", "yolov8", "sigmoid", _queries, NAMED),
    Case("yolov8-json-names", "yolov8", "sigmoid", _v8, {"metadata": json_metadata()}),
    Case("yolox-raw", "yolox", "sigmoid", lambda: _yolox(True)),
    Case(
        "yolox-raw-columns-first", "yolox", "sigmoid", lambda: {"o": _yolox(True)["output"].transpose(0, 2, 1).copy()}
    ),
    Case("yolox-decoded", "yolox", "sigmoid", lambda: _yolox(False)),
    Case("end2end", "end2end", "score", _end2end, NAMED, one_hot()),
    Case("end2end-unnamed", "end2end", "score", _end2end, {}, one_hot()),
    Case("label-then-score-rows", "end2end", "score", lambda: _end2end(False, True), {}, one_hot()),
    Case("end2end-queries", "end2end", "score", _end2end_queries, NAMED, one_hot()),
    Case("label-first-rows", "end2end", "score", lambda: _end2end(True), {"open_rows": True}, one_hot()),
    Case("yolov7-end2end", "yolov7-end2end", "score", _v7, {"open_rows": True, **NAMED}, one_hot()),
    Case("torchvision", "torchvision", "score", lambda: _kept(1), {"open_rows": True}, one_hot()),
    Case("torchvision-zero-based", "torchvision", "score", _kept, {"open_rows": True, **NAMED}, one_hot()),
    Case("boxes-labels-scores-shares", "torchvision", "score", lambda: _kept(1, True, True), {}, one_hot()),
    Case("float-labels-without-names", "torchvision", "score", lambda: _anonymous(False), {}, one_hot()),
    Case("tensorflow-without-names", "torchvision", "score", lambda: _anonymous(True), {"nhwc": True}, one_hot()),
    Case("scores-beside-boxes", "torchvision", "score", _scores_beside_boxes, {}, one_hot()),
    Case("detection-output", "detection-output", "score", _detection_output, {}, one_hot()),
    Case("deim-size-without-a-name", "deim", "score", _deim, {"sizes_input": "in_1"}, one_hot()),
    Case("deim", "deim", "score", _deim, {"sizes_input": "orig_target_sizes"}, one_hot()),
    Case("batched-nms", "batched-nms", "score", _plugin, NAMED, one_hot()),
    Case("tf-detection", "tf-detection", "score", _tensorflow, {"nhwc": True, "dtype": "uint8"}, one_hot()),
    Case("detr-sigmoid", "detr", "sigmoid", lambda: _detr(False)),
    Case("detr-hidden-state-first", "detr", "sigmoid", _detr_hidden),
    Case("detr-softmax", "detr", "softmax", lambda: _detr(True), {}, SOFT),
    Case("boxes-scores-corners", "boxes-scores", "sigmoid", lambda: _pairs(True)),
    Case("boxes-scores-centres", "boxes-scores", "sigmoid", lambda: _pairs(False)),
    Case("boxes-scores-class-first", "boxes-scores", "sigmoid", lambda: _pairs(True, True)),
    Case("ssd", "ssd", "softmax", _ssd, {}, SOFT),
    Case("ssd-background-last", "ssd", "softmax", lambda: _ssd(False), {}, SOFT),
    Case("ssd-joined", "ssd", "softmax", lambda: _ssd(joined=True), {}, SOFT),
    Case("nanodet", "nanodet", "sigmoid", _nanodet),
    Case("nanodet-joined", "nanodet", "sigmoid", _nanodet_joined),
    Case("nanodet-maps-16-bins", "nanodet", "sigmoid", lambda: _nanodet(16, True)),
    Case("fastestdet", "fastestdet", "sigmoid", _fastestdet, {}, _fastest_probs()),
    *LEVEL_CASES,
    *ROW_CASES,
    *PLUGIN_CASES,
)
