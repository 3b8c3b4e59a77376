"""Files that look like a detector that they are not: refused or asked about, never read into wrong boxes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.onnx_graphs import HEIGHT, NAMES, SCORES, WIDTH, Array, f32, write_graph, yolo_metadata

from boxwright.domain.errors import ModelError
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model

RNG = np.random.default_rng(0)
ANCHORS = 9 * 252


def _offsets(scores: Array) -> dict[str, Array]:
    return {"classification": f32(scores[None]), "regression": f32(RNG.normal(0, 0.5, (1, len(scores), 4)))}


def _softmax(rows: int) -> Array:
    values = np.exp(RNG.normal(0, 0.3, (rows, 4))) * (30, 1, 1, 1)
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def _several_anchors() -> dict[str, Array]:
    maps = {}
    for stride in (8, 16, 32):
        shape = (HEIGHT // stride, WIDTH // stride)
        maps[f"cls_{stride}"] = f32(RNG.normal(-5, 0.5, (1, 27, *shape)))
        maps[f"box_{stride}"] = f32(RNG.normal(0, 0.5, (1, 36, *shape)))
    return maps


@pytest.mark.parametrize(
    "outputs",
    [
        _offsets(RNG.uniform(0, 0.02, (ANCHORS, 3))),
        {**_offsets(RNG.uniform(0, 0.02, (ANCHORS, 3))), "anchors": f32(RNG.uniform(0, WIDTH, (1, ANCHORS, 4)))},
        _offsets(_softmax(3000)),
        _several_anchors(),
    ],
    ids=["retinanet", "efficientdet-with-anchors", "ssd", "anchors-per-cell"],
)
def test_offsets_from_anchors_are_no_boxes(outputs: Mapping[str, Array], tmp_path: Path) -> None:
    inspection = inspect_model(write_graph(tmp_path / "m.onnx", outputs))
    assert inspection.unknown == ("layout",)
    with pytest.raises(ModelError, match=r"offsets from anchors and no boxes .* export it with its post-"):
        inspection.usable_card()


def test_rotated_boxes_are_not_taken_for_an_objectness_or_a_class(tmp_path: Path) -> None:
    """Four sides, three classes and an angle have as many columns as four sides, an objectness and three classes."""
    rows = np.concatenate([RNG.uniform(0, 90, (252, 4)), RNG.uniform(0, 0.01, (252, 4))], axis=1)
    metadata = {**yolo_metadata(), "task": "obb"}
    inspection = inspect_model(write_graph(tmp_path / "m.onnx", {"o": f32(rows.T[None])}, metadata=metadata))
    with pytest.raises(ModelError, match="was made for rotated boxes"):
        inspection.usable_card()


def test_a_poor_guess_asks_for_the_layout(tmp_path: Path) -> None:
    """Six numbers of which none is a label."""
    rows = f32(RNG.uniform(0.1, 0.9, (1, 40, 6)))
    rows[..., 2] += 100
    inspection = inspect_model(write_graph(tmp_path / "m.onnx", {"o": rows}), {"classes": list("abcdef")})
    assert "layout" in inspection.unknown


def test_a_sample_without_boxes_leaves_their_units_open(tmp_path: Path) -> None:
    nothing = {"boxes": f32(np.zeros((1, 9, 4))), "labels": np.zeros((1, 9), np.int64), "scores": f32(np.zeros((1, 9)))}
    path = write_graph(tmp_path / "m.onnx", nothing)
    assert "box units" in inspect_model(path).unknown
    said = inspect_model(path, {"options": {"normalised": True}})
    assert "box units" not in said.unknown
    assert said.card is not None
    assert said.card.options["normalised"] is True


def test_a_class_before_the_first_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """The file's labels begin at 0 after all; its boxes must not vanish, nor all be one class off."""
    rows = np.zeros((1, 1, 5, 7))
    rows[0, 0, :2] = [(0, 0, SCORES[0], 0.1, 0.1, 0.5, 0.5), (0, 1, SCORES[1], 0.2, 0.2, 0.6, 0.6)]
    path = write_graph(tmp_path / "m.onnx", {"out": f32(rows)})
    card = inspect_model(path, {"classes": list(NAMES), "options": {"first_label": 1}}).usable_card()
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    with pytest.raises(ModelError, match=r"class number 0, but its classes .* --first-label 0"):
        Detector.open(path, card, "cpu").detect([picture])
    right = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    assert right.options["first_label"] == 0
    assert Detector.open(path, right, "cpu").detect([picture])[0].labels.tolist() == [0, 1]


@pytest.mark.parametrize("wanted", [{"batch": 1_000_000}, {"size": (1_000_000, 1_000_000)}])
def test_a_declared_size_beyond_all_memory_is_refused(wanted: dict[str, Any], tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"o": f32(np.zeros((1, 7, 252)))}, **wanted)
    with pytest.raises(ModelError, match="more than the 33,554,432 that fit in memory"):
        inspect_model(path)


def test_a_size_beyond_all_memory_in_metadata_or_card_is_refused(tmp_path: Path) -> None:
    rows = {"o": f32(RNG.uniform(0, 0.01, (1, 7, 252)))}
    metadata = {**yolo_metadata(), "imgsz": "[1000000, 1000000]"}
    path = write_graph(tmp_path / "m.onnx", rows, size=("H", "W"), metadata=metadata)
    with pytest.raises(ModelError, match="1 x 1000000 x 1000000 pixels"):
        inspect_model(path)
    path = write_graph(tmp_path / "n.onnx", rows, size=("H", "W"), metadata=yolo_metadata())
    card = inspect_model(path, {"input": {"width": 100_000, "height": 100_000}}).usable_card()
    with pytest.raises(ModelError, match="1 x 100000 x 100000 pixels"):
        Detector.open(path, card, "cpu")


def test_boxes_that_only_the_edge_makes_alike_are_both_kept(tmp_path: Path) -> None:
    rows = np.zeros((252, 7))
    rows[:, :4] = (200, 200, 1, 1)
    # Wide and narrow about the left edge: clipped they are the same, before that they are not.
    rows[10], rows[20] = (0, 40, 80, 40, 0.9, 0, 0), (-60, 40, 200, 40, 0.8, 0, 0)
    path = write_graph(tmp_path / "m.onnx", {"o": f32(rows.T[None])}, metadata=yolo_metadata())
    found = Detector.open(path, device="cpu").detect([np.zeros((HEIGHT, WIDTH, 3), np.uint8)])[0]
    assert found.boxes.tolist() == [[0, 20, 40, 60], [0, 20, 40, 60]]
