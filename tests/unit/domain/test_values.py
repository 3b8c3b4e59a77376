from __future__ import annotations

import json

import pytest

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.classes import PALETTE, default_color
from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.image import Image
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import Progress, check, never


def test_a_card_survives_json() -> None:
    card = DetectorCard(
        layout="yolox",
        kind=ProbKind.SIGMOID,
        classes=("fish", "해파리"),
        input=InputSpec(416, 320, channels="bgr", resize="pad", scale=1.0, mean=(1.0, 2.0, 3.0)),
        options={"strides": [8, 16, 32]},
        notes={"licence": "Apache-2.0"},
    )
    assert DetectorCard.from_json(json.loads(json.dumps(card.to_json()))) == card


@pytest.mark.parametrize("missing", ["layout", "kind", "classes", "input"])
def test_a_card_without_a_needed_field_is_refused(missing: str) -> None:
    data = DetectorCard("yolox", ProbKind.SIGMOID, ("a",), InputSpec(32, 32)).to_json()
    del data[missing]
    with pytest.raises(KeyError):
        DetectorCard.from_json(data)


def test_a_card_with_an_unknown_input_field_is_refused() -> None:
    data = DetectorCard("yolox", ProbKind.SIGMOID, ("a",), InputSpec(32, 32)).to_json()
    data["input"]["rotate"] = 90
    with pytest.raises(TypeError):
        DetectorCard.from_json(data)


def test_colours_differ_until_the_palette_ends_and_then_repeat() -> None:
    assert len(set(PALETTE)) == len(PALETTE)
    assert [default_color(n) for n in range(len(PALETTE) + 2)] == [*PALETTE, *PALETTE[:2]]


@pytest.mark.parametrize(("problem", "copy_of"), [("no image", None), (None, 3)])
def test_broken_files_and_copies_are_not_to_be_labelled(problem: str | None, copy_of: int | None) -> None:
    assert Image(1, "root", "a.jpg", 4, 4).usable
    assert not Image(1, "root", "a.jpg", 4, 4, problem=problem, duplicate_of=copy_of).usable


def test_time_left_is_unknown_until_speed_and_total_are_known() -> None:
    assert Progress(10, 110, per_second=20.0).seconds_left == 5
    assert Progress(120, 110, per_second=20.0).seconds_left == 0
    assert Progress(10, 0, per_second=20.0).seconds_left is None
    assert Progress(10, 110).seconds_left is None


def test_stopping_is_an_error_whose_text_a_person_may_read() -> None:
    check(never)
    with pytest.raises(Cancelled, match="what was finished before is kept") as caught:
        check(lambda: True)
    assert isinstance(caught.value, BoxwrightError)
