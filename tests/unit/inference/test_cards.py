"""Cards on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ModelError
from boxwright.domain.prediction import ProbKind
from boxwright.inference.cards import card_path, load_card, load_fields, save_card

CARD = DetectorCard(
    "nanodet",
    ProbKind.SIGMOID,
    ("Katze", "犬"),
    InputSpec(320, 416, "bgr", resize="stretch", scale=1.0, mean=(1.0, 2.0, 3.0), std=(4.0, 5.0, 6.0)),
    {"strides": [8, 16], "offset": 0.5},
    {"licence": "Apache-2.0"},
)


def test_a_saved_card_is_read_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "my.model.onnx"
    assert save_card(path, CARD) == tmp_path / "my.model.card.json" == card_path(path)
    assert load_card(path) == CARD


def test_without_a_card_nothing_is_known(tmp_path: Path) -> None:
    assert load_card(tmp_path / "m.onnx") is None
    assert load_fields(tmp_path / "m.onnx") == {}


def test_a_card_with_some_points_is_no_whole_card(tmp_path: Path) -> None:
    card_path(tmp_path / "m.onnx").write_text('{"classes": ["a"]}')
    assert load_fields(tmp_path / "m.onnx") == {"classes": ["a"]}
    with pytest.raises(ModelError, match="not whole"):
        load_card(tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "not readable JSON"),
        ("[1, 2]", "must be a JSON object"),
        ('{"clases": ["a"]}', "'clases' is no point of a card"),
        ('{"classes": "a"}', "'classes' must be a list"),
        ('{"input": []}', "'input' must be an object"),
        ('{"kind": "logit"}', "'kind' is one of"),
        ('{"input": {"chanels": "rgb"}}', "'chanels' is no point of 'input'"),
        ('{"input": {"channels": "grb"}}', "'input.channels' is one of rgb, bgr"),
        ('{"input": {"mean": [1, 2]}}', "'input.mean' must be three numbers"),
        ('{"input": {"std": [1, 0, 1]}}', "no 'std' may be 0"),
        ('{"input": {"scale": "1/255"}}', "'input.scale' must be a number"),
        ('{"input": {"width": -5}}', "whole number of pixels"),
        ('{"input": {"width": 320.5}}', "whole number of pixels"),
    ],
)
def test_every_mistake_in_a_card_is_named(tmp_path: Path, content: str, why: str) -> None:
    card_path(tmp_path / "m.onnx").write_text(content)
    with pytest.raises(ModelError) as error:
        load_fields(tmp_path / "m.onnx")
    assert why in str(error.value)
    assert "m.card.json" in str(error.value)


def test_numbers_are_numbers_not_booleans(tmp_path: Path) -> None:
    data: dict[str, Any] = {"input": {"scale": True}}
    card_path(tmp_path / "m.onnx").write_text(json.dumps(data))
    with pytest.raises(ModelError, match="must be a number"):
        load_fields(tmp_path / "m.onnx")
